/**
 * Targets and work.
 *
 * Rule: a block's hash, read as a big-endian number, must not exceed its target. A smaller target is a harder one. The
 * *work* of a block is the number of hashes that one must try on average: 2^256 / (target + 1).
 *
 * Bitcoin packs the target into four bytes ("nBits"); we write all 32, big-endian, so nothing is rounded.
 * Source: Core's arith_uint256 and GetBlockProof (chain.cpp).
 */
import { bytesToHex } from './bytes.ts';
import type { Branded } from './hash.ts';

/** 0 … 2^256 − 1. */
export type Target = Branded<bigint, 'Target'>;
/** Expected number of hashes; sums of it compare chains. */
export type Work = Branded<bigint, 'Work'>;

export const TWO_256 = 1n << 256n;
export const MAX_TARGET = (TWO_256 - 1n) as Target;
export const NO_WORK = 0n as Work;

/** Expected hashes for one block with this target: floor(2^256 / (target + 1)). */
export function workOfTarget(target: Target): Work {
  return (TWO_256 / (target + 1n)) as Work;
}

export function addWork(a: Work, b: Work): Work {
  return (a + b) as Work;
}

/** The target as it stands in a header: 64 hex characters, big-endian. */
export function targetToHeaderHex(target: Target): string {
  return target.toString(16).padStart(64, '0');
}

/** The target as 32 big-endian bytes. */
export function targetFromBytes(bytes: Uint8Array): Target {
  return BigInt(`0x${bytesToHex(bytes)}`) as Target;
}

/** The target in JSON: `0x` and hex without leading zeros. */
export function targetToJson(target: Target): string {
  return `0x${target.toString(16)}`;
}

/** Reads a target from hex with or without `0x`, in either case and with any padding; undefined when it is none. */
export function parseTarget(text: string): Target | undefined {
  const digits = /^(?:0[xX])?([0-9a-fA-F]{1,256})$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(`0x${digits}`);
  return value < TWO_256 ? (value as Target) : undefined;
}

/** Proof of work: the hash (hex, in byte order) as a big-endian number is at most the target. */
export function hashMeetsTarget(hash: string, target: Target): boolean {
  return BigInt(`0x${hash}`) <= target;
}
