import { expect, test } from 'vitest';
import type { BlockStats, BlockStatsQuery } from '../../../src/protocol/statistics.ts';
import { blocksUpTo } from './load-blocks.ts';

const block = (height: number): BlockStats => ({
  ...{ height, timestamp: height, target: '0x1', size: 1, transaction_count: 1, subsidy: 0, fees: 0 },
});

/** A chain of so many blocks, and what was asked of it. */
function chainOf(size: number) {
  const asked: BlockStatsQuery[] = [];
  const blockStats = async (query: BlockStatsQuery = {}) => {
    asked.push(query);
    const limit = query.limit ?? 100;
    const from = query.from ?? Math.max(0, size - limit);
    const end = Math.min(size, from + limit);
    const blocks = Array.from({ length: Math.max(0, end - from) }, (_, index) => block(from + index));
    return { height: size - 1, blocks, next_from: end < size ? end : null };
  };
  return { asked, api: { blockStats } };
}

test('the last blocks come in pages, each once', async () => {
  for (const [size, count] of [
    [0, 100],
    [7, 100],
    [300, 100],
    [5_000, 1_000],
    [9_001, 10_000],
    [25_000, 10_000],
  ] as const) {
    const { api, asked } = chainOf(size);
    const heights = (await blocksUpTo(api, [], count)).map(({ height }) => height);
    const from = Math.max(0, size - count);
    expect(heights).toEqual(Array.from({ length: size - from }, (_, index) => from + index));
    expect(asked.length).toBeLessThanOrEqual(6);
  }
});

test('what is known is not asked for again, and a gap is closed', async () => {
  const known = await blocksUpTo(chainOf(5_000).api, [], 1_000);
  const grown = chainOf(5_003);
  const after = await blocksUpTo(grown.api, known, 1_000);
  expect([after.length, after[0]?.height, after.at(-1)?.height]).toEqual([1_000, 4_003, 5_002]);
  expect(grown.asked).toEqual([{ limit: 100 }]);

  const far = chainOf(7_000);
  const anew = await blocksUpTo(far.api, known, 1_000);
  expect([anew.length, anew[0]?.height, anew.at(-1)?.height]).toEqual([1_000, 6_000, 6_999]);
  expect(new Set(anew.map(({ height }) => height)).size).toBe(1_000);
});
