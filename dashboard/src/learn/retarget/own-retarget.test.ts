import { describe, expect, test } from 'vitest';
import { expectedTarget, type TimedBlock } from '../../../../src/consensus/retarget.ts';
import { DEFAULT_PARAMS } from '../../../../src/consensus/params.ts';
import type { Target } from '../../../../src/consensus/target.ts';
import { ownRetarget, ruleTried, timesAsHard, waitsForHeight } from './own-retarget.ts';

/** A chain as consensus makes it: block n comes `gap(n)` seconds after the one before. */
function chainOf(length: number, interval: number, gap: (height: number) => number): TimedBlock[] {
  const params = { ...DEFAULT_PARAMS, retargetInterval: interval };
  const chain: TimedBlock[] = [];
  for (let height = 0; height < length; height++) {
    const parent = chain[height - 1] ?? null;
    const timestamp = (parent?.timestamp ?? 1_000) + gap(height);
    chain.push({ height, timestamp, target: expectedTarget(parent, params), parent });
  }
  return chain;
}

const rules = (interval: number) => ({ retarget_interval: interval, target_block_time: 10 });

describe('the last change of the target', () => {
  test.each([1, 5, 20, 400])('is what consensus made of blocks %i seconds apart', async (seconds) => {
    const chain = chainOf(27, 10, () => seconds);
    const found = await ownRetarget(rules(10), 26, async (height) => chain[height]!);
    expect(found).toMatchObject({ height: 20, gaps: 9, actualS: 9 * seconds, expectedS: 90 });
    expect(found.real).toBe(chain[20]!.target);
    expect(found.computed).toBe(found.real);
    expect(found.before).toBe(chain[19]!.target);
  });

  test('is only tried on the last blocks where there was none', async () => {
    const chain = chainOf(30, 0, () => 5);
    const never = await ownRetarget(rules(0), 29, async (height) => chain[height]!);
    expect(never).toMatchObject({ height: 30, gaps: 9, real: undefined });
    expect(timesAsHard(never.before, never.computed)).toBe(2);
    const young = await ownRetarget(rules(2016), 3, async (height) => chain[height]!);
    expect(young).toMatchObject({ height: 4, gaps: 3, actualS: 15, real: undefined });
  });
});

test('a lesson waits for a change that is near, and for two blocks in any case', () => {
  expect(waitsForHeight(rules(10), -1)).toBe(10);
  expect(waitsForHeight(rules(10), 9)).toBe(10);
  expect(waitsForHeight(rules(10), 10)).toBeUndefined();
  expect(waitsForHeight(rules(0), 0)).toBe(1);
  expect(waitsForHeight(rules(2016), 5)).toBeUndefined();
  expect(waitsForHeight(rules(1), 5)).toBeUndefined();
});

test.each([
  [10, 5],
  [10, 15],
  [10, 1],
  [2, 1],
  [2016, 7],
])('in intervals of %i blocks, half of %i seconds make it twice as hard', (interval, seconds) => {
  const target = ((1n << 236n) - 1n) as Target;
  const { next, actualS, expectedS } = ruleTried(target, interval - 1, seconds / 2, seconds);
  expect(timesAsHard(target, next)).toBe(2);
  expect(actualS * 2).toBe(expectedS);
  expect(timesAsHard(target, ruleTried(target, interval - 1, seconds, seconds).next)).toBe(1);
});
