import { expect, test } from 'vitest';
import type { ApiClient } from '../../../src/protocol/client.ts';
import type { TreeBlock } from '../../../src/protocol/schemas.ts';
import { type ChainView, NOTHING_KNOWN } from '../app/chain-view.ts';
import { type Deeds, deedsOf, stepsDone } from './first-steps.ts';

const ME = 'ab'.repeat(20);
const block = (height: number, miner: string): TreeBlock =>
  ({ height, miner, block_hash: `${height}`, status: 'active', transaction_count: 3 }) as TreeBlock;
const chain = (...blocks: TreeBlock[]): ChainView => ({
  ...{ ...NOTHING_KNOWN, height: blocks.length - 1 },
  blocks: new Map(blocks.map((one) => [one.block_hash, one])),
});
const none: Deeds = { hasMined: false, isMature: false, hasPaid: false, isConfirmed: false };

test.each<[string, string[], ReadonlySet<string>]>([
  ['nothing heard', [], stepsDone(NOTHING_KNOWN, undefined, undefined, undefined)],
  ['an empty chain', ['started'], stepsDone(chain(), undefined, 0, undefined)],
  ['an address', ['started', 'address'], stepsDone(chain(), ME, 0, none)],
  ['blocks and payments of others', ['started', 'address'], stepsDone(chain(block(0, 'other')), ME, 0, none)],
  ['a first block', ['started', 'address', 'first'], stepsDone(chain(block(0, ME)), ME, 2, none)],
  [
    'an old enough one',
    ['started', 'address', 'first', 'spendable'],
    stepsDone(chain(block(0, ME), block(1, 'x')), ME, 2, none),
  ],
  [
    'a payment that waits',
    ['started', 'address', 'first', 'spendable', 'sent'],
    stepsDone(chain(), ME, 0, { ...none, hasPaid: true }),
  ],
  [
    'a payment in a block',
    ['started', 'address', 'first', 'spendable', 'sent', 'confirmed'],
    stepsDone(chain(), ME, 0, { ...none, hasPaid: true, isConfirmed: true }),
  ],
  [
    'a block that is too old for the page',
    ['started', 'address', 'first'],
    stepsDone(chain(block(0, 'x')), ME, 100, { ...none, hasMined: true }),
  ],
  [
    'an old reward that can be spent',
    ['started', 'address', 'first', 'spendable'],
    stepsDone(chain(block(0, 'x')), ME, 100, { ...none, hasMined: true, isMature: true }),
  ],
])('%s', (_, steps, done) => {
  expect([...done].sort()).toEqual([...steps].sort());
});

test('what an address did is told by the node', async () => {
  const coin = (coinbase: boolean, mature: boolean): unknown => ({ coinbase, mature });
  const api = (waiting: number, sent: number[], utxos: unknown[] = []): ApiClient =>
    ({
      address: async () => ({ mempool: { sent: waiting } }),
      history: async () => ({ transactions: sent.map((amount) => ({ sent: amount })) }),
      utxos: async () => ({ utxos }),
    }) as unknown as ApiClient;
  // Coins of somebody else are no blocks of one's own.
  expect(await deedsOf(api(0, [0], [coin(false, true)]), ME)).toEqual(none);
  expect(await deedsOf(api(5, [0]), ME)).toEqual({ ...none, hasPaid: true });
  expect(await deedsOf(api(0, [0, 7]), ME)).toEqual({ ...none, hasPaid: true, isConfirmed: true });
  expect(await deedsOf(api(0, [], [coin(true, false)]), ME)).toEqual({ ...none, hasMined: true });
  expect(await deedsOf(api(0, [], [coin(false, true), coin(true, true)]), ME)).toEqual({
    ...none,
    hasMined: true,
    isMature: true,
  });
});
