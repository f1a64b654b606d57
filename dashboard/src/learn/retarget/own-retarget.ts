/** The last time that the target of a chain changed, computed again from the blocks that decided it. */
import { adjustTarget } from '../../../../src/consensus/retarget.ts';
import type { Target } from '../../../../src/consensus/target.ts';

export interface RetargetRules {
  /** Blocks; 0: never. */
  readonly retarget_interval: number;
  /** Seconds. */
  readonly target_block_time: number;
}

/** Of a block: seconds since 1970, and the number that its hash must not exceed. */
export interface TimedTarget {
  readonly timestamp: number;
  readonly target: Target;
}

export interface OwnRetarget {
  /** The first block with the computed target; one above the tip where `real` is undefined. */
  readonly height: number;
  /** Gaps between the blocks that were looked at. */
  readonly gaps: number;
  /** What they took, in seconds; may be negative. */
  readonly actualS: number;
  readonly expectedS: number;
  readonly before: Target;
  readonly computed: Target;
  /** What the block at `height` has; undefined when the rule was only tried on the last blocks. */
  readonly real: Target | undefined;
}

/** Longer intervals are not waited for in a lesson. */
const LONGEST_WAIT = 50;
/** Blocks to try the rule on, where there is no change to look at. */
const TRIED_ON = 10;

/** The height to mine up to before there is a change to look at; undefined when there is one, or none is worth waiting for. */
export function waitsForHeight(rules: RetargetRules, tipHeight: number): number | undefined {
  const { retarget_interval: interval } = rules;
  if (interval > 1 && interval <= LONGEST_WAIT && tipHeight < interval) return interval;
  return tipHeight < 1 ? 1 : undefined;
}

/**
 * @param tipHeight 1 at least
 * @param read the block of the active chain at a height
 */
export async function ownRetarget(
  { retarget_interval: interval, target_block_time: wanted }: RetargetRules,
  tipHeight: number,
  read: (height: number) => Promise<TimedTarget>,
): Promise<OwnRetarget> {
  // With an interval of one block there is no gap in it, and nothing to measure.
  const changed = interval > 1 ? Math.floor(tipHeight / interval) * interval : 0;
  const last = changed > 0 ? changed - 1 : tipHeight;
  const gaps = changed > 0 ? interval - 1 : Math.min(TRIED_ON - 1, tipHeight);
  const [start, end, now] = await Promise.all([
    read(last - gaps),
    read(last),
    changed > 0 ? read(changed) : undefined,
  ]);
  const actualS = end.timestamp - start.timestamp;
  return {
    ...{ height: last + 1, gaps, actualS, before: end.target },
    expectedS: gaps * wanted,
    computed: adjustTarget(end.target, actualS, gaps * wanted),
    real: now?.target,
  };
}

/**
 * What the rule makes of a target when the gaps between blocks took so long on average. Whole numbers as in the chain, but of
 * milliseconds: half of an odd number of seconds has to be there for whoever looks for it.
 */
export function ruleTried(
  target: Target,
  gaps: number,
  averageS: number,
  wantedS: number,
): { readonly actualS: number; readonly expectedS: number; readonly next: Target } {
  const actualMs = Math.round(gaps * averageS * 1_000);
  const expectedMs = Math.round(gaps * wantedS * 1_000);
  return {
    actualS: actualMs / 1_000,
    expectedS: expectedMs / 1_000,
    next: adjustTarget(target, actualMs, expectedMs),
  };
}

/** How many times as hard the second target is; below 1: easier. */
export function timesAsHard(before: bigint, after: bigint): number {
  return Number((before * 1_000n) / after) / 1_000;
}
