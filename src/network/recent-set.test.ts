import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentSet } from './recent-set.ts';

describe('a set that forgets', () => {
  it('holds the latest so many different items, as the plainest list would', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 9 })), (capacity, items) => {
        const set = new RecentSet<number>(capacity);
        let list: number[] = [];
        for (const item of items) {
          expect(set.add(item)).toBe(!list.includes(item));
          list = [...list.filter((other) => other !== item), item].slice(-capacity);
          for (let other = 0; other <= 9; other++) expect(set.has(other)).toBe(list.includes(other));
          expect(set.size).toBe(list.length);
          expect(set.some((other) => other === items[0])).toBe(list.includes(items[0]!));
        }
        set.clear();
        expect(set.size).toBe(0);
      }),
    );
  });
});
