import { expect, test } from 'vitest';
import { flippedBits } from './bits.ts';

test('bits that differ between two hashes', () => {
  expect(flippedBits(Uint8Array.of(0), Uint8Array.of(0))).toEqual(Array(8).fill(false));
  const bits = flippedBits(Uint8Array.of(0x0f, 0x80), Uint8Array.of(0x1e, 0));
  expect(bits.flatMap((bit, index) => (bit ? [index] : []))).toEqual([3, 7, 8]);
});
