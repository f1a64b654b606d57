/**
 * Random chains: a tree of blocks, good ones and such that break one rule each, and the order in which a node hears of them.
 * All of it follows from a plan of plain numbers, which fast-check makes up and, when something is found, makes smaller.
 */
import fc from 'fast-check';
import { medianTimePast } from '../../src/consensus/check-header.ts';
import {
  type Block,
  type CoinEntry,
  coinsCreatedBy,
  outpointKey,
  type Transaction,
} from '../../src/consensus/index.ts';
import { type BuiltBlock, coinsAfter, GENESIS_TIME_S } from '../support/chain-builder.ts';
import { BLOCK_FAULTS, type BlockFault, mineFaulty } from './block-faults.ts';
import { COPY_FAULTS, type CopyFault, spoiledCopy } from './copy-faults.ts';
import { type Draft, mineDraft, ownerOf, OWNERS, PARAMS, spendable, sumOf, transfer } from './draft.ts';

export interface PaymentPlan {
  /** Which coins, counted among those that there are. */
  readonly coins: readonly number[];
  readonly payee: number;
  /** Part of the value that goes to the payee, in percent. */
  readonly percent: number;
  readonly fee: number;
  readonly locked: boolean;
}

export interface BlockPlan {
  /** 0: on the last good block; else on one so many further back. */
  readonly back: number;
  /** Bad blocks count, too, when it looks for its parent. */
  readonly onAny: boolean;
  readonly miner: number;
  /** Seconds after its parent, perhaps negative. */
  readonly afterS: number;
  readonly payments: readonly PaymentPlan[];
  /** Which rule it breaks; undefined in most. `at` picks a place. */
  readonly fault: { readonly kind: BlockFault; readonly at: number } | undefined;
}

/** One thing that the node is told. */
export interface DeliveryPlan {
  readonly block: number;
  /** When, measured in blocks; a block that is told of at `block` comes in its order. */
  readonly when: number;
  readonly kind: 'block' | 'headers' | { readonly copy: CopyFault; readonly at: number };
}

export interface ChainPlan {
  readonly blocks: readonly BlockPlan[];
  /** How far each block comes out of its order. */
  readonly delays: readonly number[];
  /** What comes besides. */
  readonly extras: readonly DeliveryPlan[];
  /** Sizes of the batches in which all that is handed over. */
  readonly batches: readonly number[];
  /** Whether batches are handed in as such, or block by block without waiting. */
  readonly together: boolean;
  /** Whether headers come first and blocks are prepared before it is their turn. */
  readonly prepared: boolean;
  /** Coins that the node may hold in memory. */
  readonly coinsCacheSize: number;
  /** After so many batches the program ends and starts again. */
  readonly reopenAfter: number;
}

const aPayment: fc.Arbitrary<PaymentPlan> = fc.record({
  coins: fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 3 }),
  payee: fc.nat({ max: 2 }),
  percent: fc.integer({ min: 1, max: 100 }),
  fee: fc.nat({ max: 5_000 }),
  locked: fc.boolean(),
});

const aBlock: fc.Arbitrary<BlockPlan> = fc.record({
  back: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 }) },
  ),
  onAny: fc.nat({ max: 7 }).map((number) => number === 7),
  miner: fc.nat({ max: 2 }),
  afterS: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 5, max: 15 }) },
    { weight: 1, arbitrary: fc.integer({ min: -60, max: 400 }) },
  ),
  payments: fc.array(aPayment, { maxLength: 5 }),
  fault: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...BLOCK_FAULTS) },
          // What a reorg must have taken back, if there was one.
          { weight: 1, arbitrary: fc.constant('a coin of another branch' as const) },
        ),
        at: fc.nat({ max: 20 }),
      }),
    },
  ),
});

const aDelivery: fc.Arbitrary<DeliveryPlan> = fc.record({
  block: fc.nat({ max: 30 }),
  when: fc.integer({ min: -4, max: 35 }),
  kind: fc.oneof(
    { weight: 2, arbitrary: fc.constant('block' as const) },
    { weight: 1, arbitrary: fc.constant('headers' as const) },
    {
      weight: 4,
      arbitrary: fc.record({ copy: fc.constantFrom(...COPY_FAULTS), at: fc.nat({ max: 20 }) }),
    },
  ),
});

