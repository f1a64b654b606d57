import { describe, expect, test } from 'vitest';
import { key, pay, spend } from '../../test/support/chain-builder.ts';
import { MempoolNode, outputOf } from '../../test/support/mempool-node.ts';
import { type Transaction, txidOf } from '../consensus/index.ts';

const [alice, bob, miner] = [key('alice'), key('bob'), key('miner')];

function nodeWith(coins: number): MempoolNode {
  const node = new MempoolNode();
  while (node.coins().length < coins) node.mine();
  return node;
}

const fromMiner = (node: MempoolNode, coin: number, fee: number): Transaction =>
  pay({ coins: [node.coin(coin)], from: miner, to: alice, amount: 1_000_000, fee });

async function accept(node: MempoolNode, tx: Transaction): Promise<void> {
  expect(await node.mempool.accept(tx)).toMatchObject({ ok: true });
}

describe('questions', () => {
  test('what an address gets and spends', async () => {
    const node = nodeWith(2);
    const first = fromMiner(node, 0, 1000);
    const second = spend({
      coins: [outputOf(first, 0)],
      owner: alice,
      outputs: [{ amount: 900_000, pubkeyHash: bob.address }],
    });
    await accept(node, first);
    await accept(node, second);
    expect(node.mempool.unconfirmedCoinsOf(alice.address)).toEqual([
      { outpoint: { txid: txidOf(first), index: 0 }, amount: 1_000_000, spentBy: txidOf(second) },
    ]);
    expect(node.mempool.unconfirmedCoinsOf(bob.address)).toMatchObject([
      { amount: 900_000, spentBy: undefined },
    ]);
    expect(node.mempool.touching(alice.address).map(({ txid }) => txid)).toEqual([first, second].map(txidOf));
    node.mineWaiting();
    expect(node.mempool.touching(alice.address)).toEqual([]);
  });

  test('what a miner wants first', async () => {
    const node = nodeWith(3);
    const poor = fromMiner(node, 0, 100);
    const rich = pay({ coins: [outputOf(poor, 1)], from: miner, to: bob, amount: 5, fee: 50_000 });
    const middling = fromMiner(node, 1, 3000);
    for (const tx of [poor, middling, rich]) await accept(node, tx);
    expect([...node.mempool.byMiningScore()].map(({ txid }) => txid)).toEqual(
      [rich, middling, poor].map(txidOf),
    );
  });
});
