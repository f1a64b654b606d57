import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrivalList } from './arrival-list.ts';
import type { MempoolEntry } from './entry.ts';

/** The list looks at nothing else of an entry. */
const entryWith = (sequence: number): MempoolEntry =>
  Object.assign(Object.create(null) as MempoolEntry, { sequence });

test('whatever comes and goes, the list gives those that are there, from any place on', () => {
  const step = fc.tuple(fc.constantFrom('come', 'come', 'go'), fc.nat(500));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.nat(400), (steps, after) => {
      const list = new ArrivalList();
      const present: MempoolEntry[] = [];
      let sequence = 0;
      for (const [what, number] of steps) {
        if (what === 'come') {
          // Numbers are left out where an entry did not fit.
          const entry = entryWith((sequence += 1 + (number % 3)));
          list.add(entry);
          present.push(entry);
        } else if (present.length > 0) {
          const [gone] = present.splice(number % present.length, 1);
          list.remove(gone!);
        }
      }
      expect([...list.after(0)]).toEqual(present);
      expect([...list.after(after)]).toEqual(present.filter((entry) => entry.sequence > after));
    }),
  );
});

test('a list that all have left is empty, and can be filled again', () => {
  const list = new ArrivalList();
  const entries = Array.from({ length: 300 }, (_, index) => entryWith(index + 1));
  for (const entry of entries) list.add(entry);
  for (const entry of entries) list.remove(entry);
  expect([...list.after(0)]).toEqual([]);
  list.add(entryWith(1_000));
  expect([...list.after(0)].map(({ sequence }) => sequence)).toEqual([1_000]);
  expect(() => list.add(entryWith(1_000))).toThrow('out of order');
});
