/**
 * Threads that search nonces, so that the thread of the node stays free.
 *
 * The pool gives each thread a range of nonces; the thread goes through it in small slices (slice-search.ts) and comes
 * back for the next one. Threads are started when they are first needed and kept. While they idle they do not hold the
 * process. One that dies is replaced, and its range searched again.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { checkJob, NONCE_COUNT, nonceWorks } from './hash-kernel.ts';
import type { HashWorkerReport, HashWorkerRequest, SearchReport } from './hash-worker-messages.ts';
import { type NonceRange, NonceRanges } from './nonce-ranges.ts';
import {
  checkShare,
  checkThreads,
  HashWorkerError,
  MAX_HASH_THREADS,
  type NonceSearch,
  type NonceSearchResult,
  type ProofOfWork,
} from './proof-of-work.ts';

export interface HashWorkerPoolOptions {
  /** Threads, 1 … 256; default: the number of cores less one for the node itself, at least 1. */
  readonly threads?: number;
  /** Nonces that a thread gets at a time; default 2^24, some seconds of work. */
  readonly rangeNonces?: number;
  /** Starts one thread; default: hash-worker in its compiled form. */
  readonly startWorker?: () => Worker;
}

const DEFAULT_RANGE_NONCES = 2 ** 24;
/** After so many deaths without a single report in between, another thread would not fare better. */
const MAX_DEATHS_IN_A_ROW = 5;

/** Cores less one, at least 1. */
export function defaultHashThreads(): number {
  return Math.min(MAX_HASH_THREADS, Math.max(1, availableParallelism() - 1));
}

/**
 * A worker of Node 20 loads JavaScript only. From `dist/` it is the neighbouring file; from TypeScript source (vitest) it
 * is the twin in `dist/`, which `npm run build` must have made.
 */
function workerUrl(): URL {
  const here = import.meta.url;
  return new URL(here.endsWith('.ts') ? '../../dist/mining/hash-worker.js' : './hash-worker.js', here);
}

function startHashWorker(): Worker {
  // The flags of the process are for its own thread (loaders, test runners), not for this one.
  return new Worker(workerUrl(), { name: 'hash-worker', execArgv: [] });
}

interface PoolThread {
  readonly worker: Worker;
  /** What it is searching; undefined while it idles. */
  range: NonceRange | undefined;
  error: Error | undefined;
}

type Outcome = NonceSearchResult | HashWorkerError;

interface RunningSearch {
  readonly number: number;
  readonly request: NonceSearch;
  readonly ranges: NonceRanges;
  readonly settle: (outcome: Outcome) => void;
  /** Decided, but threads may still be in their last slice. */
  outcome: Outcome | undefined;
  deathsInARow: number;
}

export class HashWorkerPool implements ProofOfWork {
  readonly threads: number;
  private readonly rangeNonces: number;
  private readonly startWorker: () => Worker;
  private readonly pool = new Set<PoolThread>();
  private kernelName: string | undefined = undefined;
  private running: RunningSearch | undefined = undefined;
  private searches = 0;
  private closed = false;

  /** @throws RangeError for a number of threads out of range */
  constructor(options: HashWorkerPoolOptions = {}) {
    this.threads = checkThreads(options.threads ?? defaultHashThreads());
    this.rangeNonces = options.rangeNonces ?? DEFAULT_RANGE_NONCES;
    this.startWorker = options.startWorker ?? startHashWorker;
  }

  get kernel(): string | undefined {
    return this.kernelName;
  }

  /** Threads that exist now, idle or not. */
  get threadsAlive(): number {
    return this.pool.size;
  }

  async search(request: NonceSearch): Promise<NonceSearchResult> {
    checkJob(request);
    const { firstNonce = 0, nonceCount = NONCE_COUNT, share = 1 } = request;
    const threads = checkThreads(request.threads ?? this.threads);
    checkNonces(firstNonce, nonceCount);
    checkShare(share);
    if (this.closed) throw new Error('the pool of hashing threads is closed');
    if (this.running !== undefined) throw new Error('invariant: the pool of hashing threads is in use');
    if (request.signal.aborted) return { kind: 'aborted' };

    // Small spaces are shared out too, so that all threads take part.
    const rangeNonces = Math.max(1, Math.min(this.rangeNonces, Math.ceil(nonceCount / threads)));
    const abort = (): void => this.decide({ kind: 'aborted' });
    const outcome = await new Promise<Outcome>((settle) => {
      this.running = {
        number: ++this.searches,
        request,
        ranges: new NonceRanges(firstNonce, nonceCount, rangeNonces),
        settle,
        outcome: undefined,
        deathsInARow: 0,
      };
      request.signal.addEventListener('abort', abort);
      this.putToWork(threads);
      this.settleIfIdle();
    });
    request.signal.removeEventListener('abort', abort);
    if (outcome instanceof HashWorkerError) throw outcome;
    return outcome;
  }

