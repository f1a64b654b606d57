import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitShares, measureHashRate, parseShares, sharesNow, targetFor, totalShare } from './mining-plan.ts';

describe('shares', () => {
  it('are equal and together one thread when none are given', () => {
    expect(parseShares(true, 4)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(parseShares(true, 1)).toEqual([1]);
  });

  it('are percentages of one thread', () => {
    expect(parseShares('50,30,20', 3)).toEqual([0.5, 0.3, 0.2]);
    expect(parseShares(' 50%, 0 ,100 ', 3)).toEqual([0.5, 0, 1]);
    expect(parseShares('40', 3)).toEqual([0.4, 0.4, 0.4]);
  });

  it.each([
    ['50,30', '--mine has 2 shares for 3 nodes.'],
    ['50,30,', '--mine: "" is not a share.'],
    ['50,30,101', '--mine: "101" is not a share.'],
    ['-1', '--mine: "-1" is not a share.'],
    ['partition', '--mine: "partition" is not a share.'],
    ['0,0,0', '--mine: all shares are 0.'],
  ])('%s is refused', (text, message) => {
    expect(() => parseShares(text, 3)).toThrow(message);
  });

  it('shrink in proportion to what the machine can spare, and only then', () => {
    expect(fitShares([0.5, 0.3, 0.2], 2)).toEqual({ shares: [0.5, 0.3, 0.2], factor: 1 });
    expect(fitShares([1, 1], 2)).toEqual({ shares: [0.5, 0.5], factor: 0.5 });
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 16 }),
        (shares, cores) => {
          const fitted = fitShares(shares, cores);
          expect(totalShare(fitted.shares)).toBeLessThanOrEqual(Math.max(1, cores - 1) + 1e-9);
          for (const [index, share] of fitted.shares.entries())
            expect(share).toBeCloseTo((shares[index] ?? 0) * fitted.factor, 12);
        },
      ),
    );
  });
});

describe('the first block', () => {
  const miner = (share: number, hasBlocks: boolean, group = 0) => ({ share, hasBlocks, group });

  it('is searched by the strongest of each group, with the shares of all', () => {
    const miners = [miner(0.2, false), miner(0.5, false), miner(0, false), miner(0.3, false, 1)];
    expect(sharesNow(miners)).toEqual([0, 0.7, 0, 0.3]);
    expect(sharesNow([miner(0.9, false), miner(0.9, false)])).toEqual([1, 0]);
    expect(sharesNow([miner(0, false)])).toEqual([0]);
    expect(sharesNow([])).toEqual([]);
  });

  it('lets everybody mine who has it', () => {
    expect(sharesNow([miner(0.2, true), miner(0.5, false), miner(0.4, false, 1)])).toEqual([0.2, 0, 0.4]);
    expect(sharesNow([miner(0.2, true), miner(0.5, true)])).toEqual([0.2, 0.5]);
  });
});

describe('targets', () => {
  it('ask for as many hashes as are done in the time', () => {
    expect(BigInt(targetFor(1_000_000, 10))).toBe((2n ** 256n - 1n) / 10_000_000n);
    expect(BigInt(targetFor(0.001, 1))).toBe(2n ** 256n - 1n);
  });

  it('come from a machine that hashes', () => {
    expect(measureHashRate()).toBeGreaterThan(1_000);
  });
});
