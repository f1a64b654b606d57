import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from './heap.ts';

interface Item {
  rank: number;
  readonly id: number;
  index: number;
}

const before = (a: Item, b: Item): boolean => (a.rank === b.rank ? a.id < b.id : a.rank < b.rank);
const moved = (item: Item, index: number): void => {
  item.index = index;
};

test('a heap built from a list gives it back in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new Heap<number>((a, b) => a < b, undefined, [...numbers]);
      const sorted: number[] = [];
      for (let next = heap.pop(); next !== undefined; next = heap.pop()) sorted.push(next);
      expect(sorted).toEqual([...numbers].sort((a, b) => a - b));
    }),
  );
});

test('a heap that is walked gives its items in order, as far as one goes on, and keeps them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(20), (numbers, wanted) => {
      const heap = new Heap<number>((a, b) => a < b, undefined, [...numbers]);
      const sorted = [...numbers].sort((a, b) => a - b);
      expect([...heap.inOrder()]).toEqual(sorted);
      const first: number[] = [];
      for (const number of heap.inOrder()) {
        if (first.length === wanted) break;
        first.push(number);
      }
      expect(first).toEqual(sorted.slice(0, wanted));
      expect(heap.size).toBe(numbers.length);
    }),
  );
});

test('a heap that changes while it is walked says so', () => {
  const heap = new Heap<number>((a, b) => a < b, undefined, [3, 1, 2]);
  const walk = heap.inOrder();
  expect(walk.next().value).toBe(1);
  heap.push(0);
  expect(() => walk.next()).toThrow('changed while it was walked');
});

test('items can be added, taken out of the middle and ranked anew, and know where they are', () => {
  const step = fc.tuple(fc.constantFrom('push', 'remove', 'rank', 'pop'), fc.nat(30), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const heap = new Heap<Item>(before, moved);
      const inside: Item[] = [];
      let lastId = 0;
      for (const [what, which, rank] of steps) {
        const item = inside[which % Math.max(inside.length, 1)];
        if (what === 'push') {
          const fresh = { rank, id: ++lastId, index: -1 };
          inside.push(fresh);
          heap.push(fresh);
        } else if (item !== undefined && what === 'remove') {
          heap.removeAt(item.index);
          inside.splice(inside.indexOf(item), 1);
          expect(item.index).toBe(-1);
        } else if (item !== undefined && what === 'rank') {
          item.rank = rank;
          heap.reorderAt(item.index);
        } else if (what === 'pop') {
          const first = heap.pop();
          if (first !== undefined) inside.splice(inside.indexOf(first), 1);
        }
        const best = [...inside].sort((a, b) => (before(a, b) ? -1 : 1))[0];
        expect(heap.peek()).toBe(best);
        expect(heap.size).toBe(inside.length);
        expect(new Set(inside.map(({ index }) => index)).size).toBe(inside.length);
      }
    }),
  );
});
