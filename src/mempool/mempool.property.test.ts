/**
 * Whatever happens to a mempool, in whatever order: its sums are those that one would compute afresh, nothing is spent
 * twice, every input exists, the next block can be made of it, and the store holds what the memory holds.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BuiltBlock, key, spend } from '../../test/support/chain-builder.ts';
import { MempoolNode, outputOf } from '../../test/support/mempool-node.ts';
import {
  type CoinEntry,
  isCoinbase,
  outpointKey,
  parseOutpointKey,
  type Transaction,
  transactionSize,
  txidOf,
} from '../consensus/index.ts';
import { ancestorsOf, descendantsOf, isMinable, isMinedBefore, type MempoolEntry } from './index.ts';

const miner = key('miner');
const policy = {
  maxPoolBytes: 1800,
  maxAncestors: 4,
  maxDescendants: 4,
  maxReplaced: 4,
  maxOrphans: 3,
  expiryMs: 2_000_000,
};

/** A transaction to be made of whatever there is when its turn comes. */
interface Wish {
  readonly coins: readonly number[];
  readonly outputs: number;
  readonly fee: number;
  readonly locktime: number;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  coins: fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  fee: fc.oneof({ weight: 1, arbitrary: fc.nat(60) }, { weight: 6, arbitrary: fc.nat(9000) }),
  locktime: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 8, 12),
});

