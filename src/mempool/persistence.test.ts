import { describe, expect, test } from 'vitest';
import { key, pay } from '../../test/support/chain-builder.ts';
import { MempoolNode, outputOf } from '../../test/support/mempool-node.ts';
import { type Transaction, txidOf } from '../consensus/index.ts';

const [alice, miner] = [key('alice'), key('miner')];
const fromMiner = (node: MempoolNode, coin: number, fee: number, amount = 1_000_000): Transaction =>
  pay({ coins: [node.coin(coin)], from: miner, to: alice, amount, fee });
const onward = (tx: Transaction, fee: number): Transaction =>
  pay({ coins: [outputOf(tx, 1)], from: miner, to: alice, amount: 5, fee });

function nodeWith(coins: number): MempoolNode {
  const node = new MempoolNode();
  while (node.coins().length < coins) node.mine();
  return node;
}

async function accept(node: MempoolNode, ...txs: readonly Transaction[]): Promise<void> {
  for (const tx of txs) expect(await node.mempool.accept(tx)).toMatchObject({ ok: true });
}

const waiting = (node: MempoolNode): string[] => node.mempool.entries().map(({ txid }) => txid);

describe('a store that fails', () => {
  test('accept rejects, and the transaction is not here', async () => {
    const node = nodeWith(1);
    node.store.failure = new Error('disk full');
    const parent = fromMiner(node, 0, 1000);
    const accepting = [node.mempool.accept(parent), node.mempool.accept(onward(parent, 1000))];
    const results = await Promise.allSettled(accepting);
    expect(results[0]).toMatchObject({ status: 'rejected', reason: node.store.failure });
    expect(node.mempool.stats()).toMatchObject({ size: 0, bytes: 0 });
    expect(node.told.at(-1)).toMatchObject({ type: 'removed', cause: 'storage-failed' });
  });

  test('a child in a later write goes with its parent', async () => {
    const node = nodeWith(1);
    let open = (): void => {};
    node.store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const parent = fromMiner(node, 0, 1000);
    const first = node.mempool.accept(parent);
    while (!node.mempool.has(txidOf(parent))) await Promise.resolve();
    for (let ticks = 0; ticks < 20; ticks++) await Promise.resolve();
    const second = node.mempool.accept(onward(parent, 1000));
    while (node.mempool.size < 2) await Promise.resolve();
    node.store.failure = new Error('disk full');
    open();
    await expect(first).rejects.toThrow('disk full');
    await expect(second).rejects.toThrow('disk full');
    expect(node.mempool.size).toBe(0);
  });

  test('what it would have replaced comes back', async () => {
    const node = nodeWith(1);
    const rival = fromMiner(node, 0, 1000);
    await accept(node, rival);
    node.store.failure = new Error('disk full');
    const accepting = node.mempool.accept(fromMiner(node, 0, 5000));
    await expect(accepting).rejects.toThrow('disk full');
    node.store.failure = undefined;
    await node.mempool.whenIdle();
    expect(waiting(node)).toEqual([txidOf(rival)]);
    expect([...node.store.rows.keys()]).toEqual([txidOf(rival)]);
  });
});

describe('load', () => {
  test('all that was acknowledged is back after a crash, at its old time', async () => {
    const node = nodeWith(2);
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 1000);
    await accept(node, parent, child, fromMiner(node, 1, 1000));
    const acceptedAtMs = node.clock.ms;
    node.clock.ms += 5000;
    const before = new Set(waiting(node));
    expect(await node.restart().load()).toEqual({ restored: 3, dropped: [] });
    expect(new Set(waiting(node))).toEqual(before);
    expect(node.mempool.get(txidOf(child))?.receivedAtMs).toBe(acceptedAtMs);
    expect(node.mempool.get(txidOf(child))?.withAncestors.count).toBe(2);
  });

  test('parents come first, in whatever order they are stored', async () => {
    const node = nodeWith(1);
    const family = [fromMiner(node, 0, 1000)];
    for (let n = 0; n < 5; n++) family.push(onward(family.at(-1)!, 1000));
    for (const tx of family.toReversed()) node.store.rows.set(txidOf(tx), { tx, receivedAtMs: 0, fee: 0 });
    expect(await node.mempool.load()).toEqual({ restored: 6, dropped: [] });
    expect(waiting(node)).toEqual(family.map(txidOf));
  });

  test('what is not valid any more is dropped, in the store too', async () => {
    const node = nodeWith(4);
    const confirmed = fromMiner(node, 0, 1000);
    const parent = fromMiner(node, 1, 1000);
    const child = onward(parent, 1000);
    const poor = fromMiner(node, 2, 100);
    const old = fromMiner(node, 3, 1000);
    const rival = fromMiner(node, 1, 1000, 7);
    node.mine([confirmed, rival]);
    for (const tx of [confirmed, parent, child, poor]) {
      node.store.rows.set(txidOf(tx), { tx, receivedAtMs: node.clock.ms, fee: 1 });
    }
    node.store.rows.set(txidOf(old), { tx: old, receivedAtMs: 1, fee: 1 });
    const { restored, dropped } = await node.restart({ minRelayFeePerKb: 1000 }).load();
    expect(restored).toBe(0);
    expect(new Map(dropped.map(({ txid, reason }) => [txid, reason]))).toEqual(
      new Map([
        [txidOf(confirmed), 'txn-already-known'],
        [txidOf(parent), 'bad-txns-inputs-missingorspent'],
        [txidOf(child), 'bad-txns-inputs-missingorspent'],
        [txidOf(poor), 'min relay fee not met'],
        [txidOf(old), 'expired'],
      ]),
    );
    expect(node.store.rows.size).toBe(0);
    expect(node.mempool.stats().orphans).toBe(0);
  });

  test('a crash between replacement and deletion leaves both: the better one wins', async () => {
    for (const order of [0, 1]) {
      const node = nodeWith(1);
      const rivals = [fromMiner(node, 0, 1000), fromMiner(node, 0, 5000)];
      for (const tx of order === 0 ? rivals : rivals.toReversed()) {
        node.store.rows.set(txidOf(tx), { tx, receivedAtMs: node.clock.ms, fee: 1 });
      }
      await node.mempool.load();
      expect(waiting(node)).toEqual([txidOf(rivals[1]!)]);
      expect([...node.store.rows.keys()]).toEqual([txidOf(rivals[1]!)]);
    }
  });
});
