/**
 * Signature checks in memory that several threads share, and who does which of them.
 *
 *   limit │ state of check 0, 1, 2 … │ digest, signature, key of check 0 │ … of check 1 │ …
 *   4 B   │ 4 B each                 │ 32 + 64 + 33 B each
 *
 * A thread *claims* a check by swapping its state from FREE to the thread's own number, does it, and writes the result in
 * its place. So nobody hands out work: whoever is free takes the next check, all threads are done within one check of each
 * other, and a busy main thread keeps nobody waiting. A claim costs some 0.1 µs, a check 50 µs. When a thread dies, its
 * number tells which check it had.
 */
import type { SignatureCheck } from '../consensus/index.ts';
import { DIGEST_BYTES, hasRightLengths, PUBKEY_BYTES, SIGNATURE_BYTES } from './signature-engine.ts';

/** States of a check; every positive number is that of the thread which does it. */
const FREE = 0;
const HOLDS = -1;
const FAILS = -2;

const SIGNATURE_AT = DIGEST_BYTES;
const PUBKEY_AT = SIGNATURE_AT + SIGNATURE_BYTES;
const CHECK_BYTES = PUBKEY_AT + PUBKEY_BYTES;
const INT_BYTES = 4;

export class SignatureBatch {
  /** What is sent to the threads. */
  readonly memory: SharedArrayBuffer;
  /** How many checks there are. */
  readonly size: number;
  /** One number: checks after this one do not matter any more, since an earlier one fails. */
  private readonly limit: Int32Array;
  private readonly states: Int32Array;
  private readonly bytes: Uint8Array;
  /** All before this one hold, as far as was looked. */
  private looked = 0;

  /** @param memory that of a batch that was packed, perhaps by another thread */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.size = (memory.byteLength - INT_BYTES) / (INT_BYTES + CHECK_BYTES);
    this.limit = new Int32Array(memory, 0, 1);
    this.states = new Int32Array(memory, INT_BYTES, this.size);
    this.bytes = new Uint8Array(memory, INT_BYTES + INT_BYTES * this.size);
  }

  /** Copies checks into shared memory. One that has a wrong length fails at once. */
  static pack(checks: readonly SignatureCheck[]): SignatureBatch {
    const memory = new SharedArrayBuffer(INT_BYTES + checks.length * (INT_BYTES + CHECK_BYTES));
    const batch = new SignatureBatch(memory);
    batch.limit[0] = checks.length - 1;
    let at = 0;
    for (const [index, check] of checks.entries()) {
      if (hasRightLengths(check)) {
        batch.bytes.set(check.digest, at);
        batch.bytes.set(check.compactSignature, at + SIGNATURE_AT);
        batch.bytes.set(check.pubkey, at + PUBKEY_AT);
      } else batch.states[index] = FAILS;
      at += CHECK_BYTES;
    }
    return batch;
  }

  /**
   * Claims and does what is still free, lowest first.
   * @param thread its number, from 1
   * @param atMost checks
   * @returns how many it did
   */
  verify(thread: number, verifyOne: (check: SignatureCheck) => boolean, atMost = Infinity): number {
    let done = 0;
    // Native code and shared memory do not always go together, and there is no need to find out: each check is copied.
    const own = new Uint8Array(CHECK_BYTES);
    const check: SignatureCheck = {
      digest: own.subarray(0, SIGNATURE_AT),
      compactSignature: own.subarray(SIGNATURE_AT, PUBKEY_AT),
      pubkey: own.subarray(PUBKEY_AT),
    };
    for (let index = 0; index < this.size && done < atMost; index++) {
      if (index > Atomics.load(this.limit, 0)) break;
      if (Atomics.load(this.states, index) !== FREE) continue;
      if (Atomics.compareExchange(this.states, index, FREE, thread) !== FREE) continue;
      own.set(this.bytes.subarray(index * CHECK_BYTES, (index + 1) * CHECK_BYTES));
      const holds = verifyOne(check);
      // Two threads may overwrite each other's limit: then some checks are done for nothing, and no more.
      if (!holds && index < Atomics.load(this.limit, 0)) Atomics.store(this.limit, 0, index);
      Atomics.store(this.states, index, holds ? HOLDS : FAILS);
      done++;
    }
    return done;
  }

  /** Makes the check free again that a dead thread had claimed; tells whether it had one. */
  release(thread: number): boolean {
    let had = false;
    for (let index = 0; index < this.size; index++) {
      if (Atomics.compareExchange(this.states, index, thread, FREE) === thread) had = true;
    }
    return had;
  }

  /** Index of the first check that fails, −1 when all hold; undefined while that is not certain. */
  verdict(): number | undefined {
    for (; this.looked < this.size; this.looked++) {
      const state = Atomics.load(this.states, this.looked);
      if (state === FAILS) return this.looked;
      if (state !== HOLDS) return undefined;
    }
    return -1;
  }
}
