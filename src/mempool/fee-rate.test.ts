import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareFeeRates, feeForSize, feePerKbOf, higherFeeRate, lowerFeeRate } from './fee-rate.ts';

const rates = fc.record({
  fee: fc.oneof(fc.nat(5000), fc.maxSafeNat()),
  sizeBytes: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 40_000_000 })),
});

test('comparing fee rates agrees with exact fractions', () => {
  fc.assert(
    fc.property(rates, rates, (a, b) => {
      const left = BigInt(a.fee) * BigInt(b.sizeBytes);
      const right = BigInt(b.fee) * BigInt(a.sizeBytes);
      const order = compareFeeRates(a, b);
      expect(Math.sign(order)).toBe(left < right ? -1 : left > right ? 1 : 0);
      expect(Math.sign(compareFeeRates(b, a))).toBe(0 - Math.sign(order));
      expect(compareFeeRates(higherFeeRate(a, b), lowerFeeRate(a, b))).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('two rates that floating point cannot tell apart are told apart', () => {
  const more = { fee: 2 ** 53 - 1, sizeBytes: 30_000_000 };
  const less = { fee: 2 ** 53 - 2, sizeBytes: 30_000_000 };
  expect(more.fee / more.sizeBytes).toBe(less.fee / less.sizeBytes);
  expect(compareFeeRates(more, less)).toBe(1);
  expect(compareFeeRates(less, more)).toBe(-1);
  expect(compareFeeRates({ fee: 2 ** 53 - 1, sizeBytes: 3 }, { fee: 2 ** 53 - 1, sizeBytes: 3 })).toBe(0);
});

test('a fee for a size is rounded up, a rate is rounded down', () => {
  expect(feeForSize(100, 230)).toBe(23);
  expect(feeForSize(100, 231)).toBe(24);
  expect(feeForSize(1, 1)).toBe(1);
  expect(feeForSize(0, 1_000_000)).toBe(0);
  expect(feePerKbOf({ fee: 1000, sizeBytes: 226 })).toBe(4424);
  fc.assert(
    fc.property(rates, ({ fee, sizeBytes }) => {
      const perKb = feePerKbOf({ fee, sizeBytes });
      if (perKb > Number.MAX_SAFE_INTEGER) return;
      expect(BigInt(perKb)).toBe((BigInt(fee) * 1000n) / BigInt(sizeBytes));
      expect(feeForSize(perKb, sizeBytes)).toBeLessThanOrEqual(fee);
    }),
  );
});
