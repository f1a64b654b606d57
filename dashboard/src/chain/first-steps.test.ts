import { expect, test } from 'vitest';
import type { ApiClient } from '../../../src/protocol/client.ts';
import type { TreeBlock } from '../../../src/protocol/schemas.ts';
import { type ChainView, NOTHING_KNOWN } from '../app/chain-view.ts';
import { paymentsOf, stepsDone } from './first-steps.ts';

const ME = 'ab'.repeat(20);
const block = (height: number, miner: string): TreeBlock =>
  ({ height, miner, block_hash: `${height}`, status: 'active', transaction_count: 3 }) as TreeBlock;
const chain = (...blocks: TreeBlock[]): ChainView => ({
  ...{ ...NOTHING_KNOWN, height: blocks.length - 1 },
  blocks: new Map(blocks.map((one) => [one.block_hash, one])),
});
const none = { areWaiting: false, areConfirmed: false };

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
    stepsDone(chain(), ME, 0, { areWaiting: true, areConfirmed: false }),
  ],
  [
    'a payment in a block',
    ['started', 'address', 'first', 'spendable', 'sent', 'confirmed'],
    stepsDone(chain(), ME, 0, { areWaiting: false, areConfirmed: true }),
  ],
])('%s', (_, steps, done) => {
  expect([...done].sort()).toEqual([...steps].sort());
});

test('payments are told by the node', async () => {
  const api = (waiting: number, ...sent: number[]): ApiClient =>
    ({
      address: async () => ({ mempool: { sent: waiting } }),
      history: async () => ({ transactions: sent.map((amount) => ({ sent: amount })) }),
    }) as unknown as ApiClient;
  expect(await paymentsOf(api(0, 0), ME)).toEqual(none);
  expect(await paymentsOf(api(5, 0), ME)).toEqual({ areWaiting: true, areConfirmed: false });
  expect(await paymentsOf(api(0, 0, 7), ME)).toEqual({ areWaiting: false, areConfirmed: true });
});
