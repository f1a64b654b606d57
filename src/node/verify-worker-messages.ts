/** What the thread of the node and the threads that check signatures say to each other. */
import type { SignatureEngine } from './signature-engine.ts';

/** What a thread is given when it starts. */
export interface VerifyWorkerData {
  /** Its number, from 1, by which it claims checks; never used twice. */
  readonly thread: number;
  readonly engine: SignatureEngine['kind'];
}

/** To a thread: take what is free of this batch. */
export interface VerifyRequest {
  readonly batch: number;
  readonly memory: SharedArrayBuffer;
}

/** To a thread: nothing more will come, so it ends by itself. */
export const END = 'end';

/** From a thread. `done`: it did some of the batch, and nothing is left for it. */
export type VerifyReport = { readonly kind: 'ready' } | { readonly kind: 'done'; readonly batch: number };
