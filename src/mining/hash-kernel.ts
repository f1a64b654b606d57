/**
 * The innermost part of mining: try nonces until the hash of the header is small enough.
 *
 * A kernel knows nothing of blocks, threads or time. It gets the 108 bytes of a header, a target and a range of nonces,
 * and says which nonce it found. Everything else (slices, threads, cancelling) is built around this one interface, so a
 * faster kernel takes the place of a slower one without anybody noticing.
 */
// By name, not through the index: whatever this file needs, each hashing thread has to load when it starts.
import { sha256d } from '../consensus/hash.ts';
import { HEADER_BYTES, HEADER_NONCE_OFFSET } from '../consensus/header.ts';

/** Nonces are uint32: there are this many. */
export const NONCE_COUNT = 2 ** 32;
export const TARGET_BYTES = 32;

/** What to search. Kernels read it and never write to it. */
export interface HashJob {
  /** The 108 bytes of the header; the four of the nonce are ignored. */
  readonly header: Uint8Array;
  /** 32 bytes, big-endian: the hash, read as a big-endian number, must not exceed it. */
  readonly target: Uint8Array;
}

export interface ScanResult {
  /** The first nonce of the range that works; undefined when none does. */
  readonly nonce: number | undefined;
  /** Nonces tried, the one found included. */
  readonly hashesDone: number;
}

export interface HashKernel {
  /** For logs and `status`. */
  readonly name: string;
  /**
   * Tries `firstNonce`, `firstNonce + 1`, … in this order, `count` of them, and stops at the first that works. It blocks
   * until then, so callers ask for small slices.
   * @throws RangeError for a job or range that is none ({@link checkScan})
   */
  scan(job: HashJob, firstNonce: number, count: number): ScanResult;
  /** Of kernels that remember it: see {@link ./record-kernel.ts}. */
  takeRecord?(): Uint8Array | undefined;
}

/** @throws RangeError unless the job has the right sizes */
export function checkJob(job: HashJob): void {
  if (job.header.length !== HEADER_BYTES) {
    throw new RangeError(`a header has ${HEADER_BYTES} bytes, not ${job.header.length}`);
  }
  if (job.target.length !== TARGET_BYTES) {
    throw new RangeError(`a target has ${TARGET_BYTES} bytes, not ${job.target.length}`);
  }
}

/** @throws RangeError unless the job has the right sizes and the range lies within 0 … 2^32 − 1 */
export function checkScan(job: HashJob, firstNonce: number, count: number): void {
  checkJob(job);
  const isRange = Number.isInteger(firstNonce) && Number.isInteger(count) && firstNonce >= 0 && count >= 0;
  if (!isRange || firstNonce + count > NONCE_COUNT) {
    throw new RangeError(`${count} nonces from ${firstNonce} on are not within 0 … 2^32 − 1`);
  }
}

/** The header of a job with this nonce in its place (little-endian). */
export function headerWithNonce(job: HashJob, nonce: number): Uint8Array {
  const header = Uint8Array.from(job.header);
  new DataView(header.buffer).setUint32(HEADER_NONCE_OFFSET, nonce, true);
  return header;
}

/** Whether `hash <= target`, both 32 bytes and read as big-endian numbers: the first byte that differs decides. */
export function isAtMost(hash: Uint8Array, target: Uint8Array): boolean {
  for (const [index, byte] of hash.entries()) {
    const limit = target[index] ?? 0;
    if (byte !== limit) return byte < limit;
  }
  return true;
}

/** The rule itself, hashed the slow and obvious way: the measure for every kernel, and the second look at what they find. */
export function nonceWorks(job: HashJob, nonce: number): boolean {
  return isAtMost(sha256d(headerWithNonce(job, nonce)), job.target);
}
