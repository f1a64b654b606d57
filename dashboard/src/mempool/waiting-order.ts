/** The table of waiting transactions: in which order, and which part of it. */
import type { TemplateEntry } from '../../../src/protocol/mempool.ts';

export const SORT_KEYS = ['place', 'rate', 'size', 'fee', 'age', 'descendants'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sorting {
  readonly key: SortKey;
  readonly isDown: boolean;
}

/** Each key begins with what is most interesting; a second click turns it round. */
export function sortedBy(key: SortKey, before: Sorting): Sorting {
  return { key, isDown: before.key === key ? !before.isDown : key !== 'place' };
}

const VALUES: Readonly<Record<SortKey, (entry: TemplateEntry) => number>> = {
  // Those that are not in the block come after those that are.
  place: ({ position }) => position ?? Infinity,
  rate: (entry) => entry.package.fee_per_kb,
  size: ({ size }) => size,
  fee: ({ fee }) => fee,
  age: ({ received_at }) => -received_at,
  descendants: ({ descendants }) => descendants,
};

/** A new list; of equals those stay first that were first. */
export function inOrderOf(entries: readonly TemplateEntry[], { key, isDown }: Sorting): TemplateEntry[] {
  const value = VALUES[key];
  return [...entries].sort((a, b) => {
    const [x, y] = isDown ? [value(b), value(a)] : [value(a), value(b)];
    return x === y ? 0 : x - y;
  });
}
