/** What the charts draw, worked out of the figures of blocks. Pure. */
import type { BlockStats, CoinAgesAnswer } from '../../../src/protocol/statistics.ts';

/** One column for each axis. */
export interface Points {
  readonly xs: number[];
  readonly ys: number[];
}

/** The hash rate is a mean over so many blocks: of a single one it would be chance and little else. */
export const RATE_BLOCKS = 10;

const works = new Map<string, number>();

/** Expected hashes for one block of this target. Few targets occur, and big numbers are slow. */
export function workOf(target: string): number {
  let work = works.get(target);
  if (work === undefined) {
    work = Number((1n << 256n) / (BigInt(target) + 1n));
    if (works.size > 5_000) works.clear();
    works.set(target, work);
  }
  return work;
}

/** Work over time of the last {@link RATE_BLOCKS} blocks before each height (fewer at the beginning). */
export function hashRates(blocks: readonly BlockStats[]): Points {
  const points: Points = { xs: [], ys: [] };
  let work = 0;
  for (const [index, block] of blocks.entries()) {
    const from = blocks[Math.max(0, index - RATE_BLOCKS)];
    const leaving = blocks[index - RATE_BLOCKS];
    if (index === 0 || from === undefined) continue;
    work +=
      workOf(block.target) - (leaving === undefined || index === RATE_BLOCKS ? 0 : workOf(leaving.target));
    // Clocks of miners may run behind those before; no time at all would be an endless rate.
    const seconds = Math.max(1, block.timestamp - from.timestamp);
    points.xs.push(block.height);
    points.ys.push(work / seconds);
  }
  return points;
}

export function difficulties(blocks: readonly BlockStats[]): Points {
  return { xs: blocks.map(({ height }) => height), ys: blocks.map(({ target }) => workOf(target)) };
}

const UNITS = 100_000_000;

export function fees(blocks: readonly BlockStats[]): Points {
  return { xs: blocks.map(({ height }) => height), ys: blocks.map((block) => block.fees / UNITS) };
}

export interface Intervals {
  readonly mean: number;
  readonly count: number;
  /** Seconds that a bar spans. */
  readonly width: number;
  readonly bars: Points;
  /** How many would be expected in each bar's place if waiting had no memory. */
  readonly curve: Points;
}

const BARS = 24;

/** How long blocks took, as a histogram, beside the exponential distribution of the same mean. */
export function intervals(blocks: readonly BlockStats[]): Intervals {
  const seconds = blocks
    .slice(1)
    .map((block, index) => Math.max(0, block.timestamp - (blocks[index]?.timestamp ?? block.timestamp)));
  const count = seconds.length;
  const mean = count === 0 ? 0 : seconds.reduce((sum, value) => sum + value, 0) / count;
  const longest = seconds.reduce((most, value) => Math.max(most, value), 0);
  // Times are whole seconds, so a bar spans whole seconds.
  const width = Math.max(1, Math.ceil((longest + 1) / BARS));
  const bars: Points = { xs: [], ys: [] };
  for (let start = 0; count > 0 && start <= longest; start += width) {
    bars.xs.push(start + width / 2);
    bars.ys.push(0);
  }
  for (const value of seconds) {
    const bar = Math.floor(value / width);
    bars.ys[bar] = (bars.ys[bar] ?? 0) + 1;
  }
  const curve: Points = { xs: [], ys: [] };
  const end = bars.xs.length * width;
  for (let step = 0; mean > 0 && step <= 100; step++) {
    const at = (end * step) / 100;
    curve.xs.push(at);
    curve.ys.push(((count * width) / mean) * Math.exp(-at / mean));
  }
  return { mean, count, width, bars, curve };
}

export function coinAges({ bins, bin_blocks: width }: CoinAgesAnswer): Points {
  return { xs: bins.map((bin) => bin.from_age + width / 2), ys: bins.map(({ coins }) => coins) };
}
