/** What the next target would be if blocks went on as they do now. Consensus's own formula does the last step. */
import { adjustTarget } from '../../../src/consensus/retarget.ts';
import type { Target } from '../../../src/consensus/target.ts';

export interface RetargetRules {
  /** 0: never. */
  readonly retarget_interval: number;
  /** Seconds. */
  readonly target_block_time: number;
}

export interface RetargetForecast {
  readonly target: bigint;
  /** Of the mean time between blocks in this interval, in seconds. */
  readonly meanSeconds: number;
  /** How many times as hard as now; below 1: easier. */
  readonly factor: number;
}

/**
 * @param first time of the first block of the interval, in seconds
 * @param tip time and height of the tip
 * @param target of the interval
 * @returns undefined while the interval has fewer than two blocks, or where the target never changes
 */
export function forecastRetarget(
  rules: RetargetRules,
  first: number,
  tip: { readonly timestamp: number; readonly height: number },
  target: bigint,
): RetargetForecast | undefined {
  const { retarget_interval: interval, target_block_time: wanted } = rules;
  if (interval < 2) return undefined;
  const gaps = tip.height % interval;
  if (gaps === 0) return undefined;
  const meanSeconds = (tip.timestamp - first) / gaps;
  const actual = Math.round(meanSeconds * (interval - 1));
  const next = adjustTarget(target as Target, actual, (interval - 1) * wanted);
  return { target: next, meanSeconds, factor: Number((target * 1_000n) / next) / 1_000 };
}
