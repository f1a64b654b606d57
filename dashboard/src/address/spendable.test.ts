import { expect, test } from 'vitest';
import type { AddressAnswer } from '../../../src/protocol/addresses.ts';
import { spendableNow } from './spendable.ts';

const summary = (
  balance: number,
  immature: number,
  [count, received, sent]: readonly [number, number, number],
): AddressAnswer => ({
  ...{ address: '', balance, utxo_count: 1, immature, height: 9 },
  mempool: { transaction_count: count, received, sent },
  expected_balance: balance + received - sent,
});

test.each([
  ['nothing waits', summary(50, 20, [0, 0, 0]), { amount: 30, isExact: true }],
  // The whole coin is spent; what comes back is change that waits.
  ['a payment waits', summary(50, 0, [1, 40, 50]), { amount: 0, isExact: true }],
  ['something comes in', summary(50, 0, [2, 40, 0]), { amount: 50, isExact: true }],
  [
    'a second payment may spend the change of the first',
    summary(100, 0, [2, 75, 90]),
    { amount: 10, isExact: false },
  ],
  ['more goes out than there is in blocks', summary(50, 0, [2, 75, 90]), { amount: 0, isExact: false }],
])('%s', (_, address, spendable) => {
  expect(spendableNow(address)).toEqual(spendable);
});
