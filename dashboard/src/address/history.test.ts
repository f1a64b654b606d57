import { describe, expect, test } from 'vitest';
import type { HistoryAnswer } from '../../../src/protocol/addresses.ts';
import { balanceOverTime, isBeforeLoaded, withLatest, withOlder } from './history.ts';

const entry = (height: number, net: number, txid = `t${height}`) => ({
  ...{ txid, height, net, confirmations: 1 },
  received: Math.max(0, net),
  sent: Math.max(0, -net),
});
const page = (heights: readonly number[], next: string | null = null): HistoryAnswer => ({
  address: '',
  transactions: heights.map((height) => entry(height, 1)),
  next,
});
const heightsOf = ({ entries }: ReturnType<typeof withLatest>) => entries.map(({ height }) => height);

describe('the history of an address', () => {
  test('grows at both ends', () => {
    const first = withLatest(undefined, page([9, 8, 7], 'more'));
    const older = withOlder(first, page([6, 5]));
    expect([heightsOf(older), older.next]).toEqual([[9, 8, 7, 6, 5], null]);
    const newer = withLatest(older, page([10, 9, 8], 'other'));
    expect([heightsOf(newer), newer.next]).toEqual([[10, 9, 8, 7, 6, 5], null]);
  });

  test('says whether a height is below all that is loaded', () => {
    const known = withLatest(undefined, page([9, 8, 7], 'more'));
    expect([6, 7, 9].map((height) => isBeforeLoaded(known, height))).toEqual([true, false, false]);
    // When these are all, nothing had happened before.
    expect(isBeforeLoaded(withLatest(undefined, page([9])), 6)).toBe(false);
  });

  test('begins anew where a page does not meet it', () => {
    const known = withLatest(undefined, page([9, 8, 7]));
    expect(withLatest(known, page([30, 29], 'more'))).toEqual({
      entries: page([30, 29]).transactions,
      next: 'more',
    });
    expect(heightsOf(withLatest(known, page([])))).toEqual([]);
  });
});

describe('the balance over time', () => {
  test('is worked out backwards, from zero to the tip', () => {
    const entries = [entry(8, -30), entry(5, 20, 'b'), entry(5, 10, 'a'), entry(2, 50)];
    expect(balanceOverTime({ entries, next: null }, 50, 9)).toEqual({
      xs: [0, 2, 5, 8, 9],
      ys: [0, 50, 80, 50, 50],
    });
    // Older ones are missing: nothing is said of the time before.
    expect(balanceOverTime({ entries, next: 'more' }, 50, 8).xs).toEqual([2, 5, 8]);
    expect(balanceOverTime({ entries: [entry(0, 7)], next: null }, 7, 0)).toEqual({ xs: [0], ys: [7] });
    expect(balanceOverTime({ entries: [], next: null }, 0, 9)).toEqual({ xs: [], ys: [] });
  });
});
