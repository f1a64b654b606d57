/**
 * A kernel that also remembers how close the search came: the lowest hash so far.
 *
 * That costs next to nothing. The kernel inside is asked for a hash below the *record* instead of one below the target; each
 * find is the next record. Records become rare quickly (n hashes set about ln n of them), and the target is the last one:
 *
 *   2^256 ── record ─── record ─────── record ──── target ── 0
 */
// By name, not through the index: whatever this file needs, each hashing thread has to load when it starts.
import { sha256d } from '../consensus/hash.ts';
import {
  checkScan,
  type HashJob,
  type HashKernel,
  headerWithNonce,
  isAtMost,
  type ScanResult,
  TARGET_BYTES,
} from './hash-kernel.ts';

export class RecordKernel implements HashKernel {
  readonly name: string;
  private readonly kernel: HashKernel;
  private job: HashJob | undefined = undefined;
  private record: Uint8Array | undefined = undefined;
  private isNew = false;

  constructor(kernel: HashKernel) {
    this.kernel = kernel;
    this.name = kernel.name;
  }

  scan(job: HashJob, firstNonce: number, count: number): ScanResult {
    checkScan(job, firstNonce, count);
    this.beginUnlessBegun(job);
    for (let done = 0; done < count;) {
      const limit = this.limitFor(job);
      const asked = { header: job.header, target: limit };
      const { nonce, hashesDone } = this.kernel.scan(asked, firstNonce + done, count - done);
      done += hashesDone;
      if (nonce === undefined) break;
      const hash = sha256d(headerWithNonce(job, nonce));
      if (this.record === undefined || isAtMost(hash, this.record)) {
        this.record = hash;
        this.isNew = true;
      }
      if (isAtMost(hash, job.target)) return { nonce, hashesDone: done };
    }
    return { nonce: undefined, hashesDone: count };
  }

  /** The lowest hash of this header, when it has become lower since the last call; else undefined. */
  takeRecord(): Uint8Array | undefined {
    if (!this.isNew) return undefined;
    this.isNew = false;
    return this.record;
  }

  /** Ranges of one header are one search, and keep their record. */
  private beginUnlessBegun(job: HashJob): void {
    if (job === this.job) return;
    const isSame = this.job !== undefined && isEqual(job.header, this.job.header);
    this.job = job;
    if (isSame) return;
    this.record = undefined;
    this.isNew = false;
  }

  /** Never below the target, so that no find is missed. */
  private limitFor(job: HashJob): Uint8Array {
    const { record = ANYTHING } = this;
    return isAtMost(record, job.target) ? job.target : record;
  }
}

const ANYTHING = new Uint8Array(TARGET_BYTES).fill(0xff);

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
