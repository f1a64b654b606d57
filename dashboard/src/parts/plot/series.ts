/** What a plot draws. Columns and not objects: a chain of 200,000 blocks is 200,000 points. */

/** A list, or what a worker or a calculation filled. */
export type Column = readonly number[] | Float64Array;

/** Which of the theme's colours; each kind also differs in form, so that no colour is needed to tell them apart. */
export type Tone = 'active' | 'pending' | 'mine' | 'stale' | 'good' | 'invalid';

export interface Series {
  readonly name: string;
  /**
   * `step`: each value holds until the next; `bars`: from zero, `width` wide, around x; `curve`: a dashed line of reference,
   * which has no points to visit.
   */
  readonly kind: 'line' | 'step' | 'bars' | 'dots' | 'curve';
  /** In ascending order. */
  readonly xs: Column;
  /** As many as there are `xs`, and finite. */
  readonly ys: Column;
  readonly tone?: Tone;
  /** Of a bar, in units of x. Default 1. */
  readonly width?: number;
}

export interface Axis {
  readonly label: string;
  /** How a value is written beside its tick; by default a short number. */
  readonly tick?: (value: number) => string;
  /** How a value is read out; by default the number in full. */
  readonly read?: (value: number) => string;
  /** Values are milliseconds since 1970. */
  readonly isTime?: boolean;
  /** Only whole numbers have ticks: heights, counts. */
  readonly isWhole?: boolean;
  /** Begins at zero, as sizes should. */
  readonly fromZero?: boolean;
}

/** A vertical line with a word: "now", "block 12". */
export interface Mark {
  readonly x: number;
  readonly text: string;
}

/** Lowest and highest of all series, or undefined without a point. Bars reach half their width aside, and to zero. */
export function extentOf(
  series: readonly Series[],
): { readonly x: readonly [number, number]; readonly y: readonly [number, number] } | undefined {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { kind, xs, ys, width = 1 } of series) {
    const [first, last] = [xs[0], xs[xs.length - 1]];
    if (first === undefined || last === undefined) continue;
    const half = kind === 'bars' ? width / 2 : 0;
    left = Math.min(left, first - half);
    right = Math.max(right, last + half);
    if (kind === 'bars') [low, high] = [Math.min(low, 0), Math.max(high, 0)];
    for (const y of ys) {
      if (y < low) low = y;
      if (y > high) high = y;
    }
  }
  return left > right ? undefined : { x: [left, right], y: [low, high] };
}

/** Index of the value that is nearest to x, by halving; 0 where there are none. */
export function nearestIndex(xs: Column, x: number): number {
  let [low, high] = [0, xs.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [xs[low - 1], xs[low]];
  return before !== undefined && after !== undefined && x - before < after - x ? low - 1 : Math.max(0, low);
}
