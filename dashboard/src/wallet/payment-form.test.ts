import { describe, expect, test } from 'vitest';
import type { Address, Txid } from '../../../src/consensus/hash.ts';
import { transactionSize } from '../../../src/consensus/transaction.ts';
import { createWallet } from '../../../src/wallet/keys.ts';
import { InsufficientFundsError, signTransaction } from '../../../src/wallet/payment.ts';
import { coinState } from './account.ts';
import { defaultRate, draftOf, readWish } from './payment-form.ts';

const bob = 'ab'.repeat(20) as Address;

describe('the fields of a payment', () => {
  test.each([
    ['1.5', '1', 150_000_000, 1],
    [' 0,00000001 ', '0,1', 1, 0.1],
    ['21', '2.5', 2_100_000_000, 2.5],
  ])('%j coins at %j', (amount, rate, units, perByte) => {
    const wish = { to: bob, amount: units, rate: perByte };
    expect(readWish({ to: bob.toUpperCase(), amount, rate }, true)).toEqual(wish);
  });

  test.each([
    ['', '1', '1', 'to'],
    ['ab', '1', '1', 'to'],
    [bob, '', '1', 'amount'],
    [bob, '0', '1', 'amount'],
    [bob, '-1', '1', 'amount'],
    [bob, '1e3', '1', 'amount'],
    [bob, '1,000.5', '1', 'amount'],
    [bob, '1,000', '1', 'amount'],
    [bob, '0.000000001', '1', 'amount'],
    [bob, '999999999999', '1', 'amount'],
    [bob, '1', '', 'rate'],
    [bob, '1', '-1', 'rate'],
    [bob, '1', '100001', 'rate'],
  ])('%j, %j, %j: wrong is %s', (to, amount, rate, wrong) => {
    expect(readWish({ to, amount, rate })).toEqual({ wrong });
  });

  test.each([
    ['1.000', '1', 'amount'],
    ['12.500', '1', 'amount'],
    ['1.000.000', '1', 'amount'],
    ['1', '1.000', 'rate'],
  ])('where a comma is the decimal point, %j at %j may be one or a thousand', (amount, rate, wrong) => {
    expect(readWish({ to: bob, amount, rate }, true)).toEqual({ wrong, isUnclear: true });
  });

  test.each(['0.125', '1.5', '1,000', '1.00000001', '1000'])('%j is clear', (amount) => {
    expect(readWish({ to: bob, amount, rate: '1' }, true)).toHaveProperty('amount');
  });

  test('the fee rate is a unit a byte, or what the node asks for', () => {
    expect([undefined, 100, 2500].map(defaultRate)).toEqual([1, 1, 2.5]);
  });
});

describe('a draft', () => {
  const owner = createWallet();
  const coin = (n: number, amount: number, confirmed = true): object => ({
    txid: n.toString(16).padStart(64, '0') as Txid,
    index: 0,
    amount,
    confirmed,
  });
  const survey = (confirmed: object[], ownChange: object[] = []): Parameters<typeof draftOf>[0] =>
    ({ confirmed, ownChange, fromOthers: [], immature: 0, beingSpent: 0 }) as Parameters<typeof draftOf>[0];

  test('spends, pays, gives change, and keeps its rate when it is signed', () => {
    const draft = draftOf(survey([coin(1, 5000), coin(2, 3000)]), owner, { to: bob, amount: 6000, rate: 2 });
    const { transaction, spent, change, fee, sizeBytes } = draft;
    expect(spent.map(({ amount }) => amount)).toEqual([5000, 3000]);
    expect(fee).toBe(sizeBytes * 2);
    expect(transaction.outputs).toEqual([
      { amount: 6000, pubkeyHash: bob },
      { amount: 2000 - fee, pubkeyHash: owner.address },
    ]);
    expect(change).toBe(2000 - fee);
    expect(transactionSize(signTransaction(transaction, owner.privateKey))).toBeLessThanOrEqual(sizeBytes);
  });

  test('takes own change that waits only when it must, and says so', () => {
    const from = survey([coin(1, 5000)], [coin(2, 9000, false)]);
    expect(draftOf(from, owner, { to: bob, amount: 1000, rate: 0 }).spent).toMatchObject([{ amount: 5000 }]);
    const draft = draftOf(from, owner, { to: bob, amount: 8000, rate: 0 });
    expect(draft.spent.map(({ txid, index }) => draft.unconfirmed.has(`${txid}:${index}`))).toEqual([true]);
  });

  test('is refused when it cannot be paid', () => {
    expect(() => draftOf(survey([coin(1, 100)]), owner, { to: bob, amount: 100, rate: 1 })).toThrow(
      InsufficientFundsError,
    );
  });
});

test('a coin is ready, being spent, or matures in so many blocks', () => {
  const coin = { ...{ txid: '', vout: 0, amount: 1, pubkey_hash: '', coinbase: true }, height: 7 };
  const free = { ...coin, mature: true, spent_in_mempool: null };
  expect(coinState(free, 7, 0)).toEqual({ name: 'ready' });
  expect(coinState({ ...free, spent_in_mempool: 'x' }, 7, 0)).toEqual({ name: 'spending', txid: 'x' });
  // With maturity 10, block 17 may spend it: nine blocks come before that when the tip is 7.
  expect(coinState({ ...free, mature: false }, 7, 10)).toEqual({ name: 'immature', blocks: 9 });
  expect(coinState({ ...free, mature: false }, 15, 10)).toEqual({ name: 'immature', blocks: 1 });
});
