/**
 * Searches a range of nonces slice by slice. Between two slices the thread looks at its messages, so it can be told to
 * stop: a slice is as long as a cancel may take. Its size follows the kernel's speed, whatever kernel and machine.
 *
 *   │ slice │ slice │ pause │ slice │ slice │ pause │ …        with share 1 there are no pauses
 */
import type { HashKernel } from './hash-kernel.ts';
import type { HashesDone, HashWorkerRequest, SearchReport } from './hash-worker-messages.ts';

/** What the thread offers. Times in milliseconds. */
export interface SliceTimers {
  nowMs(): number;
  /** Calls back once waiting messages have been handled, and not before `delayMs`. @returns a function that calls it off */
  schedule(callback: () => void, delayMs: number): () => void;
}

const FIRST_SLICE_NONCES = 256;
const MAX_SLICE_NONCES = 2 ** 20;
/**
 * How long a slice should take. A cancel waits for it, half of it on average, and is to take less than a millisecond in all;
 * looking at the messages and starting a scan cost some three microseconds.
 */
const SLICE_MS = 0.4;
/** Reports come about this often while a search goes on. */
const REPORT_EVERY_MS = 200;
/** Pauses shorter than this are saved up: timers are not precise enough for them. */
const MIN_PAUSE_MS = 5;

interface RunningSearch {
  readonly request: Extract<HashWorkerRequest, { kind: 'search' }>;
  nextNonce: number;
  left: number;
  hashesUnreported: number;
  busyMsUnreported: number;
  lastReportMs: number;
}

export class SliceSearch {
  private readonly kernel: HashKernel;
  private readonly report: (report: SearchReport) => void;
  private readonly timers: SliceTimers;
  private running: RunningSearch | undefined = undefined;
  private callOff: () => void = () => undefined;
  private sliceNonces = FIRST_SLICE_NONCES;
  /** Pause that the share demands and that was not taken yet. Negative after a pause that lasted too long. */
  private pauseOwedMs = 0;

  constructor(kernel: HashKernel, report: (report: SearchReport) => void, timers: SliceTimers) {
    this.kernel = kernel;
    this.report = report;
    this.timers = timers;
  }

  handle(request: HashWorkerRequest): void {
    switch (request.kind) {
      case 'search':
        this.cancel();
        this.start(request);
        break;
      case 'cancel':
        // A cancel for an older search may arrive after the next search did: it means nothing any more.
        if (this.running?.request.search === request.search) this.cancel();
        break;
    }
  }

  private start(request: RunningSearch['request']): void {
    this.pauseOwedMs = 0;
    this.running = {
      request,
      nextNonce: request.firstNonce,
      left: request.count,
      hashesUnreported: 0,
      busyMsUnreported: 0,
      lastReportMs: this.timers.nowMs(),
    };
    this.continueAfter(0);
  }

  private cancel(): void {
    const running = this.running;
    if (running === undefined) return;
    this.callOff();
    this.running = undefined;
    this.report({ kind: 'cancelled', search: running.request.search, ...this.takeUnreported(running) });
  }

  private continueAfter(delayMs: number): void {
    this.callOff = this.timers.schedule(() => this.runSlice(), delayMs);
  }

  private runSlice(): void {
    const running = this.running;
    if (running === undefined) return;
    const { request } = running;

    const startMs = this.timers.nowMs();
    const count = Math.min(this.sliceNonces, running.left);
    const { nonce, hashesDone } = this.kernel.scan(request, running.nextNonce, count);
    const endMs = this.timers.nowMs();

    running.nextNonce += hashesDone;
    running.left -= hashesDone;
    running.hashesUnreported += hashesDone;
    running.busyMsUnreported += endMs - startMs;

    if (nonce !== undefined || running.left === 0) {
      this.running = undefined;
      this.report({ kind: 'finished', search: request.search, nonce, ...this.takeUnreported(running) });
      return;
    }
    if (endMs - running.lastReportMs >= REPORT_EVERY_MS) {
      running.lastReportMs = endMs;
      this.report({ kind: 'progress', search: request.search, ...this.takeUnreported(running) });
    }
    this.adaptSlice(endMs - startMs);
    this.pauseOwedMs += (endMs - startMs) * (1 / request.share - 1);
    this.pauseOrContinue();
  }

  /** Doubles at most, because the first calls of a kernel are slow; shrinks at once, because cancelling waits for it. */
  private adaptSlice(tookMs: number): void {
    const factor = Math.min(2, SLICE_MS / tookMs);
    this.sliceNonces = Math.min(MAX_SLICE_NONCES, Math.max(1, Math.floor(this.sliceNonces * factor)));
  }

  private pauseOrContinue(): void {
    if (this.pauseOwedMs < MIN_PAUSE_MS) {
      this.continueAfter(0);
      return;
    }
    const pausedAtMs = this.timers.nowMs();
    this.callOff = this.timers.schedule(() => {
      this.pauseOwedMs -= this.timers.nowMs() - pausedAtMs;
      this.runSlice();
    }, this.pauseOwedMs);
  }

  private takeUnreported(running: RunningSearch): HashesDone {
    const bestHash = this.kernel.takeRecord?.();
    const done = { hashes: running.hashesUnreported, busyMs: running.busyMsUnreported };
    running.hashesUnreported = 0;
    running.busyMsUnreported = 0;
    return bestHash === undefined ? done : { ...done, bestHash };
  }
}
