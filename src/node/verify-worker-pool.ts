/**
 * Threads that check signatures, so that a block of hundreds of them takes half the time on two cores, and the thread of the
 * node does something else meanwhile.
 *
 * A batch goes to all threads at once in shared memory ({@link SignatureBatch}); they take its checks one by one. Several
 * batches can be under way: a thread that finds nothing free in one goes on to the next. Threads start with the first
 * batch that is worth it, which this thread begins by itself until one of them is ready; idle, they do not hold the
 * process. A thread that dies is replaced, and the check that it had is done again: by another thread, or by this one if
 * the batch has lost a thread before. So every batch comes to its end, whatever happens to the threads.
 */
import { Worker } from 'node:worker_threads';
import type { Verifier } from '../chainstate/index.ts';
import type { SignatureCheck } from '../consensus/index.ts';
import { InProcessVerifier } from './in-process-verifier.ts';
import { SignatureBatch } from './signature-batch.ts';
import type { SignatureEngine } from './signature-engine.ts';
import {
  END,
  type VerifyReport,
  type VerifyRequest,
  type VerifyWorkerData,
} from './verify-worker-messages.ts';

export interface VerifyWorkerPoolOptions {
  readonly engine: SignatureEngine;
  /** How many threads, 1 … {@link MAX_VERIFY_THREADS}. */
  readonly threads: number;
  /** Smaller batches are done by this thread; default {@link MIN_POOL_CHECKS}. */
  readonly minChecks?: number;
  /** Told once, when the threads keep dying: no more are started, and this thread does what none of them does. */
  readonly onGivenUp?: (cause: Error | undefined) => void;
  /** A thread that has not ended by itself after so long is ended from outside; default {@link END_WITHIN_MS}. */
  readonly endWithinMs?: number;
  /** Starts one thread; default: verify-worker in its compiled form. */
  readonly startWorker?: (data: VerifyWorkerData) => Worker;
}

export const MAX_VERIFY_THREADS = 64;
/** From so many checks on the threads are faster for certain, even if they were asleep. */
export const MIN_POOL_CHECKS = 64;
/** Far more than a thread needs for what it has in hand, however busy the machine is. */
const END_WITHIN_MS = 10_000;
/** After so many deaths in a row without any work done in between, another thread would not fare better. */
const MAX_DEATHS_IN_A_ROW = 5;
/** By this number the thread of the node claims checks; those of the others are smaller. */
const THIS_THREAD = 0x7fffffff;

/**
 * A worker of Node 20 loads JavaScript only. From `dist/` it is the neighbouring file; from TypeScript source (vitest) it
 * is the twin in `dist/`, which `npm run build` must have made.
 */
function workerUrl(): URL {
  const here = import.meta.url;
  return new URL(here.endsWith('.ts') ? '../../dist/node/verify-worker.js' : './verify-worker.js', here);
}

function startVerifyWorker(workerData: VerifyWorkerData): Worker {
  // The flags of the process are for its own thread (loaders, test runners), not for this one.
  return new Worker(workerUrl(), { name: 'verify-worker', workerData, execArgv: [] });
}

interface PoolThread {
  readonly number: number;
  readonly worker: Worker;
  isReady: boolean;
  error: Error | undefined;
}

interface Job {
  readonly number: number;
  readonly batch: SignatureBatch;
  readonly settle: (firstInvalid: number) => void;
  readonly settled: Promise<number>;
  /** Threads that died with one of its checks in hand. */
  deaths: number;
}

export class VerifyWorkerPool implements Verifier {
  readonly name: string;
  readonly engine: SignatureEngine;
  readonly threads: number;
  private readonly options: VerifyWorkerPoolOptions;
  private readonly inline: InProcessVerifier;
  private readonly minChecks: number;
  private readonly pool = new Set<PoolThread>();
  /** Batches under way, in the order in which they came. */
  private readonly jobs = new Map<number, Job>();
  private lastJob = 0;
  private lastThread = 0;
  private deathsInARow = 0;
  private hasGivenUp = false;
  private isHelping = false;
  private isClosed = false;
  /** The threads are told to end: nothing is replaced any more. */
  private isEnding = false;

