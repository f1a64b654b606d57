/**
 * What this node wants in its mempool. Policy, not consensus: a block may contain what we would not relay, and every node
 * may choose other numbers. The numbers are Bitcoin Core's (policy/policy.h, kernel/mempool_options.h, mempool_limits.h)
 * unless it says otherwise.
 */
export interface MempoolPolicy {
  /**
   * Least fee rate, in base units per 1,000 bytes. Attack: without one, filling everybody's memory costs nothing.
   * Core since version 30: 100. A payment of 230 bytes needs 23 base units; the Python original, which takes
   * transactions without any fee, is had with 0.
   */
  readonly minRelayFeePerKb: number;
  /** By how much a replacement must pay more for its own bytes, and the step of the rolling minimum. Core: 100. */
  readonly incrementalRelayFeePerKb: number;
  /** Transactions in memory may have this many full bytes together. (Core: 300 MB, counted as memory in use, about ours times 8.) */
  readonly maxPoolBytes: number;
  /** A transaction and its unconfirmed ancestors. Attack: long chains make every step of ours expensive. Core: 25. */
  readonly maxAncestors: number;
  readonly maxAncestorBytes: number;
  /** A transaction and what hangs on it. Core: 25. */
  readonly maxDescendants: number;
  readonly maxDescendantBytes: number;
  /** How many waiting transactions one replacement may throw out (BIP125 rule 5). Core: 100. */
  readonly maxReplaced: number;
  /** After this long a transaction is forgotten, in milliseconds. Core: 336 h. */
  readonly expiryMs: number;
  /** Transactions whose parents are unknown: how many are held … Core: 100. */
  readonly maxOrphans: number;
  /** … of how many bytes together … */
  readonly maxOrphanBytes: number;
  /** … and for how long, in milliseconds. Core: 20 min. */
  readonly orphanExpiryMs: number;
}

export const DEFAULT_MEMPOOL_POLICY: MempoolPolicy = {
  minRelayFeePerKb: 100,
  incrementalRelayFeePerKb: 100,
  maxPoolBytes: 40_000_000,
  maxAncestors: 25,
  maxAncestorBytes: 101_000,
  maxDescendants: 25,
  maxDescendantBytes: 101_000,
  maxReplaced: 100,
  expiryMs: 336 * 60 * 60 * 1000,
  maxOrphans: 100,
  maxOrphanBytes: 1_000_000,
  orphanExpiryMs: 20 * 60 * 1000,
};