export const aChainPlan: fc.Arbitrary<ChainPlan> = fc.record({
  blocks: fc.array(aBlock, { minLength: 5, maxLength: 28 }),
  delays: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -6, max: 6 })), {
    minLength: 28,
    maxLength: 28,
  }),
  extras: fc.array(aDelivery, { maxLength: 20 }),
  batches: fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 24 })), {
    minLength: 10,
    maxLength: 10,
  }),
  together: fc.boolean(),
  prepared: fc.boolean(),
  // Fewer than there are, so that coins are read from the store again and again; or all, so that none is.
  coinsCacheSize: fc.constantFrom(0, 5, 200, 200),
  reopenAfter: fc.integer({ min: 1, max: 30 }),
});

/** Not random: together they have every fault there is, each where it has something to work with. */
export function plansOfAllFaults(): ChainPlan[] {
  const payment: PaymentPlan = { coins: [0], payee: 1, percent: 40, fee: 1_000, locked: false };
  const good: BlockPlan = {
    ...{ back: 0, onAny: false, miner: 0, afterS: 10 },
    ...{ payments: [payment, payment], fault: undefined },
  };
  const trunk = Array.from({ length: 7 }, () => good);
  const faults = BLOCK_FAULTS.map((kind, at): BlockPlan => ({ ...good, fault: { kind, at } }));
  const copies = COPY_FAULTS.map((copy, at): DeliveryPlan => ({
    block: 4 + (at % 4),
    when: 0,
    kind: { copy, at: 2 * at },
  }));
  const plans: ChainPlan[] = [];
  const [faultsEach, copiesEach] = [7, 3];
  for (let at = 0; at * faultsEach < faults.length; at++) {
    plans.push({
      blocks: [...trunk, ...faults.slice(at * faultsEach, (at + 1) * faultsEach), good],
      delays: [0],
      extras: copies.slice(at * copiesEach, (at + 1) * copiesEach),
      batches: [2],
      ...{ together: at % 2 === 0, prepared: at % 3 === 0 },
      coinsCacheSize: 6,
      reopenAfter: 4,
    });
  }
  return plans;
}

/** Good payments for a block on this parent, each out of what there is after the ones before. */
function paymentsOf(plans: readonly PaymentPlan[], parent: BuiltBlock | null): Transaction[] {
  const height = (parent?.height ?? -1) + 1;
  const coins = new Map(coinsAfter(parent));
  const transactions: Transaction[] = [];
  for (const plan of plans) {
    const open = spendable(coins, height);
    if (open.length === 0) break;
    const picked = [...new Set(plan.coins.map((number) => open[number % open.length]!))];
    while (sumOf(picked) > PARAMS.maxMoney) picked.pop();
    const fee = Math.min(plan.fee, sumOf(picked));
    const paid = Math.floor(((sumOf(picked) - fee) * plan.percent) / 100);
    const payee = OWNERS[plan.payee]!.address;
    const outputs = [
      { amount: paid, pubkeyHash: payee },
      { amount: sumOf(picked) - fee - paid, pubkeyHash: ownerOf(picked[0]!).address },
    ].filter(({ amount }, index) => index === 0 || amount > 0);
    // Good ones only, but as late as may be: at the height, or at the time that has just been reached.
    const median = medianTimePast(parent);
    const locktime = plan.locked ? (plan.fee % 2 === 0 ? height : median) : 0;
    const tx = transfer(picked, outputs, locktime);
    for (const { outpoint } of picked) coins.delete(outpointKey(outpoint.txid, outpoint.index));
    for (const { outpoint, coin } of coinsCreatedBy(tx, height))
      coins.set(outpointKey(outpoint.txid, outpoint.index), coin);
    transactions.push(tx);
  }
  return transactions;
}

// --- Blocks and their deliveries -----------------------------------------------------------------------------------

