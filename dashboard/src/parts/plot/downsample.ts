/**
 * Fewer points that look the same. Of all points that fall into one column of pixels, four are enough to draw exactly what
 * all would: the first, the lowest, the highest, the last (the method is known as M4).
 */
import type { Column } from './series.ts';

/** Indexes of the points to draw, in order; all of them where there are few. */
export function visibleIndexes(
  xs: Column,
  ys: Column,
  [from, to]: readonly [number, number],
  columns: number,
): number[] {
  const size = Math.min(xs.length, ys.length);
  if (size <= columns * 4) return Array.from({ length: size }, (_, index) => index);
  const columnOf = (index: number): number =>
    Math.floor((((xs[index] ?? 0) - from) / (to - from || 1)) * columns);
  const kept: number[] = [];
  for (let start = 0; start < size;) {
    const column = columnOf(start);
    let [low, high, end] = [start, start, start + 1];
    for (; end < size && columnOf(end) === column; end++) {
      const y = ys[end] ?? 0;
      if (y < (ys[low] ?? 0)) low = end;
      if (y > (ys[high] ?? 0)) high = end;
    }
    const [one, other] = low < high ? [low, high] : [high, low];
    for (const index of [start, one, other, end - 1]) if (index !== kept.at(-1)) kept.push(index);
    start = end;
  }
  return kept;
}
