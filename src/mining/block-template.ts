/**
 * The block that a miner should try to find: which waiting transactions, in which order, and the coinbase
 * (Core: BlockAssembler::CreateNewBlock and addPackageTxs, node/miner.cpp).
 *
 * A transaction can only be mined with its unconfirmed ancestors, so packages compete, not transactions:
 *
 *        P (fee 10) <── C (fee 5000)      C is worth (10 + 5000) / (size P + size C) and brings P in: child pays for parent
 *
 * 1. Take the transaction with the best rate of package (itself and its ancestors that are not in the block yet).
 * 2. Put the package in, ancestors first.
 * 3. For what hangs on it, these ancestors are paid for now: its package is another one, and ranks anew.
 *
 * Two orders: the mempool's own, which it keeps as transactions come and go, and a heap of the few that step 3 has changed. A
 * block takes out of 50,000 only what fits; the rest is never looked at.
 */
import {
  type Address,
  type BlockHash,
  type BlockHeader,
  type ChainParams,
  HEADER_BYTES,
  merkleRoot,
  NO_TXID,
  NULL_INDEX,
  subsidyAt,
  type Target,
  type Transaction,
  transactionSize,
  type Txid,
  txidOf,
  varintSize,
} from '../consensus/index.ts';
import {
  ancestorsOf,
  compareFeeRates,
  descendantsOf,
  Heap,
  inOrder,
  isMinable,
  type MempoolEntry,
  miningScore,
  type PackageTotals,
} from '../mempool/index.ts';

/** The chain on which the block is to stand. */
export interface TemplateTip {
  /** Height of the tip; −1 when there is none. */
  readonly height: number;
  /** NO_BLOCK when there is none. */
  readonly hash: BlockHash;
  /** Of the tip, in seconds. */
  readonly medianTimePast: number;
  /** What the next block must have. */
  readonly expectedTarget: Target;
  /** What the next block may have at least, in seconds. */
  readonly earliestTimestamp: number;
}

export interface TemplateRequest {
  readonly mempool: {
    /** How many wait. */
    readonly size: number;
    /** The best first; see `Mempool.byMiningScore`. */
    byMiningScore(): Iterable<MempoolEntry>;
  };
  readonly tip: TemplateTip;
  readonly params: ChainParams;
  readonly minerAddress: Address;
  /** How many transactions besides the coinbase; the miner's own choice, not a rule (MAX_BLOCK_TXS). */
  readonly maxBlockTxs: number;
  /** Our clock, in seconds. */
  readonly nowS: number;
}

/**
 * Why a transaction is not in the template although its turn came:
 * - `too-large`: with its ancestors it is larger than the room that was left;
 * - `too-many`: with its ancestors it is more transactions than were left;
 * - `not-yet`: locktime or maturity;
 * - `fees-out-of-range`: the coinbase would exceed MAX_MONEY.
 */
export type SkipReason = 'too-large' | 'too-many' | 'not-yet' | 'fees-out-of-range';

/** The package with which a transaction came into the block, as it stood when its turn came. */
export interface IncludedPackage extends PackageTotals {
  /** Whose turn it was: the last of the package, which pays for those before it. */
  readonly by: Txid;
}

export interface BlockTemplate {
  readonly height: number;
  /** All but the nonce. */
  readonly header: Omit<BlockHeader, 'nonce'>;
  /** The coinbase first, parents before children. */
  readonly transactions: readonly Transaction[];
  /** Base units. */
  readonly fees: number;
  /** Base units. */
  readonly subsidy: number;
  /** Full bytes of the block. */
  readonly sizeBytes: number;
  /** Where each transaction stands; the first after the coinbase has 1. */
  readonly positions: ReadonlyMap<Txid, number>;
  /** With which package each of them came in. */
  readonly packages: ReadonlyMap<Txid, IncludedPackage>;
  /** Those whose turn came, and that could not be taken. */
  readonly skipped: ReadonlyMap<Txid, SkipReason>;
  /** How many waiting transactions are not in the block. */
  readonly leftOut: number;
  /** What a block may have at most: full bytes, and transactions besides the coinbase. */
  readonly limits: { readonly sizeBytes: number; readonly transactions: number };
}

/** What became of one waiting transaction. */
export type TemplateFate =
  | { readonly status: 'included'; readonly position: number }
  /** `outbid`: the block was full before its turn came. */
  | { readonly status: 'left-out'; readonly reason: SkipReason | 'outbid' };

