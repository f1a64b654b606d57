import { describe, expect, test } from 'vitest';
import { key, pay } from '../../test/support/chain-builder.ts';
import { MempoolNode, outputOf } from '../../test/support/mempool-node.ts';
import { type Transaction, txidOf } from '../consensus/index.ts';

const [alice, miner] = [key('alice'), key('miner')];
const fromMiner = (node: MempoolNode, coin: number, fee: number, amount = 1_000_000): Transaction =>
  pay({ coins: [node.coin(coin)], from: miner, to: alice, amount, fee });
const onward = (tx: Transaction, fee: number): Transaction =>
  pay({ coins: [outputOf(tx, 1)], from: miner, to: alice, amount: 5, fee });

function nodeWith(coins: number, params = {}): MempoolNode {
  const node = new MempoolNode({ params });
  while (node.coins().length < coins) node.mine();
  return node;
}

async function accept(node: MempoolNode, ...txs: readonly Transaction[]): Promise<void> {
  for (const tx of txs) expect(await node.mempool.accept(tx)).toMatchObject({ ok: true });
}

const waiting = (node: MempoolNode): string[] => node.mempool.entries().map(({ txid }) => txid);
const story = (node: MempoolNode): string[] =>
  node.told.map((event) => (event.type === 'removed' ? event.cause : event.type));

describe('a block', () => {
  test('takes out what it contains; what hangs on that stays and is a root now', async () => {
    const node = nodeWith(1);
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 700);
    const grandchild = onward(child, 600);
    await accept(node, parent, child, grandchild);
    node.mine([parent]);
    expect(waiting(node)).toEqual([child, grandchild].map(txidOf));
    expect(node.mempool.get(txidOf(child))?.withAncestors).toMatchObject({ count: 1, fee: 700 });
    expect(node.mempool.get(txidOf(grandchild))?.withAncestors).toMatchObject({ count: 2, fee: 1300 });
    expect(node.told.at(-1)).toMatchObject({ cause: 'confirmed', entry: { txid: txidOf(parent) } });
    node.mine([child, grandchild]);
    expect(node.mempool.stats()).toMatchObject({ size: 0, bytes: 0, fees: 0 });
  });

  test('throws out what conflicts with it, with all that hangs on that', async () => {
    const node = nodeWith(2);
    const loser = fromMiner(node, 0, 1000);
    const winner = fromMiner(node, 0, 10, 7);
    const bystander = fromMiner(node, 1, 1000);
    await accept(node, loser, onward(loser, 1000), bystander);
    node.mine([winner]);
    expect(waiting(node)).toEqual([txidOf(bystander)]);
    expect(story(node).slice(-2)).toEqual(['conflict', 'conflict']);
    expect(node.told.at(-1)).toMatchObject({ by: txidOf(winner) });
    await node.mempool.whenIdle();
    expect([...node.store.rows.keys()]).toEqual([txidOf(bystander)]);
  });

  test('that comes while a transaction is being written leaves no row behind', async () => {
    const node = nodeWith(1);
    let open = (): void => {};
    node.store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const tx = fromMiner(node, 0, 1000);
    const accepting = node.mempool.accept(tx);
    while (node.store.batches.length === 0) await Promise.resolve();
    node.mine([tx]);
    open();
    expect(await accepting).toMatchObject({ ok: true });
    await node.mempool.whenIdle();
    expect(node.store.rows.size).toBe(0);
  });
});

/*
 *   … ── fork ─┬─ a1 (parent)            the mempool holds child, which spends parent's output
 *              └─ b1 ── b2               b2 has more work
 */
