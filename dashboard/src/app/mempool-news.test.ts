import { expect, test } from 'vitest';
import type { EventOf } from '../../../src/protocol/events.ts';
import { type MempoolNews, withNews } from './mempool-news.ts';

type Changed = EventOf<'mempool-changed'>;

const changed = (added: string[], removed: Changed['removed']): Changed => ({
  type: 'mempool-changed',
  added: added.map((txid) => ({
    ...{ txid, fee: 1, size: 1, fee_per_kb: 1_000, received_at: 0, output_total: 1, parents: [] },
  })),
  removed,
  complete: true,
  info: {
    ...{ size: 0, bytes: 0, max_bytes: 0, total_fees: 0, min_fee_per_kb: 0, relay_fee_per_kb: 0 },
    ...{ orphans: 0, orphan_bytes: 0 },
  },
});

test('what one transaction replaced is counted together, what another replaced by itself', () => {
  const removed = [
    { txid: 'parent', cause: 'replaced', by: 'x' },
    { txid: 'child', cause: 'replaced', by: 'x' },
    { txid: 'other', cause: 'replaced', by: 'y' },
  ] as const;
  const news = withNews([], { sequence: 4, at: 10, data: changed(['x', 'y'], [...removed]) });
  expect(news.map(({ cause, count, by }) => [cause, count, by])).toEqual([
    ['arrived', 2, null],
    ['replaced', 2, 'x'],
    ['replaced', 1, 'y'],
  ]);
});

test('what came and what left, by cause, once for each event and not without end', () => {
  const first = {
    sequence: 4,
    at: 10,
    data: changed(['a', 'b'], [{ txid: 'c', cause: 'replaced', by: 'a' }]),
  };
  const news = withNews([], first);
  expect(news).toMatchObject([
    { cause: 'arrived', count: 2, txid: 'a' },
    { cause: 'replaced', count: 1, txid: 'c', by: 'a' },
  ]);
  expect(withNews(news, first)).toBe(news);
  // Of a node that was started anew.
  expect(withNews(news, { ...first, at: 11 })).toHaveLength(4);
  let all: readonly MempoolNews[] = news;
  for (let sequence = 5; sequence < 50; sequence++) {
    const removed = [{ txid: `t${sequence}`, cause: 'confirmed' as const, by: null }];
    all = withNews(all, { sequence, at: sequence, data: changed([], removed) });
  }
  expect(all).toHaveLength(8);
  expect(all[0]).toMatchObject({ txid: 't49', cause: 'confirmed' });
});
