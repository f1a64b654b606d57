/** From values to pixels, and which values get a tick. */

export type Range = readonly [number, number];

/** A straight line from one range to another. */
export function linear([from, to]: Range, [start, end]: Range): (value: number) => number {
  const factor = (end - start) / (to - from || 1);
  return (value) => start + (value - from) * factor;
}

/** Wide enough to draw: a range of one value gets room on both sides. */
export function roomy([low, high]: Range): Range {
  if (low < high) return [low, high];
  const room = Math.abs(low) / 2 || 1;
  return [low - room, high + room];
}

/** 1, 2 or 5 times a power of ten, so that `count` steps about fill the range. */
function niceStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5].find((nice) => nice * power >= raw * 0.999) ?? 10;
  return factor * power;
}

/** Multiples of a round step within the range, about `count` of them. */
export function niceTicks([low, high]: Range, count: number, isWhole = false): number[] {
  if (!(low < high)) return [low];
  const step = isWhole ? Math.max(1, niceStep(high - low, count)) : niceStep(high - low, count);
  return multiples(low, high, step);
}

/** The range, extended to whole steps: the highest point is then below a line. */
export function niceRange([low, high]: Range, count: number, isWhole = false): Range {
  const step = isWhole ? Math.max(1, niceStep(high - low, count)) : niceStep(high - low, count);
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}

function multiples(low: number, high: number, step: number): number[] {
  const ticks: number[] = [];
  // Counted and not added up, so that 0.1 + 0.2 stays 0.3 to the eye.
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++)
    ticks.push(Number((n * step).toPrecision(12)));
  return ticks;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 91, 182, 365].map((n) => n * DAY),
];

/** Times at round places of the clock on the wall (`offsetMs` is what it is ahead of UTC), and the step between them. */
export function timeTicks(
  [low, high]: Range,
  count: number,
  offsetMs = 0,
): { readonly ticks: number[]; readonly stepMs: number } {
  if (!(low < high)) return { ticks: [low], stepMs: SECOND };
  const raw = (high - low) / Math.max(1, count);
  const years = 365 * DAY * niceStep(Math.max(1, raw / (365 * DAY)), 1);
  const stepMs = TIME_STEPS.find((step) => step >= raw) ?? years;
  return {
    ticks: multiples(low + offsetMs, high + offsetMs, stepMs).map((local) => local - offsetMs),
    stepMs,
  };
}