  /** @throws RangeError for a number of threads out of range */
  constructor(options: VerifyWorkerPoolOptions) {
    const { engine, threads, minChecks = MIN_POOL_CHECKS } = options;
    if (!Number.isInteger(threads) || threads < 1 || threads > MAX_VERIFY_THREADS)
      throw new RangeError(`${threads} is not a number of threads from 1 to ${MAX_VERIFY_THREADS}`);
    this.options = options;
    this.engine = engine;
    this.threads = threads;
    this.minChecks = minChecks;
    this.name = `${engine.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    this.inline = new InProcessVerifier(engine);
  }

  /** Threads that exist now, idle or not. */
  get threadsAlive(): number {
    return this.pool.size;
  }

  /** @throws Error after `close` */
  async firstInvalid(checks: readonly SignatureCheck[]): Promise<number> {
    if (this.isClosed) throw new Error('the verifier is closed');
    if (checks.length < this.minChecks || checks.length === 0) return this.inline.firstInvalid(checks);

    const batch = SignatureBatch.pack(checks);
    let settle: (firstInvalid: number) => void = () => undefined;
    const settled = new Promise<number>((resolve) => (settle = resolve));
    const job: Job = { number: ++this.lastJob, batch, settle, settled, deaths: 0 };
    this.jobs.set(job.number, job);
    if (!this.settleIfDone(job)) {
      for (const thread of this.pool) this.give(thread, job);
      this.startMissingThreads();
      this.help();
    }
    return settled;
  }

  /** Finishes the batches under way, then ends the threads. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.jobs.values()].map(({ settled }) => settled));
    this.isEnding = true;
    await Promise.all([...this.pool].map((thread) => this.end(thread)));
  }

  /**
   * Lets a thread end by itself. A verdict can be known while a thread has another check in hand, and one that is ended from outside in
   * the middle of a native check takes the whole process along: the addon throws in C++, where nobody can catch it.
   */
  private async end({ worker }: PoolThread): Promise<void> {
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage(END);
    const timer = setTimeout(() => {
      worker.terminate().catch(() => undefined);
    }, this.options.endWithinMs ?? END_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  // --- Threads ----------------------------------------------------------------------------------------------------

  private startMissingThreads(): void {
    while (this.pool.size < this.threads && !this.hasGivenUp) {
      try {
        this.startThread();
      } catch (error) {
        this.noteDeath(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  private startThread(): void {
    const { startWorker = startVerifyWorker } = this.options;
    const number = ++this.lastThread;
    const worker = startWorker({ thread: number, engine: this.engine.kind });
    const thread: PoolThread = { number, worker, isReady: false, error: undefined };
    worker.on('message', (report: VerifyReport) => this.onReport(thread, report));
    worker.on('error', (error: Error) => (thread.error = error));
    worker.on('exit', () => this.onExit(thread));
    this.pool.add(thread);
    for (const job of this.jobs.values()) this.give(thread, job);
    this.holdProcess(thread);
  }

  private give({ worker }: PoolThread, { number, batch }: Job): void {
    const request: VerifyRequest = { batch: number, memory: batch.memory };
    worker.postMessage(request);
    worker.ref();
  }

  /** While there is work, the process has something to wait for. */
  private holdProcess({ worker }: PoolThread): void {
    if (this.jobs.size > 0) worker.ref();
    else worker.unref();
  }

  private onReport(thread: PoolThread, report: VerifyReport): void {
    if (report.kind === 'ready') {
      thread.isReady = true;
      return;
    }
    this.deathsInARow = 0;
    const job = this.jobs.get(report.batch);
    if (job !== undefined) this.settleIfDone(job);
  }

  private onExit(thread: PoolThread): void {
    this.pool.delete(thread);
    if (this.isEnding) return;
    this.noteDeath(thread.error);
    for (const job of this.jobs.values()) {
      // What it told before it died may still be on its way; what it wrote is there.
      if (job.batch.release(thread.number)) job.deaths++;
      if (!this.settleIfDone(job)) for (const other of this.pool) this.give(other, job);
    }
    if (this.jobs.size > 0) this.startMissingThreads();
    this.help();
  }

  private noteDeath(error: Error | undefined): void {
    if (++this.deathsInARow < MAX_DEATHS_IN_A_ROW || this.hasGivenUp) return;
    this.hasGivenUp = true;
    this.options.onGivenUp?.(error);
  }

  // --- Work of this thread ------------------------------------------------------------------------------------------

  /** Does what no thread will do: all of it while none is ready, and what has killed threads more than once. */
  private help(): void {
    if (this.isHelping) return;
    this.isHelping = true;
    const { verify, checksAtOnce } = this.engine;
    const someThreadIsReady = (): boolean => [...this.pool].some(({ isReady }) => isReady);
    const helpOn = (): void => {
      for (const job of this.jobs.values()) {
        if (someThreadIsReady() && job.deaths < 2) continue;
        const done = job.batch.verify(THIS_THREAD, verify, checksAtOnce);
        this.settleIfDone(job);
        if (done === 0) continue;
        // Others get their turn in between: the API stays awake, and threads can say that they are ready.
        setImmediate(helpOn);
        return;
      }
      this.isHelping = false;
    };
    helpOn();
  }

  private settleIfDone(job: Job): boolean {
    const verdict = job.batch.verdict();
    if (verdict === undefined) return false;
    this.jobs.delete(job.number);
    if (this.jobs.size === 0) for (const thread of this.pool) this.holdProcess(thread);
    job.settle(verdict);
    return true;
  }
}
