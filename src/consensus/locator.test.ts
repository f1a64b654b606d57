import { expect, it } from 'vitest';
import { locatorHeights } from './locator.ts';

it('names the latest ten blocks, then ever fewer, and always genesis', () => {
  expect(locatorHeights(100)).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 89, 85, 77, 61, 29, 0]);
});

it.each([
  [-1, []],
  [0, [0]],
  [1, [1, 0]],
  [10, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
])('of a chain of height %d is %j', (height, heights) => {
  expect(locatorHeights(height)).toEqual(heights);
});

it('has logarithmic size, descends, and names no block twice', () => {
  for (const height of [11, 12, 1000, 12_345, 1_000_000]) {
    const heights = locatorHeights(height);
    expect(heights.length).toBeLessThan(32);
    expect(heights.at(-1)).toBe(0);
    expect(heights).toEqual([...new Set(heights)].sort((a, b) => b - a));
  }
});
