import { expect, test } from 'vitest';
import { RollingMinimumFee } from './rolling-minimum-fee.ts';

const HALF_LIFE_S = 12 * 60 * 60;
const FULL = 1000;
const fresh = (): RollingMinimumFee =>
  new RollingMinimumFee({ incrementalRelayFeePerKb: 100, maxPoolBytes: FULL });

test('there is no minimum while nothing was evicted', () => {
  expect(fresh().feePerKb(0, 5)).toBe(0);
});

test('after an eviction the next one must pay a step more, and that does not decay before a block came', () => {
  const minimum = fresh();
  minimum.evicted({ fee: 500, sizeBytes: 250 });
  expect(minimum.feePerKb(FULL, 0)).toBe(2100);
  minimum.evicted({ fee: 1, sizeBytes: 250 });
  expect(minimum.feePerKb(FULL, 10 * HALF_LIFE_S)).toBe(2100);
});

test('after a block it halves every twelve hours, faster in an emptier mempool', () => {
  for (const [usedBytes, halfLifeS] of [
    [FULL, HALF_LIFE_S],
    [FULL / 2 - 1, HALF_LIFE_S / 2],
    [FULL / 4 - 1, HALF_LIFE_S / 4],
  ] as const) {
    const minimum = fresh();
    minimum.evicted({ fee: 700, sizeBytes: 1000 });
    minimum.blockConnected(1000);
    expect(minimum.feePerKb(usedBytes, 1010), 'not computed afresh all the time').toBe(800);
    expect(minimum.feePerKb(usedBytes, 1000 + halfLifeS)).toBe(400);
    expect(minimum.feePerKb(usedBytes, 1000 + 2 * halfLifeS)).toBe(200);
  }
});

test('it never lies below one step, and ends below half a step', () => {
  const minimum = fresh();
  minimum.evicted({ fee: 100, sizeBytes: 1000 });
  minimum.blockConnected(0);
  expect(minimum.feePerKb(FULL, HALF_LIFE_S * 1.5)).toBe(100);
  // Not at exactly half a step: powers are rounded differently by different versions of the engine.
  expect(minimum.feePerKb(FULL, HALF_LIFE_S * 2 - 11)).toBe(100);
  expect(minimum.feePerKb(FULL, HALF_LIFE_S * 2 + 11)).toBe(0);
  expect(minimum.feePerKb(FULL, HALF_LIFE_S * 9)).toBe(0);
});
