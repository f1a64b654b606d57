/** What the node tells of what happens in it: of a whole node, without connections. */
import { Value } from '@sinclair/typebox/value';
import { expect, onTestFinished, test } from 'vitest';
import { ApiNode } from '../../../test/support/api-node.ts';
import { ChainBuilder, key, pay } from '../../../test/support/chain-builder.ts';
import { until } from '../../../test/support/running-node.ts';
import { type Block, txidOf } from '../../consensus/index.ts';
import { type EventMessage, NAMED_SCHEMAS, NodeMessage, type Topic } from '../../protocol/index.ts';
import { EventHub } from './event-hub.ts';
import { NodeEvents } from './node-events.ts';

const alice = key('alice');
const bob = key('bob');

async function scene(topics: readonly Topic[]) {
  const node = await ApiNode.start();
  const hub = new EventHub('run', () => 0);
  const messages: EventMessage[] = [];
  hub.add({
    follows: (topic) => topics.includes(topic),
    take: ({ text }) => void messages.push(JSON.parse(text) as EventMessage),
  });
  // The peers are looked at when the test says so.
  const options = { mempoolEveryMs: 200, peersEveryMs: 1e6, messagesEveryMs: 1e6 };
  const { services } = node;
  const events = new NodeEvents({ services, hub, followed: new Set() }, options);
  onTestFinished(async () => {
    events.close();
    await node.close();
  });
  const told = () => {
    for (const message of messages)
      expect([...Value.Errors(NodeMessage, [...NAMED_SCHEMAS], message)]).toEqual([]);
    return messages.map(({ data }) => data);
  };
  return { node, services, events, told };
}

test('a block beside the chain is told with what is in it', async () => {
  const builder = new ChainBuilder({ miner: alice }).extend(2).fork('genesis').block('b1');
  const { services, told } = await scene(['blocks']);
  for (const { block } of builder.all) await services.chain.acceptBlock(block);
  expect(told().at(-1)).toMatchObject({
    type: 'block-stored',
    block: {
      block_hash: builder.at('b1').hash,
      transaction_count: 1,
      miner: alice.address,
      status: 'valid-fork',
    },
  });
});

test('a block that breaks a rule is told with those that build on it, and with the one that showed it', async () => {
  const tooMuch = (block: Block): Block => ({
    ...block,
    transactions: block.transactions.map((tx) => ({
      ...tx,
      outputs: tx.outputs.map((output) => ({ ...output, amount: output.amount + 1 })),
    })),
  });
  const builder = new ChainBuilder({ miner: alice }).extend(2);
  builder.fork('a1').block('bad2', { mutate: tooMuch }).extend(1, 'bad');
  const { services, told } = await scene(['blocks']);
  for (const name of ['genesis', 'a1', 'a2', 'bad2', 'bad3'])
    await services.chain.acceptBlock(builder.at(name).block);
  expect(told().at(-1)).toMatchObject({
    type: 'block-invalid',
    block_hash: builder.at('bad2').hash,
    reason: 'bad-cb-amount',
    blocks: [
      { block_hash: builder.at('bad2').hash, status: 'invalid', invalid_reason: 'bad-cb-amount' },
      { block_hash: builder.at('bad3').hash, status: 'invalid', transaction_count: 1 },
    ],
  });
});

test('a reorganisation has the time under which the log has it', async () => {
  const builder = new ChainBuilder({ miner: alice }).extend(1).fork('genesis').extend(2, 'b');
  const { node, services, told } = await scene(['reorgs']);
  const { nowMs } = node.clock;
  // No two looks at the clock are the same.
  node.clock.nowMs = function () {
    this.ms += 1;
    return nowMs.call(this);
  };
  for (const { block } of builder.all) await services.chain.acceptBlock(block);
  const [reorg] = services.reorgs.latest();
  expect(told()).toMatchObject([{ type: 'reorg', reorg: { at: reorg!.atMs / 1_000, story: reorg!.story } }]);
});

test('a payment that came and was mined at once is told to have gone: a snapshot may have shown it', async () => {
  const builder = new ChainBuilder({ miner: alice }).extend(1);
  const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 1_000, fee: 500 });
  builder.block('a2', { txs: [payment] });
  const { services, told } = await scene(['mempool']);
  const { chain, mempool } = services;
  for (const name of ['genesis', 'a1']) await chain.acceptBlock(builder.at(name).block);
  expect((await mempool.accept(payment)).ok).toBe(true);
  await chain.acceptBlock(builder.at('a2').block);
  const removals = () => told().flatMap((data) => (data.type === 'mempool-changed' ? data.removed : []));
  await until(() => removals().length > 0);
  expect(removals()).toEqual([{ txid: txidOf(payment), cause: 'confirmed', by: null }]);
});

test('a peer that a snapshot showed does not go unnoticed', async () => {
  const { services, events, told } = await scene(['peers']);
  const url = 'http://127.0.0.1:9';
  await services.peers.add(url);
  events.lookAtPeers(); // as a snapshot does
  expect(told()).toEqual([]);
  await services.peers.remove(url);
  events.lookAtPeers();
  expect(told()).toMatchObject([{ type: 'peers-changed', removed: [url] }]);
});
