/**
 * Transactions whose signatures were found good (Core: the signature cache, script/sigcache.h).
 *
 * Keyed by the wtxid, the hash of the full bytes: a txid leaves signatures out, so whoever replaced a good signature by
 * rubbish would inherit the good result. A result says that the signatures go with the public keys in those bytes, which holds
 * for ever and on every branch of the chain; that the keys are the right ones for the coins is checked each time.
 */
import type { Wtxid } from '../consensus/index.ts';

export class VerifiedTransactions {
  private readonly wtxids = new Set<Wtxid>();
  private readonly capacity: number;

  /** @param capacity how many results are remembered; the oldest go first */
  constructor(capacity = 200_000) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.wtxids.size;
  }

  has(wtxid: Wtxid): boolean {
    return this.wtxids.has(wtxid);
  }

  add(wtxid: Wtxid): void {
    this.wtxids.add(wtxid);
    if (this.wtxids.size <= this.capacity) return;
    for (const oldest of this.wtxids) {
      this.wtxids.delete(oldest);
      break;
    }
  }
}
