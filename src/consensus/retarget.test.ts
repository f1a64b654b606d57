import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyTarget } from '../../test/support/arbitraries.ts';
import { type ChainParams, DEFAULT_PARAMS } from './params.ts';
import { adjustTarget, expectedTarget, type TimedBlock } from './retarget.ts';
import { MAX_TARGET, type Target } from './target.ts';

/** A chain of blocks with these timestamps and one target. */
function chainOf(timestamps: readonly number[], target: Target): TimedBlock | null {
  return timestamps.reduce<TimedBlock | null>(
    (parent, timestamp) => ({ height: parent === null ? 0 : parent.height + 1, timestamp, target, parent }),
    null,
  );
}

const every = (seconds: number, blocks: number): number[] =>
  Array.from({ length: blocks }, (_, i) => 1000 + i * seconds);
const target = (1n << 200n) as Target;

describe('one adjustment', () => {
  it.each([
    ['on time: unchanged', 90, target],
    ['twice as slow: twice as easy', 180, target * 2n],
    ['twice as fast: twice as hard', 45, target / 2n],
    ['four times as slow', 360, target * 4n],
    ['slower still: no easier than four times', 361, target * 4n],
    ['four times as fast: 22.5 s is not rounded', 22, target / 4n],
    ['23 s is above the clamp', 23, (target * 23n) / 90n],
    ['no time at all counts as one second', 0, target / 4n],
    ['so does time running backwards', -1000, target / 4n],
  ])('%s', (_, actualS, expected) => {
    expect(adjustTarget(target, actualS, 90)).toBe(expected);
  });

  it('never leaves 1 … 2^256 − 1: a target of 0 could not be met, a larger one not be written', () => {
    expect(adjustTarget(1n as Target, 1, 90)).toBe(1n);
    expect(adjustTarget(MAX_TARGET, 90 * 4, 90)).toBe(MAX_TARGET);
  });

  it('is floor(target × clamped ratio), by an independent formula', () => {
    fc.assert(
      fc.property(
        anyTarget,
        fc.integer({ min: -1000, max: 10_000 }),
        fc.integer({ min: 1, max: 2000 }),
        (t, a, e) => {
          // The ratio as a fraction numerator / denominator, clamped by cross-multiplication.
          let [numerator, denominator] = [BigInt(a < 1 ? 1 : a), BigInt(e)];
          if (numerator * 4n < denominator) [numerator, denominator] = [1n, 4n];
          if (numerator > denominator * 4n) [numerator, denominator] = [4n, 1n];
          const exact = (t * numerator) / denominator;
          const bounded = exact === 0n ? 1n : exact >= 1n << 256n ? (1n << 256n) - 1n : exact;
          expect(adjustTarget(t, a, e)).toBe(bounded);
        },
      ),
    );
  });
});

describe('the target of the next block', () => {
  const params: ChainParams = { ...DEFAULT_PARAMS, retargetInterval: 10, targetBlockTimeS: 10 };

  it('is the default for a genesis block', () => {
    expect(expectedTarget(null, params)).toBe(params.defaultTarget);
  });

  it('is the parent’s, but for the first block of an interval', () => {
    for (const blocks of [1, 5, 9, 11, 15, 19])
      expect(expectedTarget(chainOf(every(1, blocks), target), params)).toBe(target);
    for (const blocks of [10, 20, 30])
      expect(expectedTarget(chainOf(every(1, blocks), target), params)).toBe(target / 4n);
  });

  it('looks at the ten blocks before it, which span nine gaps (Bitcoin expects one gap too many)', () => {
    const onTime = every(10, 10);
    expect(expectedTarget(chainOf(onTime, target), params)).toBe(target);
    // What came before the interval does not matter: twenty blocks, the first ten of them slow.
    const slowThenOnTime = [...every(1000, 10), ...onTime.map((time) => time + 100_000)];
    expect(expectedTarget(chainOf(slowThenOnTime, target), params)).toBe(target);
  });

  it('never changes when the interval is 0', () => {
    expect(expectedTarget(chainOf(every(1, 10), target), { ...params, retargetInterval: 0 })).toBe(target);
  });

  it('works for the shortest interval, two blocks', () => {
    expect(expectedTarget(chainOf([1000, 1020], target), { ...params, retargetInterval: 2 })).toBe(
      target * 2n,
    );
  });
});
