import { describe, expect, test } from 'vitest';
import type { BlockHash } from '../consensus/index.ts';
import { MAX_AGE_BINS } from '../protocol/index.ts';
import { binWidth, CoinAges } from './coin-ages.ts';

/** A tip that moves, and a store that takes two milliseconds. */
function setUp() {
  const asked: (readonly [number, number])[] = [];
  const state = { nowMs: 0, height: 9 };
  const ages = new CoinAges({
    chain: {
      get tip() {
        return { height: state.height, hash: `tip ${state.height}` as BlockHash };
      },
    },
    store: {
      coinAges: async (height, width) => {
        asked.push([height, width]);
        state.nowMs += 2;
        return [{ bin: 1, coinCount: 3, amount: 30 }];
      },
    },
    clock: { nowMs: () => state.nowMs },
    closing: new AbortController().signal,
  });
  return { ages, asked, state };
}

describe('ages of coins', () => {
  test('are read once for each tip, whoever asks', async () => {
    const { ages, asked, state } = setUp();
    const [one, other] = await Promise.all([ages.get(), ages.get()]);
    expect(one).toBe(other);
    expect(await ages.get()).toBe(one);
    expect(one.bins.slice(0, 2)).toEqual([
      { from_age: 0, coins: 0, amount: 0 },
      { from_age: 1, coins: 3, amount: 30 },
    ]);
    expect([one.height, one.bin_blocks, one.bins.length]).toEqual([9, 1, 10]);
    state.height++;
    expect((await ages.get()).height).toBe(10);
    expect(asked).toEqual([
      [9, 1],
      [10, 1],
    ]);
  });

  test.each([
    [-1, 1],
    [MAX_AGE_BINS - 1, 1],
    [MAX_AGE_BINS, 2],
    [5 * MAX_AGE_BINS, 10],
    [200_000, 10_000],
  ])('up to height %d a bin has %d blocks', (height, width) => {
    expect(binWidth(height)).toBe(width);
  });
});
