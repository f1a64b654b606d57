/** A speed over the latest while: amounts and the time that each of them took. */

interface Sample {
  amount: number;
  durationMs: number;
}

const DEFAULT_WINDOW_MS = 10_000;
/** Samples are put together until they cover this part of the window, so that there are never many. */
const SAMPLES_PER_WINDOW = 100;

export class RollingRate {
  private readonly windowMs: number;
  private samples: Sample[] = [];
  private amount = 0;
  private durationMs = 0;

  constructor(windowMs = DEFAULT_WINDOW_MS) {
    this.windowMs = windowMs;
  }

  /** Time that the samples cover, in milliseconds: how far the rate can be trusted. */
  get coveredMs(): number {
    return this.durationMs;
  }

  /** Amount per second; 0 while nothing is known. */
  get perSecond(): number {
    return this.durationMs > 0 ? (this.amount / this.durationMs) * 1000 : 0;
  }

  /** Forgets everything. */
  reset(): void {
    this.samples = [];
    this.amount = 0;
    this.durationMs = 0;
  }

  add(amount: number, durationMs: number): void {
    // A wall clock may be set back.
    const tookMs = Math.max(0, durationMs);
    this.amount += amount;
    this.durationMs += tookMs;
    const latest = this.samples.at(-1);
    if (latest !== undefined && latest.durationMs < this.windowMs / SAMPLES_PER_WINDOW) {
      latest.amount += amount;
      latest.durationMs += tookMs;
    } else {
      this.samples.push({ amount, durationMs: tookMs });
    }
    for (let oldest = this.samples[0]; oldest !== undefined; oldest = this.samples[0]) {
      if (this.durationMs - oldest.durationMs < this.windowMs) break;
      this.samples.shift();
      this.amount -= oldest.amount;
      this.durationMs -= oldest.durationMs;
    }
  }
}
