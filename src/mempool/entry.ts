/**
 * One waiting transaction, with everything that must be known at once when it is to be mined, replaced or thrown out
 * (Core: CTxMemPoolEntry).
 */
import {
  isFinal,
  outpointKey,
  type OutpointKey,
  type SpentCoin,
  type Transaction,
  type Txid,
  type Wtxid,
} from '../consensus/index.ts';
import { compareFeeRates, type FeeAndSize, higherFeeRate, lowerFeeRate } from './fee-rate.ts';

/** Sums over a transaction and its relatives in the mempool. */
export interface PackageTotals extends FeeAndSize {
  /** How many transactions, itself included. */
  readonly count: number;
}

type MutableTotals = { -readonly [Key in keyof PackageTotals]: PackageTotals[Key] };

/** What is known of a transaction when it is let in. */
export interface EntryFacts {
  readonly tx: Transaction;
  readonly txid: Txid;
  readonly wtxid: Wtxid;
  readonly sizeBytes: number;
  /** Base units. */
  readonly fee: number;
  /** The coins that it spends, in the order of its inputs; unconfirmed ones have the height of the next block. */
  readonly spent: readonly SpentCoin[];
  /** The coinbases that it spends are mature from this height on; 0 where there are none. */
  readonly matureFromHeight: number;
  /** Milliseconds since 1970 when it first came here. */
  readonly receivedAtMs: number;
}

/** Only the mempool changes it. */
export class MempoolEntry implements EntryFacts, FeeAndSize {
  readonly tx: Transaction;
  readonly txid: Txid;
  readonly wtxid: Wtxid;
  readonly sizeBytes: number;
  readonly fee: number;
  readonly spent: readonly SpentCoin[];
  readonly spentKeys: readonly OutpointKey[];
  readonly matureFromHeight: number;
  readonly receivedAtMs: number;
  /** Order of acceptance. Parents are always accepted before their children, so this order suits a block too. */
  readonly sequence: number;
  /** Transactions in the mempool whose outputs it spends. */
  readonly parents: Set<MempoolEntry>;
  /** Transactions in the mempool that spend its outputs. */
  readonly children = new Set<MempoolEntry>();
  /** Itself and all that must be mined before it. */
  readonly withAncestors: MutableTotals;
  /** Itself and all that cannot be mined without it. */
  readonly withDescendants: MutableTotals;
  /** Its place in the heap of the worst; −1 outside. */
  heapIndex = -1;
  /** Its place in the heap of what miners want; −1 outside. */
  miningIndex = -1;

  constructor(
    facts: EntryFacts,
    sequence: number,
    parents: Set<MempoolEntry>,
    ancestors: Iterable<MempoolEntry>,
  ) {
    this.tx = facts.tx;
    this.txid = facts.txid;
    this.wtxid = facts.wtxid;
    this.sizeBytes = facts.sizeBytes;
    this.fee = facts.fee;
    this.spent = facts.spent;
    this.spentKeys = facts.tx.inputs.map((input) => outpointKey(input.prevTxid, input.prevIndex));
    this.matureFromHeight = facts.matureFromHeight;
    this.receivedAtMs = facts.receivedAtMs;
    this.sequence = sequence;
    this.parents = parents;
    this.withAncestors = { count: 1, sizeBytes: facts.sizeBytes, fee: facts.fee };
    this.withDescendants = { count: 1, sizeBytes: facts.sizeBytes, fee: facts.fee };
    for (const ancestor of ancestors) addTo(this.withAncestors, ancestor);
  }
}

export function addTo(totals: MutableTotals, entry: MempoolEntry): void {
  totals.count++;
  totals.sizeBytes += entry.sizeBytes;
  totals.fee += entry.fee;
}

export function subtractFrom(totals: MutableTotals, entry: MempoolEntry): void {
  totals.count--;
  totals.sizeBytes -= entry.sizeBytes;
  totals.fee -= entry.fee;
}

/**
 * What a miner earns with it: the rate of the package with its ancestors, but never more than its own. A poor child of
 * a rich parent gains nothing from the parent, which is mined anyway. (Core: CompareTxMemPoolEntryByAncestorFee.)
 * @param withAncestors other totals than the cached ones, where some ancestors are in the block already
 */
export function miningScore(
  entry: MempoolEntry,
  withAncestors: FeeAndSize = entry.withAncestors,
): FeeAndSize {
  return lowerFeeRate(entry, withAncestors);
}

/** Does a miner want `a` before `b`? Of equals the older. A strict total order. */
export function isMinedBefore(a: MempoolEntry, b: MempoolEntry): boolean {
  const order = compareFeeRates(miningScore(a), miningScore(b));
  return order === 0 ? a.sequence < b.sequence : order > 0;
}

/**
 * What keeps it here: its own rate or that of the package with its descendants, whichever is higher. A poor parent of
 * a rich child stays, because the child pays for it. (Core: CompareTxMemPoolEntryByDescendantScore.)
 */
export function keepingScore(entry: MempoolEntry): FeeAndSize {
  return higherFeeRate(entry, entry.withDescendants);
}

/** May it stand in a block at `height` whose parent has this median time past? */
export function isMinable(entry: MempoolEntry, height: number, medianTimePast: number): boolean {
  return entry.matureFromHeight <= height && isFinal(entry.tx, height, medianTimePast);
}

/** Oldest first; that is parents first. */
export function inOrder(entries: Iterable<MempoolEntry>): MempoolEntry[] {
  return [...entries].sort((a, b) => a.sequence - b.sequence);
}
