/**
 * Target adjustment: every `retargetInterval` blocks the target follows the time that the last interval really took.
 *
 *   height  … 10 11 12 13 14 15 16 17 18 19 │ 20 …
 *              └── first           last ──┘   └── new target from here on
 *
 * Rule: actual = last − first (at least 1 s), expected = (interval − 1) × block time, ratio clamped into [1/4, 4],
 * next = floor(target × ratio), at least 1, at most 2^256 − 1. All in exact integers: floating point would give two
 * machines two targets, and so two chains. (The Python original computed it in floating point and never called it.)
 * Source: Core's CalculateNextWorkRequired (pow.cpp), without its off-by-one: an interval of n blocks spans n − 1 gaps,
 * and that is what we expect.
 */
import { MAX_TARGET, type Target } from './target.ts';
import type { ChainParams } from './params.ts';

/**
 * One step of the adjustment.
 * @param actualS time between first and last block of the interval, in seconds; may be negative or 0
 * @param expectedS time that it should have taken, in seconds, > 0
 */
export function adjustTarget(target: Target, actualS: number, expectedS: number): Target {
  const expected = BigInt(expectedS);
  // Everything is multiplied by 4, so that the lower bound expected/4 needs no rounding.
  let actualTimes4 = BigInt(Math.max(actualS, 1)) * 4n;
  if (actualTimes4 < expected) actualTimes4 = expected;
  if (actualTimes4 > expected * 16n) actualTimes4 = expected * 16n;
  const next = (target * actualTimes4) / (expected * 4n);
  if (next < 1n) return 1n as Target;
  return next > MAX_TARGET ? MAX_TARGET : (next as Target);
}

/** What retargeting and time rules need to know of a block: a linked list towards genesis. */
export interface TimedBlock {
  readonly height: number;
  readonly timestamp: number;
  readonly target: Target;
  readonly parent: TimedBlock | null;
}

/** The target that a child of `parent` must have; `null` stands for "no parent", the child is a genesis block. */
export function expectedTarget(parent: TimedBlock | null, params: ChainParams): Target {
  if (parent === null) return params.defaultTarget;
  const interval = params.retargetInterval;
  const height = parent.height + 1;
  if (interval === 0 || height % interval !== 0) return parent.target;

  let first = parent;
  for (let steps = 1; steps < interval; steps++) {
    if (first.parent === null) throw new Error(`invariant: block ${first.height} has no parent`);
    first = first.parent;
  }
  return adjustTarget(
    parent.target,
    parent.timestamp - first.timestamp,
    (interval - 1) * params.targetBlockTimeS,
  );
}
