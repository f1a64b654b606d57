import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONCE_COUNT } from './hash-kernel.ts';
import { type NonceRange, NonceRanges } from './nonce-ranges.ts';

function takeAll(ranges: NonceRanges): NonceRange[] {
  const all: NonceRange[] = [];
  for (let range = ranges.take(); range !== undefined; range = ranges.take()) all.push(range);
  return all;
}

test('gives out every nonce exactly once, over the end too, ranges given back included', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: NONCE_COUNT - 50, max: NONCE_COUNT - 1 })),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 1, max: 40 }),
      (first, count, rangeNonces) => {
        const ranges = new NonceRanges(first, count, rangeNonces);
        const lost = ranges.take();
        if (lost !== undefined) ranges.giveBack(lost);
        const nonces = takeAll(ranges).flatMap((range) => {
          expect(range.count).toBeLessThanOrEqual(rangeNonces);
          return Array.from({ length: range.count }, (_, i) => range.firstNonce + i);
        });
        const expected = Array.from({ length: count }, (_, i) => (first + i) % NONCE_COUNT);
        expect(nonces.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
      },
    ),
  );
});

test('covers all 2^32 from anywhere', () => {
  const all = takeAll(new NonceRanges(123_456_789, NONCE_COUNT, 2 ** 24));
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(NONCE_COUNT);
  expect(all.every(({ firstNonce, count }) => firstNonce + count <= NONCE_COUNT)).toBe(true);
});
