/** A target, and the other ways to say how hard it is. */
import { MAX_TARGET, type Target, TWO_256, workOfTarget } from '../../../src/consensus/target.ts';
import { type Reading, readNumber, readTarget } from './readings.ts';

/** What is known: the target itself, one in how many hashes is a block, or how many zero bits a hash begins with. */
export const KNOWN = ['target', 'odds', 'bits'] as const;
export type Known = (typeof KNOWN)[number];

/** A finer difficulty than one in 2^256 hashes there is not: the target would be below zero. */
const MOST_HASHES = TWO_256;

export function targetFrom(known: Known, text: string): Reading<Target> {
  if (known === 'target') return readTarget(text);
  if (known === 'odds') {
    const read = readNumber(text, 1n, MOST_HASHES);
    return 'mistake' in read ? read : { value: (TWO_256 / read.value - 1n) as Target };
  }
  const read = readNumber(text, 0n, 256n);
  return 'mistake' in read ? read : { value: (MAX_TARGET >> read.value) as Target };
}

/** Bits at the front of the 256 that are zero in every hash that is small enough. */
export function zeroBitsOf(target: Target): number {
  return target === 0n ? 256 : 256 - target.toString(2).length;
}

/** The target in the words of each way to know it, so that what was typed stays when the way is changed. */
export function textOf(known: Known, target: Target): string {
  if (known === 'target') return `0x${target.toString(16)}`;
  return String(known === 'odds' ? workOfTarget(target) : zeroBitsOf(target));
}

/** Seconds until a block is found, on average. Times beyond any number are Infinity. */
export function expectedSeconds(target: Target, hashesPerSecond: number): number {
  return Number(workOfTarget(target)) / hashesPerSecond;
}