/** Whether, where or why not a waiting transaction is in a template. */
export function fateOf(template: BlockTemplate, txid: Txid): TemplateFate {
  const position = template.positions.get(txid);
  if (position !== undefined) return { status: 'included', position };
  return { status: 'left-out', reason: template.skipped.get(txid) ?? 'outbid' };
}

/** Builds the best block that the waiting transactions give. Pure: the same request, the same template. */
export function buildTemplate(request: TemplateRequest): BlockTemplate {
  const { tip, params, minerAddress, nowS } = request;
  const height = tip.height + 1;
  const subsidy = subsidyAt(height, params);
  const selection = new Selection(request, subsidy);
  const waiting = request.mempool.size;
  const included = selection.fill(request.mempool.byMiningScore());

  const coinbase = coinbaseOf(height, subsidy + selection.fees, minerAddress);
  const transactions = [coinbase, ...included.map(({ tx }) => tx)];
  return {
    height,
    header: {
      version: 1,
      prevHash: tip.hash,
      merkleRoot: merkleRoot(transactions.map(txidOf)).root,
      timestamp: Math.max(nowS, tip.earliestTimestamp),
      target: tip.expectedTarget,
    },
    transactions,
    fees: selection.fees,
    subsidy,
    sizeBytes: included.reduce(
      (sum, entry) => sum + entry.sizeBytes,
      HEADER_BYTES + varintSize(transactions.length) + transactionSize(coinbase),
    ),
    positions: new Map(included.map(({ txid }, index) => [txid, index + 1])),
    packages: selection.packages,
    skipped: selection.skipped,
    leftOut: waiting - included.length,
    limits: { sizeBytes: params.maxBlockSizeBytes, transactions: request.maxBlockTxs },
  };
}

/** The transaction that pays the miner. Its locktime is the height, which makes its txid unique (`bad-cb-height`). */
function coinbaseOf(height: number, amount: number, pubkeyHash: Address): Transaction {
  const nothing = new Uint8Array();
  return {
    version: 1,
    inputs: [{ prevTxid: NO_TXID, prevIndex: NULL_INDEX, signature: nothing, pubkey: nothing }],
    outputs: [{ amount, pubkeyHash }],
    locktime: height,
  };
}

/** An entry some of whose ancestors are in the block: what it would bring in is less than the mempool's sum says. */
interface Reduced {
  readonly entry: MempoolEntry;
  totals: PackageTotals;
  heapIndex: number;
}

/** After so many misses in a row a nearly full block counts as full. Core: MAX_CONSECUTIVE_FAILURES. */
const MAX_MISSES = 1000;
/** Less room than this is "nearly full". Core: BLOCK_FULL_ENOUGH_WEIGHT_DELTA, 1,000 virtual bytes. */
const NEARLY_FULL_BYTES = 1000;
/** A package can have this many transactions (the usual ancestor limit), so fewer left may fit nobody. */
const NEARLY_FULL_COUNT = 25;
/** The number of transactions takes up to 5 bytes; allowing for that from the start is simpler than being exact. */
const MAX_COUNT_BYTES = 5;

class Selection {
  fees = 0;
  readonly skipped = new Map<Txid, SkipReason>();
  readonly packages = new Map<Txid, IncludedPackage>();
  private readonly height: number;
  private readonly medianTimePast: number;
  private readonly included = new Set<MempoolEntry>();
  private readonly reduced = new Map<MempoolEntry, Reduced>();
  private readonly reducedFirst = new Heap<Reduced>(isReducedBefore, (item, index) => {
    item.heapIndex = index;
  });
  /** The mempool's order, and the next of it that was not taken yet. */
  private untouched: Iterator<MempoolEntry> = [][Symbol.iterator]();
  private candidate: MempoolEntry | undefined = undefined;
  private bytesLeft: number;
  private countLeft: number;
  private readonly maxFees: number;

  constructor({ tip, params, minerAddress, maxBlockTxs }: TemplateRequest, subsidy: number) {
    this.height = tip.height + 1;
    this.medianTimePast = tip.medianTimePast;
    const coinbaseBytes = transactionSize(coinbaseOf(this.height, subsidy, minerAddress));
    this.bytesLeft = params.maxBlockSizeBytes - HEADER_BYTES - MAX_COUNT_BYTES - coinbaseBytes;
    this.countLeft = maxBlockTxs;
    this.maxFees = params.maxMoney - subsidy;
  }

