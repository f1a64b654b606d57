import { beforeEach, describe, expect, test } from 'vitest';
import type { HashKernel } from './hash-kernel.ts';
import type { SearchReport } from './hash-worker-messages.ts';
import { SliceSearch } from './slice-search.ts';

/** A thread whose time passes only when something is done: 1,000 nonces take a millisecond. */
class FakeThread {
  nowMs = 0;
  readonly slices: { firstNonce: number; count: number }[] = [];
  readonly pausesMs: number[] = [];
  readonly reports: SearchReport[] = [];
  winner = -1;
  private next: { callback: () => void; delayMs: number } | undefined;

  readonly kernel: HashKernel = {
    name: 'fake',
    scan: (_job, firstNonce, count) => {
      const found = this.winner >= firstNonce && this.winner < firstNonce + count;
      const hashesDone = found ? this.winner - firstNonce + 1 : count;
      this.slices.push({ firstNonce, count: hashesDone });
      this.nowMs += hashesDone / 1_000;
      return { nonce: found ? this.winner : undefined, hashesDone };
    },
  };

  readonly search = new SliceSearch(this.kernel, (report) => this.reports.push(report), {
    nowMs: () => this.nowMs,
    schedule: (callback, delayMs) => {
      expect(this.next).toBeUndefined();
      const scheduled = { callback, delayMs };
      this.next = scheduled;
      return () => {
        if (this.next === scheduled) this.next = undefined;
      };
    },
  });

  start(search: number, count: number, share = 1): void {
    const [header, target] = [new Uint8Array(108), new Uint8Array(32)];
    this.search.handle({ kind: 'search', search, header, target, firstNonce: 100, count, share });
  }

  /** @returns false when nothing is left to do */
  step(): boolean {
    const { next } = this;
    if (next === undefined) return false;
    this.next = undefined;
    if (next.delayMs > 0) this.pausesMs.push(next.delayMs);
    this.nowMs += next.delayMs;
    next.callback();
    return true;
  }

  runAll(): void {
    while (this.step());
  }

  hashesReported(): number {
    return this.reports.reduce((sum, { hashes }) => sum + hashes, 0);
  }
}

let thread: FakeThread;
beforeEach(() => {
  thread = new FakeThread();
});

describe('SliceSearch', () => {
  test('covers the range once, in order, and reports every hash', () => {
    thread.start(1, 1_000_000);
    thread.runAll();
    let next = 100;
    for (const { firstNonce, count } of thread.slices) {
      expect(firstNonce).toBe(next);
      next += count;
    }
    expect(next).toBe(1_000_100);
    expect(thread.hashesReported()).toBe(1_000_000);
    expect(thread.reports.at(-1)).toMatchObject({ kind: 'finished', search: 1, nonce: undefined });
    expect(thread.reports.filter(({ kind }) => kind === 'progress').length).toBeGreaterThan(2);
  });

  test('finds the nonce and stops there', () => {
    thread.winner = 54_321;
    thread.start(1, 1_000_000);
    thread.runAll();
    expect(thread.reports.at(-1)).toMatchObject({ kind: 'finished', nonce: 54_321 });
    expect(thread.hashesReported()).toBe(54_321 - 100 + 1);
  });

  test('slices grow to the time that a cancel may take, and no further', () => {
    thread.start(1, 1_000_000);
    thread.runAll();
    // 1,000 nonces take a millisecond, slices 0.4.
    expect(Math.max(...thread.slices.map(({ count }) => count))).toBe(400);
  });

  test('a cancel ends it between two slices and is acknowledged with the hashes done', () => {
    thread.start(1, 1_000_000);
    for (let i = 0; i < 5; i++) thread.step();
    const done = thread.slices.reduce((sum, { count }) => sum + count, 0);
    thread.search.handle({ kind: 'cancel', search: 1 });
    expect(thread.step()).toBe(false);
    expect(thread.reports).toHaveLength(1);
    expect(thread.reports[0]).toMatchObject({ kind: 'cancelled', search: 1, hashes: done });
  });

  test('a cancel that comes late does not touch the next search', () => {
    thread.start(1, 10);
    thread.runAll();
    thread.start(2, 10);
    thread.search.handle({ kind: 'cancel', search: 1 });
    thread.runAll();
    expect(thread.reports.map(({ kind, search }) => [kind, search])).toEqual([
      ['finished', 1],
      ['finished', 2],
    ]);
  });

  test('a new search takes the place of the old one', () => {
    thread.start(1, 1_000_000);
    thread.step();
    thread.start(2, 10);
    thread.runAll();
    expect(thread.reports.map(({ kind, search }) => [kind, search])).toEqual([
      ['cancelled', 1],
      ['finished', 2],
    ]);
  });

  test('a share of a quarter rests three quarters of the time, and a cancel comes through a pause', () => {
    thread.start(1, 1_000_000, 0.25);
    thread.runAll();
    const pausedMs = thread.pausesMs.reduce((sum, ms) => sum + ms, 0);
    const busyMs = thread.reports.reduce((sum, report) => sum + report.busyMs, 0);
    expect(busyMs).toBeCloseTo(1_000);
    expect(Math.abs(pausedMs - 3_000)).toBeLessThan(20);

    thread.start(2, 1_000_000, 0.01);
    while ((thread.pausesMs.at(-1) ?? 0) < 30) expect(thread.step()).toBe(true);
    thread.search.handle({ kind: 'cancel', search: 2 });
    expect(thread.reports.at(-1)).toMatchObject({ kind: 'cancelled', search: 2 });
    expect(thread.step()).toBe(false);
  });
});
