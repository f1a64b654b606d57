/** Shares the nonces of a search out among threads, range by range. */
import { NONCE_COUNT } from './hash-kernel.ts';

/** Does not run over 2^32 − 1. */
export interface NonceRange {
  readonly firstNonce: number;
  readonly count: number;
}

export class NonceRanges {
  private readonly firstNonce: number;
  private readonly rangeNonces: number;
  private readonly returned: NonceRange[] = [];
  private offset = 0;
  private left: number;

  /**
   * @param firstNonce where the first range starts; the nonce after 2^32 − 1 is 0
   * @param nonceCount nonces in all
   * @param rangeNonces largest size of a range
   */
  constructor(firstNonce: number, nonceCount: number, rangeNonces: number) {
    this.firstNonce = firstNonce;
    this.left = nonceCount;
    this.rangeNonces = rangeNonces;
  }

  /** The next range to search; undefined when all are given out. */
  take(): NonceRange | undefined {
    const returned = this.returned.pop();
    if (returned !== undefined) return returned;
    if (this.left === 0) return undefined;
    const firstNonce = (this.firstNonce + this.offset) % NONCE_COUNT;
    const count = Math.min(this.rangeNonces, this.left, NONCE_COUNT - firstNonce);
    this.offset += count;
    this.left -= count;
    return { firstNonce, count };
  }

  /** Takes back a range that was not searched to its end. */
  giveBack(range: NonceRange): void {
    this.returned.push(range);
  }
}
