import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_PARAMS } from './params.ts';
import { subsidyAt } from './subsidy.ts';

it('halves every 210,000 blocks, rounding down, until nothing is left', () => {
  const heights = [
    0,
    209_999,
    210_000,
    419_999,
    420_000,
    210_000 * 10,
    210_000 * 32,
    210_000 * 33,
    210_000 * 1000,
  ];
  expect(heights.map((height) => subsidyAt(height, DEFAULT_PARAMS))).toEqual([
    5_000_000_000, 5_000_000_000, 2_500_000_000, 2_500_000_000, 1_250_000_000, 4_882_812, 1, 0, 0,
  ]);
});

it('never creates more than 21 million coins in all', () => {
  let total = 0;
  for (let era = 0; era < 64; era++) total += 210_000 * subsidyAt(era * 210_000, DEFAULT_PARAMS);
  expect(total).toBe(2_099_999_997_690_000);
  expect(total).toBeLessThanOrEqual(DEFAULT_PARAMS.maxMoney);
});

it('never halves when the interval is 0', () => {
  expect(subsidyAt(10 ** 9, { ...DEFAULT_PARAMS, halvingInterval: 0 })).toBe(5_000_000_000);
});

it('is the exact right shift, for any reward that a safe integer holds', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 200 }), (blockReward, halvings) => {
      const params = { ...DEFAULT_PARAMS, blockReward, halvingInterval: 10 };
      expect(subsidyAt(halvings * 10 + 9, params)).toBe(Number(BigInt(blockReward) >> BigInt(halvings)));
    }),
  );
});