  /** Ends a running search (as aborted) and all threads. */
  async close(): Promise<void> {
    this.closed = true;
    this.decide({ kind: 'aborted' });
    await Promise.all([...this.pool].map(({ worker }) => worker.terminate()));
  }

  // --- Threads ----------------------------------------------------------------------------------------------------

  /** Gives work to as many threads as there are ranges for, starting those that are missing. */
  private putToWork(threads: number): void {
    const idle = [...this.pool].filter(({ range }) => range === undefined);
    try {
      for (let count = 0; count < threads; count++) {
        const range = this.nextRange();
        if (range === undefined) break;
        this.start(idle[count] ?? this.startThread(), range);
      }
    } catch (error) {
      this.decide(new HashWorkerError('a hashing thread could not be started', { cause: error }));
    }
  }

  private startThread(): PoolThread {
    const thread: PoolThread = { worker: this.startWorker(), range: undefined, error: undefined };
    thread.worker.unref();
    thread.worker.on('message', (report: HashWorkerReport) => this.onReport(thread, report));
    thread.worker.on('error', (error: Error) => (thread.error = error));
    thread.worker.on('exit', () => this.onExit(thread));
    this.pool.add(thread);
    return thread;
  }

  /** What is still to be searched; undefined when nothing is, or when the search is decided. */
  private nextRange(): NonceRange | undefined {
    return this.running?.outcome === undefined ? this.running?.ranges.take() : undefined;
  }

  private start(thread: PoolThread, range: NonceRange): void {
    if (this.running === undefined) return;
    const { number, request } = this.running;
    const { header, target, share = 1 } = request;
    thread.range = range;
    // While it works, the process has something to wait for.
    thread.worker.ref();
    this.tell(thread, { kind: 'search', search: number, header, target, share, ...range });
  }

  private rest(thread: PoolThread): void {
    thread.range = undefined;
    thread.worker.unref();
  }

  private tell(thread: PoolThread, request: HashWorkerRequest): void {
    thread.worker.postMessage(request);
  }

  private onReport(thread: PoolThread, report: HashWorkerReport): void {
    if (report.kind === 'ready') this.kernelName = report.kernel;
    else this.onSearchReport(thread, report);
  }

  private onSearchReport(thread: PoolThread, report: SearchReport): void {
    const running = this.running;
    if (running?.number !== report.search || thread.range === undefined) return;
    running.deathsInARow = 0;
    const { hashes, busyMs, bestHash } = report;
    running.request.onProgress?.({ hashes, busyMs, ...(bestHash === undefined ? {} : { bestHash }) });

    switch (report.kind) {
      case 'progress':
        return;
      case 'finished':
        this.rest(thread);
        if (report.nonce !== undefined) this.decide(checkFound(running.request, report.nonce));
        else this.putToWork(1);
        break;
      case 'cancelled':
        this.rest(thread);
        break;
    }
    this.settleIfIdle();
  }

  private onExit(thread: PoolThread): void {
    this.pool.delete(thread);
    const { range } = thread;
    const running = this.running;
    if (range === undefined || running === undefined) return;
    if (running.outcome === undefined) {
      running.ranges.giveBack(range);
      running.deathsInARow++;
      if (running.deathsInARow < MAX_DEATHS_IN_A_ROW) this.putToWork(1);
      else {
        const why = thread.error?.message ?? 'no reason was given';
        this.decide(new HashWorkerError(`the hashing threads keep dying: ${why}`, { cause: thread.error }));
      }
    }
    this.settleIfIdle();
  }

  // --- The end of a search ------------------------------------------------------------------------------------------

  /** Calls the threads back. The first decision stands. */
  private decide(outcome: Outcome): void {
    const running = this.running;
    if (running === undefined || running.outcome !== undefined) return;
    running.outcome = outcome;
    for (const thread of this.pool) {
      if (thread.range !== undefined) this.tell(thread, { kind: 'cancel', search: running.number });
    }
    this.settleIfIdle();
  }

  /** A search is over when no thread works on it any more: then nothing of it is left behind. */
  private settleIfIdle(): void {
    const running = this.running;
    if (running === undefined) return;
    for (const { range } of this.pool) if (range !== undefined) return;
    this.running = undefined;
    running.settle(running.outcome ?? { kind: 'exhausted' });
  }
}

/** A second look at what a thread found: a kernel that errs must not pass for bad luck. */
function checkFound(job: NonceSearch, nonce: number): Outcome {
  return nonceWorks(job, nonce)
    ? { kind: 'found', nonce }
    : new HashWorkerError(`a hashing thread found nonce ${nonce}, which does not meet the target`);
}

function checkNonces(firstNonce: number, nonceCount: number): void {
  const areNonces = Number.isInteger(firstNonce) && firstNonce >= 0 && firstNonce < NONCE_COUNT;
  if (areNonces && Number.isInteger(nonceCount) && nonceCount >= 0 && nonceCount <= NONCE_COUNT) return;
  throw new RangeError(`${nonceCount} nonces from ${firstNonce} on are not within 0 … 2^32 − 1`);
}
