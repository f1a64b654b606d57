import { describe, expect, test } from 'vitest';
import type { BlockStats } from '../../../src/protocol/statistics.ts';
import { coinAges, difficulties, fees, hashRates, intervals, RATE_BLOCKS, workOf } from './figures.ts';

/** One hash in 1,000, about. */
const TARGET = `0x${((1n << 256n) / 1_000n - 1n).toString(16)}`;
const chain = (times: readonly number[], from = 0): BlockStats[] =>
  times.map((timestamp, index) => ({
    ...{ height: from + index, timestamp, target: TARGET, size: 200, transaction_count: 1, subsidy: 50 },
    fees: index * 100_000_000,
  }));

describe('figures', () => {
  test('the work of a target is what one block costs', () => {
    expect(workOf(TARGET)).toBe(1_000);
    expect(workOf(`0x${'f'.repeat(64)}`)).toBe(1);
  });

  test('the hash rate is work over time, of the last ten blocks', () => {
    const regular = hashRates(
      chain(
        Array.from({ length: 30 }, (_, index) => index * 10),
        5,
      ),
    );
    expect(regular.xs).toEqual(Array.from({ length: 29 }, (_, index) => index + 6));
    expect(new Set(regular.ys)).toEqual(new Set([100]));
    // Twice as fast from some height on: half way there after half of the blocks.
    const faster = hashRates(
      chain(Array.from({ length: 40 }, (_, i) => (i < 20 ? i * 10 : 190 + (i - 19) * 5))),
    );
    expect([faster.ys[18], faster.ys.at(-1)]).toEqual([100, 200]);
    expect(faster.ys[18 + RATE_BLOCKS / 2]).toBeCloseTo(10_000 / 75);
    expect(hashRates(chain([7, 7])).ys).toEqual([1_000]);
    expect(hashRates(chain([7]))).toEqual({ xs: [], ys: [] });
  });

  test('intervals fall into bars, all of them, beside a curve of the same mean', () => {
    const { bars, curve, mean, count, width } = intervals(chain([0, 1, 1, 4, 2, 50]));
    expect([mean, count, width]).toEqual([52 / 5, 5, 3]);
    expect(bars.ys.reduce((sum, y) => sum + y, 0)).toBe(5);
    // 1, 0, and a clock that ran backwards.
    expect([bars.xs[0], bars.ys[0], bars.ys[1], bars.ys.at(-1)]).toEqual([1.5, 3, 1, 1]);
    expect(curve.ys[0]).toBeCloseTo((count * width) / mean);
    expect(curve.xs.at(-1)).toBe(bars.xs.length * width);
    expect(intervals(chain([5]))).toMatchObject({ count: 0, bars: { xs: [] }, curve: { xs: [] } });
    // All in one second: bars, but no curve.
    expect(intervals(chain([5, 5, 5]))).toMatchObject({ bars: { ys: [2] }, curve: { xs: [] } });
  });

  test('the others are taken as they are', () => {
    expect(difficulties(chain([1, 2])).ys).toEqual([1_000, 1_000]);
    expect(fees(chain([1, 2])).ys).toEqual([0, 1]);
    const bins = [
      { from_age: 0, coins: 3, amount: 5 },
      { from_age: 10, coins: 0, amount: 0 },
    ];
    expect(coinAges({ height: 12, bin_blocks: 10, bins })).toEqual({ xs: [5, 15], ys: [3, 0] });
  });
});
