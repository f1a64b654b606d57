/**
 * When unlocked keys are to be forgotten: some time after the last sign of a person.
 *
 * A deadline on the clock beside the timer, since timers stand still while a computer sleeps and are slow in tabs that nobody
 * looks at.
 */
export class IdleLock {
  private readonly idleMs: number;
  private readonly lock: () => void;
  private readonly now: () => number;
  private deadlineMs: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(idleMs: number, lock: () => void, now: () => number = Date.now) {
    this.idleMs = idleMs;
    this.lock = lock;
    this.now = now;
  }

  /** Something is unlocked: the time runs. */
  start(): void {
    this.deadlineMs = this.now() + this.idleMs;
    this.schedule(this.idleMs);
  }

  /** Somebody is there. The first sign after the deadline comes too late. */
  touch(): void {
    if (this.deadlineMs === undefined || this.check()) return;
    this.deadlineMs = this.now() + this.idleMs;
  }

  /** Locks when it is time. @returns whether it did */
  check(): boolean {
    if (this.deadlineMs === undefined) return false;
    const leftMs = this.deadlineMs - this.now();
    if (leftMs > 0) {
      this.schedule(leftMs);
      return false;
    }
    this.stop();
    this.lock();
    return true;
  }

  /** Nothing is unlocked any more. */
  stop(): void {
    clearTimeout(this.timer);
    this.deadlineMs = undefined;
  }

  private schedule(afterMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), afterMs);
  }
}
