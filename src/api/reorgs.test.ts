/** The last reorganisations, as GET /chain/tips and the figures tell them. */
import { Value } from '@sinclair/typebox/value';
import { expect, test } from 'vitest';
import { ChainTipsAnswer, NAMED_SCHEMAS } from '../protocol/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { ChainBuilder, key, pay } from '../../test/support/chain-builder.ts';

test('a reorganisation is told with its story', async () => {
  const alice = key('alice');
  const builder = new ChainBuilder({ miner: alice }).extend(1);
  const payment = pay({ coins: builder.coins(alice), from: alice, to: key('bob'), amount: 1_000, fee: 500 });
  builder
    .block('a2', { txs: [payment] })
    .fork('a1')
    .extend(2, 'b');
  const node = await ApiNode.start();
  const told = builder.tell({ accept: (block) => node.services.chain.acceptBlock(block) });
  const tips = async () => (await node.app.inject('/chain/tips')).json<ChainTipsAnswer>();
  const name = (at: string) => ({ height: builder.at(at).height, block_hash: builder.at(at).hash });

  await told.accepts('genesis', 'a1', 'a2', 'b2');
  expect((await tips()).reorgs).toEqual([]);
  await told.accepts('b3');
  const answer = await tips();
  const fork = builder.at('a1').hash;
  expect(answer.reorgs).toEqual([
    {
      at: node.clock.nowMs() / 1_000,
      fork_height: 1,
      fork_hash: fork,
      depth: 1,
      old_tip: name('a2'),
      new_tip: name('b3'),
      disconnected: [name('a2')],
      connected: [name('b2'), name('b3')],
      connected_count: 2,
      transactions_left: 1,
      transactions_kept: 0,
      transactions_returned: 1,
      story:
        `1 block after height 1 (${fork.slice(0, 10)}…) left the chain because a branch of 2 blocks had more work; ` +
        'its one payment waits again.',
    },
  ]);
  expect([...Value.Errors(ChainTipsAnswer, [...NAMED_SCHEMAS], answer)]).toEqual([]);
  expect((await node.app.inject('/metrics')).body).toMatch(/^mini_bitcoin_reorgs_total 1$/m);

  // With another genesis there is no fork to name.
  builder.block('other', { on: null, timestamp: 1_700_000_001 }).extend(4, 'o');
  await told.accepts('other', 'o1', 'o2', 'o3', 'o4');
  expect((await tips()).reorgs).toMatchObject([{ fork_height: -1, fork_hash: null, depth: 4 }, { depth: 1 }]);
  await node.close();
});
