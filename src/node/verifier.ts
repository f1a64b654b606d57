/**
 * Who does the curve mathematics: libsecp256k1 (the C library of Bitcoin Core) where its prebuilt binary loads, plain
 * JavaScript otherwise. Both give the same answers; the first is some thirty times faster. Either works in as many threads
 * as there are cores.
 */
import { availableParallelism } from 'node:os';
import type { Verifier } from '../chainstate/index.ts';
import { InProcessVerifier } from './in-process-verifier.ts';
import { nativeEngine } from './native-engine.ts';
import { portableEngine } from './portable-engine.ts';
import type { SignatureEngine } from './signature-engine.ts';
import { MAX_VERIFY_THREADS, VerifyWorkerPool } from './verify-worker-pool.ts';

/** A verifier, and what the log says of it. */
export interface NodeVerifier extends Verifier {
  readonly engine: SignatureEngine;
  /** Threads beside the one that asks. */
  readonly threads: number;
}

export interface VerifierOptions {
  /** Threads beside the calling one; default: one for each core. 0: all is done by the calling thread. */
  readonly threads?: number;
  /** The threads kept dying: from now on the calling thread does all the work. */
  readonly onThreadsGivenUp?: (cause: Error | undefined) => void;
}

/** All cores: the thread of the node waits for the signatures of a block, so it needs none of its own meanwhile. */
export function defaultVerifyThreads(): number {
  return Math.min(MAX_VERIFY_THREADS, availableParallelism());
}

/** Verifies in plain JavaScript and in the calling thread, on every platform. */
export function portableVerifier(): Verifier {
  return new InProcessVerifier(portableEngine());
}

/**
 * The fastest verifier that works here.
 * @throws RangeError for a number of threads out of range
 */
export function createVerifier(options: VerifierOptions = {}): NodeVerifier {
  const { threads = defaultVerifyThreads(), onThreadsGivenUp } = options;
  const engine = nativeEngine() ?? portableEngine();
  if (threads === 0) return new InProcessVerifier(engine);
  return new VerifyWorkerPool({
    ...{ engine, threads },
    ...(onThreadsGivenUp === undefined ? {} : { onGivenUp: onThreadsGivenUp }),
  });
}
