/**
 * The waiting transactions in the order of acceptance, from any place on: a page of them costs its length and a search, not a
 * walk over all that were given before.
 *
 * Those that leave stay in the list until they are more than those that wait; so leaving costs nothing, and the list is never
 * more than twice as long as it must be (and a little).
 */
import type { MempoolEntry } from './entry.ts';

/** So many may be gone without anybody minding. */
const SPARE = 64;

export class ArrivalList {
  private entries: MempoolEntry[] = [];
  private readonly gone = new Set<MempoolEntry>();

  /** @param entry its sequence is higher than any before */
  add(entry: MempoolEntry): void {
    const last = this.entries.at(-1);
    if (last !== undefined && last.sequence >= entry.sequence)
      throw new Error(`invariant: ${entry.txid} comes out of order`);
    this.entries.push(entry);
  }

  remove(entry: MempoolEntry): void {
    this.gone.add(entry);
    if (this.gone.size * 2 <= this.entries.length + SPARE) return;
    this.entries = this.entries.filter((one) => !this.gone.has(one));
    this.gone.clear();
  }

  /** Those accepted after this sequence number, oldest first, as far as the caller goes on. Nothing may come or go meanwhile. */
  *after(sequence: number): Generator<MempoolEntry, void> {
    const { entries, gone } = this;
    for (let at = this.firstAfter(sequence); at < entries.length; at++) {
      const entry = entries[at];
      if (entry !== undefined && !gone.has(entry)) yield entry;
    }
  }

  /** By halving. */
  private firstAfter(sequence: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.entries[middle];
      if (entry !== undefined && entry.sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
