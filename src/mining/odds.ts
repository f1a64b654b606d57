/**
 * What to expect of a search. Every hash is a throw of the dice that wins with probability (target + 1) / 2^256, whatever
 * was thrown before: after the expected number of hashes the block is found with 63 %, not with certainty.
 */
import { type Target, TWO_256 } from '../consensus/index.ts';

/** Hashes for one block on average. */
export function expectedHashes(target: Target): number {
  return Number(TWO_256) / Number(target + 1n);
}

/** Chance that so many hashes find a block, 0 … 1. */
export function blockProbability(target: Target, hashes: number): number {
  const perHash = 1 / expectedHashes(target);
  // (1 − p)^n, by logarithms, because 1 − p alone would round to 1 for a small p.
  return perHash >= 1 ? Math.min(1, hashes) : -Math.expm1(hashes * Math.log1p(-perHash));
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['year', 365.25 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `90 seconds`, `2.5 hours`, `4.1e+60 years`: two digits that count, in the largest unit that leaves more than 1. */
export function describeDuration(seconds: number): string {
  const [name, unit] = UNITS.find(([, size]) => seconds >= size) ?? (['second', 1] as const);
  const amount = seconds / unit;
  const text = describeNumber(amount);
  return `${text} ${name}${text === '1' ? '' : 's'}`;
}

/** `2.3 MH/s` */
export function describeHashRate(hashesPerSecond: number): string {
  if (hashesPerSecond >= 1e6) return `${describeNumber(hashesPerSecond / 1e6)} MH/s`;
  if (hashesPerSecond >= 1e3) return `${describeNumber(hashesPerSecond / 1e3)} kH/s`;
  return `${describeNumber(hashesPerSecond)} H/s`;
}

/** Two significant digits below 100, none after the point above, powers of ten from a million on. */
export function describeNumber(value: number): string {
  if (value >= 1e6) return value.toExponential(1);
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2)));
}
