import { expect, test } from 'vitest';
import { key, pay } from '../../test/support/chain-builder.ts';
import { MempoolNode } from '../../test/support/mempool-node.ts';
import { NextBlock } from './next-block.ts';

test('the next block is built once for each change, and carries the time of now', async () => {
  const node = new MempoolNode();
  while (node.coins().length < 1) node.mine();
  const [miner, alice] = [key('miner'), key('alice')];
  const tipListeners: (() => void)[] = [];
  let [built, subscribed] = [0, 0];
  let nowS = node.clock.nowS();
  const nextBlock = new NextBlock({
    makeTemplate: (minerAddress) => {
      built++;
      return { ...node.template(), ...(minerAddress === alice.address ? { fees: 7 } : {}) };
    },
    onTipChange: (listener) => {
      subscribed++;
      tipListeners.push(listener);
      return () => subscribed--;
    },
    onMempoolChange: (listener) => {
      subscribed++;
      const end = node.mempool.events.subscribe(listener);
      return () => {
        subscribed--;
        end();
      };
    },
    clock: { nowS: () => nowS, nowMs: () => nowS * 1_000 },
  });

  const empty = nextBlock.templateFor(miner.address);
  nowS += 5;
  const later = nextBlock.templateFor(miner.address);
  expect(built).toBe(1);
  expect(later.header.timestamp).toBe(empty.header.timestamp + 5);
  expect(later.transactions).toBe(empty.transactions);
  expect(nextBlock.templateFor(alice.address).fees).toBe(7);
  expect(built).toBe(2);

  const tx = pay({ coins: [node.coin(0)], from: miner, to: alice, amount: 1_000, fee: 500 });
  expect(await node.mempool.accept(tx)).toMatchObject({ ok: true });
  expect(nextBlock.templateFor(miner.address).fees).toBe(500);
  for (const listener of tipListeners) listener();
  nextBlock.templateFor(miner.address);
  expect(built).toBe(4);

  // Many addresses push out the oldest only.
  for (let i = 0; i < 8; i++) nextBlock.templateFor(key(`m${i}`).address);
  expect(built).toBe(12);
  nextBlock.templateFor(key('m7').address);
  expect(built).toBe(12);
  nextBlock.close();
  expect(subscribed).toBe(0);
});
