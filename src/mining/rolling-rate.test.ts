import { expect, test } from 'vitest';
import { RollingRate } from './rolling-rate.ts';

test('knows nothing at first, then the amount per second', () => {
  const rate = new RollingRate(1_000);
  expect(rate.perSecond).toBe(0);
  rate.add(50, 100);
  expect(rate.perSecond).toBe(500);
});

test('forgets what is older than its window', () => {
  const rate = new RollingRate(1_000);
  for (let i = 0; i < 50; i++) rate.add(1, 100);
  for (let i = 0; i < 20; i++) rate.add(7, 100);
  expect(rate.perSecond).toBe(70);
  rate.reset();
  expect(rate.perSecond).toBe(0);
});

test('is not misled by a clock that stands or goes back', () => {
  const rate = new RollingRate(1_000);
  rate.add(10, -5_000);
  rate.add(10, 0);
  expect(rate.perSecond).toBe(0);
  rate.add(0, 200);
  expect(rate.perSecond).toBe(100);
});