describe('a reorg', () => {
  test('brings back the transactions of the losing branch, and keeps what hangs on them', async () => {
    const node = nodeWith(2);
    const fork = node.tip;
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 1000);
    const bystander = fromMiner(node, 1, 1000);
    await accept(node, parent);
    node.mine([parent]);
    await accept(node, child, bystander);
    const b1 = node.build([], fork);
    node.tell(b1);
    node.mine([], { parent: b1 });
    expect(waiting(node), 'for a moment only what is valid anyway').toEqual([txidOf(bystander)]);
    await node.mempool.whenIdle();
    expect(waiting(node)).toEqual([bystander, parent, child].map(txidOf));
    expect(new Set(node.store.rows.keys())).toEqual(new Set(waiting(node)));
    expect(story(node).slice(-3)).toEqual(['reorg', 'accepted', 'accepted']);
    expect(node.backgroundErrors).toEqual([]);
    node.mineWaiting();
  });

  test('nothing is lost when it crashes in between', async () => {
    const node = nodeWith(1);
    const fork = node.tip;
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 1000);
    await accept(node, parent);
    node.mine([parent]);
    await accept(node, child);
    const b1 = node.build([], fork);
    node.tell(b1);
    node.mine([], { parent: b1 });
    const rows = new Map(node.store.rows);
    await node.mempool.whenIdle();
    node.store.rows.clear();
    for (const [txid, row] of rows) node.store.rows.set(txid, row);
    await node.restart().load();
    expect(waiting(node)).toEqual([parent, child].map(txidOf));
  });

  test('drops what only the losing branch made possible', async () => {
    const node = nodeWith(1);
    const fork = node.tip;
    node.mine();
    const fromLostCoinbase = fromMiner(node, 1, 1000);
    await accept(node, fromLostCoinbase, onward(fromLostCoinbase, 1000));
    const b1 = node.build([], fork);
    node.tell(b1);
    node.mine([], { parent: b1 });
    await node.mempool.whenIdle();
    expect(node.mempool.stats()).toMatchObject({ size: 0, orphans: 0 });
    expect(node.store.rows.size).toBe(0);
    expect(story(node).slice(-2)).toEqual(['reorg', 'reorg']);
  });

  test('drops what the winning branch contradicts, and what hung on it', async () => {
    const node = nodeWith(1);
    const fork = node.tip;
    const lost = fromMiner(node, 0, 1000);
    const rival = fromMiner(node, 0, 1000, 7);
    node.mine([lost]);
    await accept(node, onward(lost, 1000));
    const b1 = node.build([rival], fork);
    node.tell(b1);
    node.mine([], { parent: b1 });
    await node.mempool.whenIdle();
    expect(waiting(node)).toEqual([]);
    expect(node.store.rows.size).toBe(0);
  });

  test('what both branches contain does not disturb what hangs on it', async () => {
    const node = nodeWith(1);
    const fork = node.tip;
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 1000);
    node.mine([parent]);
    await accept(node, child);
    const b1 = node.build([], fork);
    node.tell(b1);
    node.mine([parent], { parent: b1 });
    expect(waiting(node)).toEqual([txidOf(child)]);
    expect(story(node)).toEqual(['accepted']);
  });

  test('a transaction without a fee that a miner took comes back too', async () => {
    const node = nodeWith(1);
    const fork = node.tip;
    const free = fromMiner(node, 0, 0);
    node.mine([free]);
    const b1 = node.build([], fork);
    node.tell(b1);
    node.mine([], { parent: b1 });
    await node.mempool.whenIdle();
    expect(waiting(node)).toEqual([txidOf(free)]);
  });

  test('to a lower chain with more work makes locktimes and rewards premature again', async () => {
    const node = nodeWith(3, { coinbaseMaturity: 2 });
    const next = node.tip.height + 1;
    const plain = fromMiner(node, 0, 1000);
    const locked = pay({
      coins: [node.coin(1)],
      from: miner,
      to: alice,
      amount: 5,
      fee: 1000,
      locktime: next,
    });
    node.mine();
    const young = fromMiner(node, 2, 1000);
    await accept(node, plain, locked, onward(locked, 1000), young);
    // Two heights lower, with the coins as they are: a real branch of that kind needs other targets, and the mempool
    // looks at nothing but the height.
    const gone = node.tip;
    Object.defineProperty(node.chain, 'height', { value: next - 2 });
    node.chain.epoch++;
    node.mempool.onBlocksChanged({ connected: [], disconnected: [gone] });
    expect(waiting(node)).toEqual([txidOf(plain)]);
    await node.mempool.whenIdle();
    expect(waiting(node), 'refused by the ordinary door').toEqual([txidOf(plain)]);
    expect([...node.store.rows.keys()]).toEqual([txidOf(plain)]);
  });
});
