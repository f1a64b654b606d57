/**
 * The minimum fee rate of a full mempool (Core: GetMinFee, trackPackageRemoved in txmempool.cpp).
 *
 * Attack: whoever sends transactions that are thrown out at once would make all nodes verify and relay them for nothing.
 * So after an eviction the next one must pay what the evicted paid, and a step more. The minimum decays only once a block
 * has made room: by half in 12 hours, faster when the mempool is nearly empty.
 */
import { type FeeAndSize, feePerKbOf } from './fee-rate.ts';
import type { MempoolPolicy } from './policy.ts';

const HALF_LIFE_S = 12 * 60 * 60;
/** The minimum is not computed afresh more often than this. */
const UPDATE_INTERVAL_S = 10;

export class RollingMinimumFee {
  private readonly policy: Pick<MempoolPolicy, 'incrementalRelayFeePerKb' | 'maxPoolBytes'>;
  /** Base units per 1,000 bytes; not rounded, so that many small steps of decay lose nothing. */
  private current = 0;
  private updatedAtS = 0;
  private blockSinceBump = true;

  constructor(policy: Pick<MempoolPolicy, 'incrementalRelayFeePerKb' | 'maxPoolBytes'>) {
    this.policy = policy;
  }

  /** A package was thrown out for want of room. */
  evicted(packageTotals: FeeAndSize): void {
    const bumped = feePerKbOf(packageTotals) + this.policy.incrementalRelayFeePerKb;
    if (bumped <= this.current) return;
    this.current = bumped;
    this.blockSinceBump = false;
  }

  /** A block was connected: from now on the minimum decays. */
  blockConnected(nowS: number): void {
    this.updatedAtS = nowS;
    this.blockSinceBump = true;
  }

  /** Base units per 1,000 bytes; 0 while there is room. @param usedBytes size of the mempool now */
  feePerKb(usedBytes: number, nowS: number): number {
    const step = this.policy.incrementalRelayFeePerKb;
    if (!this.blockSinceBump || this.current === 0) return Math.round(this.current);
    if (nowS > this.updatedAtS + UPDATE_INTERVAL_S) {
      const { maxPoolBytes } = this.policy;
      const faster = usedBytes < maxPoolBytes / 4 ? 4 : usedBytes < maxPoolBytes / 2 ? 2 : 1;
      this.current /= 2 ** (((nowS - this.updatedAtS) * faster) / HALF_LIFE_S);
      this.updatedAtS = nowS;
      if (this.current < step / 2 || this.current < 1) {
        this.current = 0;
        return 0;
      }
    }
    return Math.max(Math.round(this.current), step);
  }
}
