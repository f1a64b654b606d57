import { describe, expect, test } from 'vitest';
import { visibleIndexes } from './downsample.ts';
import { pathOf } from './paths.ts';
import { extentOf, nearestIndex, type Series } from './series.ts';

const series = (kind: Series['kind'], xs: number[], ys: number[], width?: number): Series => ({
  ...{ name: kind, kind, xs, ys },
  ...(width === undefined ? {} : { width }),
});

describe('series', () => {
  test('their extent; bars reach to zero and half their width aside', () => {
    expect(extentOf([])).toBeUndefined();
    expect(extentOf([series('line', [], [])])).toBeUndefined();
    expect(extentOf([series('line', [1, 2], [5, 3])])).toEqual({ x: [1, 2], y: [3, 5] });
    expect(extentOf([series('bars', [1, 3], [5, 3], 2), series('curve', [0, 9], [1, 8])])).toEqual({
      x: [0, 9],
      y: [0, 8],
    });
  });

  test('the nearest point', () => {
    expect([-5, 0, 4, 6, 14, 99].map((x) => nearestIndex([0, 10, 12], x))).toEqual([0, 0, 0, 1, 2, 2]);
    expect(nearestIndex([], 3)).toBe(0);
  });
});

describe('downsampling', () => {
  test('few points are all drawn', () => {
    expect(visibleIndexes([1, 2, 3], [4, 5, 6], [1, 3], 100)).toEqual([0, 1, 2]);
  });

  test('of 200,000 points, four a column are left, and the highest and lowest are among them', () => {
    const size = 200_000;
    const xs = Float64Array.from({ length: size }, (_, index) => index);
    const ys = Float64Array.from(xs, (x) => Math.sin(x / 5_000));
    ys[123_456] = 50;
    ys[77_777] = -50;
    const kept = visibleIndexes(xs, ys, [0, size - 1], 500);
    expect(kept.length).toBeLessThanOrEqual(501 * 4);
    expect(kept).toEqual(expect.arrayContaining([0, 77_777, 123_456, size - 1]));
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
  });
});

describe('paths', () => {
  const frame = { x: (x: number) => x * 10, y: (y: number) => 100 - y, range: [0, 3], columns: 30 } as const;
  test.each([
    ['line', 'M0 99L10 98'],
    ['curve', 'M0 99L10 98'],
    ['step', 'M0 99H10V98H30'],
    ['bars', 'M-4 100V99H4V100ZM6 100V98H14V100Z'],
    ['dots', 'M0 99h0M10 98h0'],
  ] as const)('%s', (kind, d) => {
    expect(pathOf(series(kind, [0, 1], [1, 2]), frame)).toBe(d);
    expect(pathOf(series(kind, [], []), frame)).toBe('');
  });
});