type Step =
  | { readonly do: 'accept' | 'check'; readonly wish: Wish }
  | { readonly do: 'accept at once'; readonly wishes: readonly Wish[] }
  | { readonly do: 'child before parent'; readonly parent: Wish; readonly fee: number }
  | { readonly do: 'mine'; readonly count: number }
  | { readonly do: 'foreign block'; readonly wish: Wish }
  | { readonly do: 'reorg'; readonly depth: number; readonly keep: boolean; readonly wish: Wish }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('accept' as const), wish }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('check' as const), wish }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('accept at once' as const),
      wishes: fc.array(wish, { minLength: 2, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('child before parent' as const),
      parent: wish,
      fee: fc.nat(3000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mine' as const), count: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('foreign block' as const), wish }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reorg' as const),
      depth: fc.integer({ min: 1, max: 3 }),
      keep: fc.boolean(),
      wish,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2_000_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

/** What could be spent, on purpose including what is spent in the mempool already; the newest first. */
function spendable(node: MempoolNode): CoinEntry[] {
  const inChain = [...node.chain.reference.coins.map].map(([outpoint, coin]) => ({
    outpoint: parseOutpointKey(outpoint),
    coin,
  }));
  const waiting = node.mempool
    .entries()
    .flatMap(({ tx }) => tx.outputs.map((_, index) => outputOf(tx, index)));
  return [...inChain, ...waiting].reverse();
}

function make(wish: Wish, coins: readonly CoinEntry[]): Transaction {
  const chosen = new Map<string, CoinEntry>();
  for (const index of wish.coins) {
    const coin = coins[index % coins.length];
    if (coin !== undefined) chosen.set(outpointKey(coin.outpoint.txid, coin.outpoint.index), coin);
  }
  const total = [...chosen.values()].reduce((sum, { coin }) => sum + coin.amount, 0);
  const each = Math.max(Math.floor((total - wish.fee) / wish.outputs), 0);
  const first = Math.max(total - wish.fee - each * (wish.outputs - 1), 0);
  const outputs = Array.from({ length: wish.outputs }, (_, index) => ({
    amount: index === 0 ? first : each,
    pubkeyHash: miner.address,
  }));
  return spend({ coins: [...chosen.values()], owner: miner, outputs, locktime: wish.locktime });
}

/** A block of others: like ours, but with a transaction of theirs, if that is valid on the chain alone. */
function foreignBlock(
  node: MempoolNode,
  parent: BuiltBlock,
  wish: Wish,
  coins: readonly CoinEntry[],
): BuiltBlock {
  const tx = make({ ...wish, locktime: 0 }, coins);
  const sum = tx.outputs.reduce((total, { amount }) => total + amount, 0);
  return node.build(sum > 0 ? [tx] : [], parent);
}

function reorg(node: MempoolNode, depth: number, keep: boolean, wish: Wish): void {
  const { chain } = node.tip;
  const fork = chain[chain.length - 1 - Math.min(depth, chain.length - 1)]!;
  const left = chain.slice(fork.height + 1);
  const payments = left.flatMap(({ block }) => block.transactions.filter((tx) => !isCoinbase(tx)));
  // Those that spend a coinbase of the branch that is left cannot come along, nor those locked until later; and none of
  // their children.
  const lost = new Set(left.map(({ block }) => txidOf(block.transactions[0]!)));
  const portable = payments.filter((tx) => {
    const isLost = tx.locktime > fork.height || tx.inputs.some(({ prevTxid }) => lost.has(prevTxid));
    if (isLost) lost.add(txidOf(tx));
    return !isLost;
  });
  const coins = fork.height > 0 ? node.chain.reference.coins.map : new Map();
  let at =
    keep || coins.size === 0
      ? node.build(portable.slice(0, 2), fork)
      : foreignBlock(node, fork, { ...wish, coins: [0] }, [oldestCoinAt(node, fork)]);
  node.tell(at);
  while (at.height <= chain.length - 1) {
    at = node.build([], at);
    node.tell(at);
  }
}

/** A coin that exists at the fork: what its block paid its miner is unspent there. */
function oldestCoinAt(_node: MempoolNode, fork: BuiltBlock): CoinEntry {
  return outputOf(fork.block.transactions[0]!, 0);
}

async function take(node: MempoolNode, step: Step): Promise<void> {
  const { mempool } = node;
  const coins = spendable(node);
  if (step.do === 'accept') {
    const tx = make(step.wish, coins);
    const report = await mempool.check(tx);
    const verdict = await mempool.accept(tx);
    expect(verdict.ok).toBe(report.verdict.ok);
    if (verdict.ok) {
      expect(verdict.value).toMatchObject({
        fee: report.fee,
        replaced: report.replaced,
        evicted: report.evicted,
      });
    } else if (!report.verdict.ok) {
      expect([verdict.reason, verdict.heldAsOrphan]).toEqual([report.verdict.reason, report.wouldBeHeld]);
    }
  } else if (step.do === 'check') {
    await mempool.check(make(step.wish, coins));
  } else if (step.do === 'accept at once') {
    await Promise.all(step.wishes.map((one) => mempool.accept(make(one, coins))));
  } else if (step.do === 'child before parent') {
    const parent = make(step.parent, coins);
    const child = make({ coins: [0], outputs: 1, fee: step.fee, locktime: 0 }, [outputOf(parent, 0)]);
    await mempool.accept(child);
    await mempool.accept(parent);
  } else if (step.do === 'mine') {
    node.mineTemplate(node.template(step.count));
  } else if (step.do === 'foreign block') {
    const inChain = coins.filter(({ coin }) => coin.coinbase);
    node.tell(foreignBlock(node, node.tip, step.wish, inChain));
  } else if (step.do === 'reorg') {
    reorg(node, step.depth, step.keep, step.wish);
  } else if (step.do === 'wait') {
    node.clock.ms += step.ms;
    mempool.expire();
  } else {
    await mempool.whenIdle();
    await node.restart().load();
  }
}

function expectSound(node: MempoolNode): void {
  const { mempool } = node;
  const entries = mempool.entries();
  const spent = new Set<string>();
  const seen = new Set<MempoolEntry>();
  let [bytes, fees] = [0, 0];
  for (const entry of entries) {
    const { tx, txid } = entry;
    bytes += entry.sizeBytes;
    fees += entry.fee;
    let value = 0;
    const parents = new Set<MempoolEntry>();
    for (const { prevTxid, prevIndex } of tx.inputs) {
      const outpoint = outpointKey(prevTxid, prevIndex);
      expect(spent.has(outpoint), 'spent twice').toBe(false);
      spent.add(outpoint);
      expect(mempool.spenderOf({ txid: prevTxid, index: prevIndex })).toBe(entry);
      const parent = mempool.get(prevTxid);
      if (parent !== undefined) parents.add(parent);
      const source = parent?.tx.outputs[prevIndex] ?? node.chain.reference.coins.get(outpoint);
      expect(source, 'every input exists').toBeDefined();
      value += source?.amount ?? 0;
    }
    expect(entry.fee).toBe(value - tx.outputs.reduce((sum, { amount }) => sum + amount, 0));
    expect(entry.sizeBytes).toBe(transactionSize(tx));
    expect(entry.parents).toEqual(parents);
    for (const parent of parents) {
      expect(seen.has(parent), 'parents come first').toBe(true);
      expect(parent.children.has(entry)).toBe(true);
    }
    for (const child of entry.children) expect(mempool.get(child.txid)).toBe(child);
    expect(entry.withAncestors).toEqual(sumOf(new Set([entry, ...ancestorsOf(entry.parents)])));
    expect(entry.withDescendants).toEqual(sumOf(descendantsOf([entry])));
    expect(entry.withAncestors.count).toBeLessThanOrEqual(policy.maxAncestors);
    expect(entry.withDescendants.count).toBeLessThanOrEqual(policy.maxDescendants);
    expect(isMinable(entry, node.chain.height + 1, node.chain.medianTimePast)).toBe(true);
    expect(mempool.get(txid)).toBe(entry);
    seen.add(entry);
  }
  expect([mempool.size, mempool.bytes, mempool.stats().fees]).toEqual([entries.length, bytes, fees]);
  expect(bytes).toBeLessThanOrEqual(policy.maxPoolBytes);
  const sequences = entries.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  const wanted = [...mempool.byMiningScore()];
  expect(wanted).toEqual([...entries].sort((a, b) => (isMinedBefore(a, b) ? -1 : 1)));
  const middle = entries[entries.length >> 1]?.sequence ?? 0;
  expect([...mempool.acceptedAfter(middle)]).toEqual(entries.filter(({ sequence }) => sequence > middle));
  expect(mempool.stats().orphans).toBeLessThanOrEqual(policy.maxOrphans);
}

function sumOf(entries: Set<MempoolEntry>) {
  const sum = { count: 0, sizeBytes: 0, fee: 0 };
  for (const { sizeBytes, fee } of entries) {
    sum.count++;
    sum.sizeBytes += sizeBytes;
    sum.fee += fee;
  }
  return sum;
}

async function play(steps: readonly Step[], afterEach: (node: MempoolNode) => void): Promise<MempoolNode> {
  const node = new MempoolNode({ policy });
  for (let blocks = 0; blocks < 6; blocks++) node.mine();
  for (const one of steps) {
    await take(node, one);
    afterEach(node);
    await node.mempool.whenIdle();
    afterEach(node);
    expect(new Set(node.store.rows.keys())).toEqual(new Set(node.mempool.entries().map(({ txid }) => txid)));
    expect(node.backgroundErrors).toEqual([]);
  }
  return node;
}

const steps = fc.array(step, { minLength: 8, maxLength: 28 });

test('whatever happens, the mempool is sound', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const node = await play(all, expectSound);
      // What it holds, all of it, makes valid blocks.
      while (node.mempool.size > 0) node.mineTemplate(node.template(7));
    }),
    { numRuns: 60 },
  );
});

test('the same story twice gives the same mempool, in the same order', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const order = (node: MempoolNode): unknown => [
        node.mempool.entries().map(({ txid }) => txid),
        [...node.mempool.byMiningScore()].map(({ txid }) => txid),
        node.told.map((event) => [event.type, event.entry.txid]),
      ];
      const nothing = (): void => {};
      expect(order(await play(all, nothing))).toEqual(order(await play(all, nothing)));
    }),
    { numRuns: 15 },
  );
});
