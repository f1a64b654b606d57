/** What the mempool answers and tells. */
import type {
  Failure,
  Outpoint,
  Reason,
  Success,
  Transaction,
  Txid,
  Verdict,
  Wtxid,
} from '../consensus/index.ts';
import type { MempoolEntry, PackageTotals } from './entry.ts';

/** A transaction was let in, and will survive a crash. */
export interface Accepted {
  readonly txid: Txid;
  readonly wtxid: Wtxid;
  /** Base units. */
  readonly fee: number;
  readonly sizeBytes: number;
  /** What it replaced: conflicts and what hung on them. */
  readonly replaced: readonly Txid[];
  /** What was thrown out because the mempool is full. */
  readonly evicted: readonly Txid[];
}

/** A transaction was refused. */
export interface Refusal extends Failure {
  /** It is held until its parents arrive, and then tried again. */
  readonly heldAsOrphan: boolean;
  /** Transactions that it spends from and that nobody here knows. */
  readonly missingParents: readonly Txid[];
}

export type AcceptVerdict = Success<Accepted> | Refusal;

/** What would happen to a transaction. Nothing of it is done. */
export interface CheckReport {
  readonly txid: Txid;
  readonly wtxid: Wtxid;
  readonly sizeBytes: number;
  readonly verdict: Verdict;
  /** Base units; undefined where its coins are unknown. */
  readonly fee: number | undefined;
  /** Base units per 1,000 bytes, rounded down. */
  readonly feePerKb: number | undefined;
  /** What one must pay here now, base units per 1,000 bytes. */
  readonly minimumFeePerKb: number;
  /** Unconfirmed ancestors, oldest first. */
  readonly ancestors: readonly Txid[];
  /** It and its unconfirmed ancestors. */
  readonly withAncestors: PackageTotals | undefined;
  /** What it would throw out because it spends the same coins. */
  readonly replaced: readonly Txid[];
  /** What it would throw out because the mempool is full. */
  readonly evicted: readonly Txid[];
  /** It would be held until these arrive. */
  readonly wouldBeHeld: boolean;
  readonly missingParents: readonly Txid[];
}

/**
 * - `confirmed`: a block contains it
 * - `conflict`: a block spends the same coin, or a coin of a transaction it hangs on
 * - `replaced`: a better paying transaction spends the same coin
 * - `evicted`: the mempool is full
 * - `expired`: it waited too long
 * - `reorg`: the branch of the chain that it needed is gone. It is tried again at once, and may be back in a moment
 * - `storage-failed`: it could not be stored, so we do not promise to keep it
 */
export type RemovalCause =
  'confirmed' | 'conflict' | 'replaced' | 'evicted' | 'expired' | 'reorg' | 'storage-failed';

export type MempoolEvent =
  | { readonly type: 'accepted'; readonly entry: MempoolEntry }
  | {
      readonly type: 'removed';
      readonly entry: MempoolEntry;
      readonly cause: RemovalCause;
      /** The transaction that took its place, where there is one. */
      readonly by: Txid | undefined;
    };

/** What came of the transactions of the last run. */
export interface LoadSummary {
  readonly restored: number;
  readonly dropped: readonly { readonly txid: Txid; readonly reason: Reason | 'expired' }[];
}

/** An output of a waiting transaction. */
export interface UnconfirmedCoin {
  readonly outpoint: Outpoint;
  /** Base units. */
  readonly amount: number;
  /** The waiting transaction that spends it already. */
  readonly spentBy: Txid | undefined;
}

export interface MempoolStats {
  readonly size: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Base units, all together. */
  readonly fees: number;
  /** What one must pay now: the higher of relay fee and rolling minimum, base units per 1,000 bytes. */
  readonly minimumFeePerKb: number;
  readonly orphans: number;
  readonly orphanBytes: number;
}

/** Blocks that joined or left the active chain. */
export interface BlocksChange {
  readonly connected: readonly HeightedBlock[];
  readonly disconnected: readonly HeightedBlock[];
}

export interface HeightedBlock {
  readonly block: { readonly transactions: readonly Transaction[] };
  readonly height: number;
}
