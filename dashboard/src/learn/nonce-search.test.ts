import { expect, test } from 'vitest';
import { blockHashOf, hashMeetsTarget, NO_BLOCK, type Target } from '../../../src/consensus/index.ts';
import { searchNonce } from './nonce-search.ts';

const target = ((1n << 246n) - 1n) as Target;
const header = {
  version: 1,
  prevHash: NO_BLOCK,
  merkleRoot: '11'.repeat(32),
  timestamp: 1,
  target,
  nonce: 7,
};

test('finds a nonce with which the header meets the target', async () => {
  const found = await searchNonce(header, target, () => true);
  expect(found).toBeDefined();
  expect(found?.tried).toBe((found?.nonce ?? 0) + 1);
  expect(hashMeetsTarget(blockHashOf({ ...header, nonce: found?.nonce ?? 0 }), target)).toBe(true);
});

test('ends when it is told to', async () => {
  const told: number[] = [];
  const found = await searchNonce(header, 0n as Target, (tried) => told.push(tried) < 2);
  expect(found).toBeUndefined();
  expect(told).toEqual([2000, 4000]);
});
