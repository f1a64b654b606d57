import { expect, test } from 'vitest';
import { intervalStarts, MAX_INTERVALS, TargetHistory } from './target-history.ts';

test('an interval begins where the height is a multiple of it', () => {
  expect(intervalStarts(-1, 10)).toEqual([]);
  expect(intervalStarts(0, 10)).toEqual([0]);
  expect(intervalStarts(25, 10)).toEqual([0, 10, 20, 25]);
  expect(intervalStarts(20, 10)).toEqual([0, 10, 20]);
  expect(intervalStarts(7, 0)).toEqual([0, 7]);
  const many = intervalStarts(100_003, 10);
  expect(many).toHaveLength(MAX_INTERVALS + 1);
  expect(many[0]).toBe(100_000 - (MAX_INTERVALS - 1) * 10);
});

test('what is known is not asked again; the tip and a changed branch are', async () => {
  const asked: number[] = [];
  const history = new TargetHistory(async (height) => {
    asked.push(height);
    return { height, target: 1n, timestamp: 0 };
  });
  await history.points(25, 10);
  await history.points(26, 10);
  expect(asked).toEqual([0, 10, 20, 25, 26]);
  history.forget();
  await history.points(12, 10);
  expect(asked.slice(5)).toEqual([0, 10, 12]);
});
