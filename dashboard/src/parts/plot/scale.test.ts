import { describe, expect, test } from 'vitest';
import { DAY, linear, niceRange, niceTicks, roomy, timeTicks } from './scale.ts';

describe('scales', () => {
  test('a straight line, upside down too, and of a range without width', () => {
    expect([0, 5, 10].map(linear([0, 10], [100, 0]))).toEqual([100, 50, 0]);
    expect(linear([3, 3], [0, 10])(3)).toBe(0);
  });

  test('one value gets room on both sides', () => {
    expect([roomy([4, 4]), roomy([0, 0]), roomy([1, 2])]).toEqual([
      [2, 6],
      [-1, 1],
      [1, 2],
    ]);
  });
});

describe('ticks', () => {
  test.each([
    [[0, 10], 5, false, [0, 2, 4, 6, 8, 10]],
    [[0, 0.35], 4, false, [0, 0.1, 0.2, 0.3]],
    [[-3, 3], 3, false, [-2, 0, 2]],
    [[97, 1203], 4, false, [500, 1000]],
    [[0, 2], 8, true, [0, 1, 2]],
    [[7, 7], 5, true, [7]],
    [[0, 2.1e15], 4, false, [0, 1e15, 2e15]],
  ] as const)('%j in about %d', (range, count, isWhole, ticks) => {
    expect(niceTicks(range, count, isWhole)).toEqual(ticks);
  });

  test('a range grows to whole steps', () => {
    expect(niceRange([0.3, 9.1], 5)).toEqual([0, 10]);
    expect(niceRange([0, 1], 4, true)).toEqual([0, 1]);
  });

  test('times stand at round places of the clock on the wall', () => {
    const noon = Date.UTC(2026, 0, 1, 12);
    expect(timeTicks([noon, noon + 60_000], 4)).toEqual({
      ticks: [0, 15, 30, 45, 60].map((s) => noon + s * 1_000),
      stepMs: 15_000,
    });
    // Half past five ahead of UTC: its midnight is no midnight of UTC.
    const ahead = 5.5 * 3_600_000;
    const { ticks, stepMs } = timeTicks([noon, noon + 3 * DAY], 3, ahead);
    expect([stepMs, ticks.map((tick) => (tick + ahead) % DAY)]).toEqual([DAY, [0, 0, 0]]);
    expect(timeTicks([0, 40 * 365 * DAY], 4).ticks).toHaveLength(5);
    expect(timeTicks([5, 5], 4).ticks).toEqual([5]);
  });
});
