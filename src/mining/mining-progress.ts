/** How far a search is, for people who wait. */
import type { Target } from '../consensus/index.ts';
import type { HashesDone } from './hash-worker-messages.ts';
import { blockProbability, expectedHashes } from './odds.ts';
import type { MiningTemplate } from './ports.ts';
import type { RollingRate } from './rolling-rate.ts';

export interface MiningProgress {
  readonly height: number;
  readonly target: Target;
  /** For this block, since the search for it began. */
  readonly hashesDone: number;
  /** On average for one block. */
  readonly expectedHashes: number;
  /** Chance that so many hashes would have found it, 0 … 1. (The chance of the *next* hash never grows.) */
  readonly probability: number;
  /** Hashes per second, lately; 0 while it is not known. */
  readonly hashRate: number;
  /** On average for one block at this rate; undefined while the rate is not known. It does not shrink by waiting. */
  readonly expectedSeconds: number | undefined;
  readonly elapsedSeconds: number;
}

/** Counts the hashes of the search for one block, through all its templates. */
export class SearchTally {
  readonly startedAtMs: number;
  private readonly rate: RollingRate;
  private hashesDone = 0;
  private busy = 0;

  /** @param rate of the whole miner; the tally only reads it */
  constructor(startedAtMs: number, rate: RollingRate) {
    this.startedAtMs = startedAtMs;
    this.rate = rate;
  }

  get hashes(): number {
    return this.hashesDone;
  }

  /** Time spent hashing, summed over the threads, in milliseconds: how far the measured speed can be trusted. */
  get busyMs(): number {
    return this.busy;
  }

  /** Hashes per second that one thread does while it does not rest. */
  get hashesPerBusySecond(): number {
    return this.busy > 0 ? (this.hashesDone / this.busy) * 1000 : 0;
  }

  add(done: HashesDone): void {
    this.hashesDone += done.hashes;
    this.busy += done.busyMs;
  }

  progress({ height, header }: MiningTemplate, nowMs: number): MiningProgress {
    const hashRate = this.rate.perSecond;
    const expected = expectedHashes(header.target);
    return {
      height,
      target: header.target,
      hashesDone: this.hashesDone,
      expectedHashes: expected,
      probability: blockProbability(header.target, this.hashesDone),
      hashRate,
      expectedSeconds: hashRate > 0 ? expected / hashRate : undefined,
      elapsedSeconds: Math.max(0, nowMs - this.startedAtMs) / 1000,
    };
  }
}
