/** The port through which the miner searches nonces: worker threads in a node, whatever suits in a test or simulation. */
import type { HashJob } from './hash-kernel.ts';
import type { HashesDone } from './hash-worker-messages.ts';

export interface NonceSearch extends HashJob {
  /** Ends the search. */
  readonly signal: AbortSignal;
  /** Threads to use, ≥ 1; default: what the implementation was made with. */
  readonly threads?: number;
  /** Part of the time that each thread hashes, > 0 … 1; it rests in between. Default 1. */
  readonly share?: number;
  /** Where to start, 0 … 2^32 − 1; default 0. After 2^32 − 1 comes 0. */
  readonly firstNonce?: number;
  /** How many nonces there are to try; default and at most 2^32. */
  readonly nonceCount?: number;
  /** Called a few times per second and once at the end, with what was done since the last call. */
  readonly onProgress?: (done: HashesDone) => void;
}

export type NonceSearchResult =
  | { readonly kind: 'found'; readonly nonce: number }
  /** All nonces were tried in vain. */
  | { readonly kind: 'exhausted' }
  /** The signal ended it. */
  | { readonly kind: 'aborted' };

export interface ProofOfWork {
  /** Threads used when a search does not say. */
  readonly threads: number;
  /** The name of the kernel that they hash with; undefined until the first of them has started. */
  readonly kernel: string | undefined;
  /**
   * Searches without blocking the calling thread. When the promise settles, nothing is working any more and every hash
   * was reported. One search at a time.
   * @throws HashWorkerError when the threads do not work
   */
  search(search: NonceSearch): Promise<NonceSearchResult>;
}

/** The threads that hash cannot be started, keep dying, or give wrong answers. */
export class HashWorkerError extends Error {
  override readonly name = 'HashWorkerError';
}

/** More would only cost memory. */
export const MAX_HASH_THREADS = 256;

/** @throws RangeError unless it is a whole number from 1 to {@link MAX_HASH_THREADS} */
export function checkThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_HASH_THREADS) return threads;
  throw new RangeError(`threads must be a whole number from 1 to ${MAX_HASH_THREADS}, not ${threads}`);
}

/** @throws RangeError unless it is above 0 and at most 1 */
export function checkShare(share: number): number {
  if (share > 0 && share <= 1) return share;
  throw new RangeError(`share must be above 0 and at most 1, not ${share}`);
}