  /** @param bestFirst by the mempool's own sums @returns what is in the block, in its order */
  fill(bestFirst: Iterable<MempoolEntry>): MempoolEntry[] {
    this.untouched = bestFirst[Symbol.iterator]();
    let misses = 0;
    while (this.countLeft > 0) {
      const entry = this.takeBest();
      if (entry === undefined) break;
      const totals = this.totalsOf(entry);
      const whole = this.packageOf(entry);
      const reason = this.whyNot(whole, totals);
      if (reason === undefined) {
        misses = 0;
        this.include(whole, totals);
        const { count, sizeBytes, fee } = totals;
        const together: IncludedPackage = { by: entry.txid, count, sizeBytes, fee };
        for (const { txid } of whole) this.packages.set(txid, together);
        continue;
      }
      this.skipped.set(entry.txid, reason);
      misses++;
      const nearlyFull = this.bytesLeft < NEARLY_FULL_BYTES || this.countLeft < NEARLY_FULL_COUNT;
      if (misses > MAX_MISSES && nearlyFull) break;
    }
    return [...this.included];
  }

  /** The best package of both orders, taken out. */
  private takeBest(): MempoolEntry | undefined {
    // What is in the block is done with; what was reduced ranks in the heap.
    while (
      this.candidate === undefined ||
      this.included.has(this.candidate) ||
      this.reduced.has(this.candidate)
    ) {
      const next = this.untouched.next();
      this.candidate = next.done === true ? undefined : next.value;
      if (this.candidate === undefined) break;
    }
    const { candidate } = this;
    const reduced = this.reducedFirst.peek();
    const reducedIsBetter =
      reduced !== undefined && (candidate === undefined || isReducedBefore(reduced, asReduced(candidate)));
    if (reducedIsBetter) return this.reducedFirst.pop()?.entry;
    this.candidate = undefined;
    return candidate;
  }

  /** The entry and its ancestors that are not in the block yet, in the order in which they can stand there. */
  private packageOf(entry: MempoolEntry): MempoolEntry[] {
    if (entry.parents.size === 0) return [entry];
    return inOrder([entry, ...ancestorsOf(entry.parents)]).filter((one) => !this.included.has(one));
  }

  private totalsOf(entry: MempoolEntry): PackageTotals {
    return this.reduced.get(entry)?.totals ?? entry.withAncestors;
  }

  private whyNot(whole: readonly MempoolEntry[], totals: PackageTotals): SkipReason | undefined {
    if (totals.sizeBytes > this.bytesLeft) return 'too-large';
    if (totals.count > this.countLeft) return 'too-many';
    if (this.fees + totals.fee > this.maxFees) return 'fees-out-of-range';
    return whole.every((entry) => isMinable(entry, this.height, this.medianTimePast)) ? undefined : 'not-yet';
  }

  private include(whole: readonly MempoolEntry[], totals: PackageTotals): void {
    this.bytesLeft -= totals.sizeBytes;
    this.countLeft -= totals.count;
    this.fees += totals.fee;
    for (const entry of whole) {
      this.included.add(entry);
      const reduced = this.reduced.get(entry);
      if (reduced !== undefined && reduced.heapIndex >= 0) this.reducedFirst.removeAt(reduced.heapIndex);
    }
    for (const entry of whole) {
      if (entry.children.size === 0) continue;
      for (const descendant of descendantsOf(entry.children)) {
        // What did not fit never will: with an ancestor, the room shrinks as much as what is left to bring in.
        const isDone = this.included.has(descendant) || this.skipped.has(descendant.txid);
        if (!isDone) this.reduce(descendant, entry);
      }
    }
  }

  /** `ancestor` is in the block: `entry` need not bring it in any more, and ranks anew. */
  private reduce(entry: MempoolEntry, ancestor: MempoolEntry): void {
    const { count, sizeBytes, fee } = this.totalsOf(entry);
    const totals = {
      count: count - 1,
      sizeBytes: sizeBytes - ancestor.sizeBytes,
      fee: fee - ancestor.fee,
    };
    const reduced = this.reduced.get(entry);
    if (reduced === undefined) {
      const fresh = { entry, totals, heapIndex: -1 };
      this.reduced.set(entry, fresh);
      this.reducedFirst.push(fresh);
    } else {
      reduced.totals = totals;
      this.reducedFirst.reorderAt(reduced.heapIndex);
    }
  }
}

function asReduced(entry: MempoolEntry): Reduced {
  return { entry, totals: entry.withAncestors, heapIndex: -1 };
}

function isReducedBefore(a: Reduced, b: Reduced): boolean {
  const order = compareFeeRates(miningScore(a.entry, a.totals), miningScore(b.entry, b.totals));
  return order === 0 ? a.entry.sequence < b.entry.sequence : order > 0;
}