/** Coins after the last good blocks that a block on this parent does not have, mature ones. */
function coinsElsewhere(good: readonly BuiltBlock[], parent: BuiltBlock | null): CoinEntry[] {
  const here = coinsAfter(parent);
  const height = (parent?.height ?? -1) + 1;
  return good
    .slice(-8)
    .flatMap((other) => spendable(coinsAfter(other), height))
    .filter(({ outpoint }) => !here.has(outpointKey(outpoint.txid, outpoint.index)));
}

/** Mines the whole tree, in the order of the plan. Where a fault has nothing to work with, the block is a good one. */
export function buildBlocks(plans: readonly BlockPlan[]): BuiltBlock[] {
  const built: BuiltBlock[] = [];
  const good: BuiltBlock[] = [];
  for (const [index, plan] of plans.entries()) {
    const parents = plan.onAny ? built : good;
    const parent = index === 0 ? null : parents[Math.max(0, parents.length - 1 - plan.back)]!;
    const earliest = parent === null ? 0 : medianTimePast(parent) + 1;
    const height = (parent?.height ?? -1) + 1;
    const afterS = height % PARAMS.retargetInterval === 0 ? Math.max(-600, plan.afterS) : plan.afterS;
    const draft: Draft = {
      ...{
        parent,
        height,
        at: plan.fault?.at ?? 0,
        elsewhere: coinsElsewhere(good, parent),
        extraNonce: index + 1,
      },
      timestamp: parent === null ? GENESIS_TIME_S : Math.max(earliest, parent.timestamp + afterS),
      miner: OWNERS[plan.miner]!,
      payments: paymentsOf(plan.payments, parent),
    };
    // The first one is good, or nothing would ever happen.
    const faulty = plan.fault === undefined || index === 0 ? undefined : mineFaulty(plan.fault.kind, draft);
    const block = faulty ?? mineDraft(draft);
    built.push(...block.chain.filter((one) => !built.includes(one)));
    if (faulty === undefined) good.push(block);
  }
  return built;
}

/** What the node is told: a block, or the headers up to one. */
export type Delivery =
  | {
      readonly kind: 'block';
      readonly block: Block;
      /** A copy that is spoiled where the hash does not look. */
      readonly isSpoiled: boolean;
      readonly what: string;
    }
  | { readonly kind: 'headers'; readonly headers: readonly Block['header'][]; readonly what: string };

/** All deliveries, in the batches in which they are handed over. */
export function deliveriesOf(plan: ChainPlan, built: readonly BuiltBlock[]): Delivery[][] {
  const timed: { when: number; delivery: Delivery }[] = built.map((one, index) => ({
    when: index + plan.delays[index % plan.delays.length]!,
    delivery: { kind: 'block', block: one.block, isSpoiled: false, what: `block ${index}` },
  }));
  for (const extra of plan.extras) {
    const index = extra.block % built.length;
    const one = built[index]!;
    const when = extra.when % (built.length + 5);
    if (extra.kind === 'block')
      timed.push({
        when,
        delivery: { kind: 'block', block: one.block, isSpoiled: false, what: `block ${index} once more` },
      });
    else if (extra.kind === 'headers') {
      const headers = one.chain.map(({ block }) => block.header);
      timed.push({ when, delivery: { kind: 'headers', headers, what: `headers up to ${index}` } });
    } else {
      const copy = spoiledCopy(one.block, extra.kind.copy, extra.kind.at);
      const what = `block ${index} with ${extra.kind.copy}`;
      // Just before the good one half of the time, else anywhere.
      const beside = extra.kind.at % 2 === 0 ? timed[index]!.when - 0.5 : when;
      if (copy !== undefined)
        timed.push({ when: beside, delivery: { kind: 'block', block: copy, isSpoiled: true, what } });
    }
  }
  timed.sort((a, b) => a.when - b.when);
  const batches: Delivery[][] = [];
  for (let at = 0, turn = 0; at < timed.length; turn++) {
    const size = plan.batches[turn % plan.batches.length]!;
    batches.push(timed.slice(at, at + size).map(({ delivery }) => delivery));
    at += size;
  }
  return batches;
}
