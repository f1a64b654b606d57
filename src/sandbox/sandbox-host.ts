/**
 * The node's end: at most one sandbox, in a thread of its own. So the node stays quick whatever goes on in there, the memory
 * comes back at once when it ends, and when it dies, it dies alone.
 */
import type { Worker } from 'node:worker_threads';
import type { SandboxAction, SandboxAnswer } from '../protocol/index.ts';
import { SandboxError } from './sandbox-error.ts';
import type { SandboxCall, SandboxReport } from './sandbox-messages.ts';
import type { SandboxState } from './sandbox-state.ts';

export interface SandboxHostOptions {
  /** Starts the thread; it ends when it is terminated. */
  readonly startThread: () => Worker;
  readonly nowMs: () => number;
  readonly log: { info(details: object, text: string): void; warn(details: object, text: string): void };
  /** Nobody asked for so long: it ends. Default 10 minutes. */
  readonly idleMs?: number;
  /** A thread that does not answer for so long is ended. Default 150 s for actions, 10 s to tell how it stands, 30 s to start. */
  readonly patienceMs?: { readonly action?: number; readonly state?: number; readonly start?: number };
}

interface Waiting {
  readonly resolve: (state: SandboxState) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One thread, from its start to its end. */
interface Run {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  readonly started: Promise<void>;
  readonly settleStart: (error?: Error) => void;
  idleTimer: NodeJS.Timeout | undefined;
  endsAtMs: number;
  isEnded: boolean;
}

const IDLE_MS = 10 * 60_000;

export class SandboxHost {
  private readonly options: SandboxHostOptions;
  private readonly idleMs: number;
  private run: Run | undefined = undefined;
  private calls = 0;
  private isClosed = false;
  private closed: Promise<void> | undefined = undefined;
  /** Why there is none any more, as the end of a sentence. */
  private lastEnd: string | undefined = undefined;

  constructor(options: SandboxHostOptions) {
    this.options = options;
    this.idleMs = options.idleMs ?? IDLE_MS;
  }

  get isRunning(): boolean {
    return this.run !== undefined;
  }

  /** @throws SandboxError when one is running, or it does not start */
  async start(): Promise<SandboxAnswer> {
    if (this.isClosed) throw new SandboxError('sandbox-failed', 'the node is stopping');
    if (this.run !== undefined)
      throw new SandboxError('sandbox-runs', 'a sandbox is running already; end it before you start another');
    const run = this.open();
    this.run = run;
    await run.started;
    this.options.log.info({}, 'sandbox started');
    return this.state();
  }

  /** @throws SandboxError */
  state(): Promise<SandboxAnswer> {
    return this.call(undefined, this.options.patienceMs?.state ?? 10_000);
  }

  /** Does something and waits for it. @throws SandboxError */
  act(action: SandboxAction): Promise<SandboxAnswer> {
    return this.call(action, this.options.patienceMs?.action ?? 150_000);
  }

  /** Ends it, whatever it does. @returns whether there was one */
  async end(): Promise<boolean> {
    const { run } = this;
    if (run === undefined) return false;
    await this.finish(run, 'it was ended');
    return true;
  }

  /** Ends it for good. Whoever asks again waits for the same end. */
  close(): Promise<void> {
    this.isClosed = true;
    this.closed ??= this.end().then(() => undefined);
    return this.closed;
  }

  private open(): Run {
    const worker = this.options.startThread();
    let settleStart: Run['settleStart'] = () => undefined;
    const started = new Promise<void>((resolve, reject) => {
      settleStart = (error) => (error === undefined ? resolve() : reject(error));
    });
    const run: Run = {
      ...{ worker, started, settleStart },
      waiting: new Map(),
      idleTimer: undefined,
      endsAtMs: 0,
      isEnded: false,
    };
    const startTimer = setTimeout(
      () => this.fail(run, 'it did not start in time'),
      this.options.patienceMs?.start ?? 30_000,
    );
    started.then(
      () => clearTimeout(startTimer),
      () => clearTimeout(startTimer),
    );
    worker.on('message', (report: SandboxReport) => this.hear(run, report));
    worker.on('error', (error) => this.fail(run, `it broke: ${error.message}`));
    worker.on('exit', () => this.fail(run, 'its thread ended'));
    return run;
  }

  private async call(action: SandboxAction | undefined, patienceMs: number): Promise<SandboxAnswer> {
    const { run } = this;
    if (run === undefined) {
      const last = this.lastEnd === undefined ? '' : ` (the last one: ${this.lastEnd})`;
      throw new SandboxError('no-sandbox', `no sandbox is running${last}`);
    }
    await run.started;
    this.keepAwake(run);
    const number = ++this.calls;
    const state = await new Promise<SandboxState>((resolve, reject) => {
      if (run.isEnded) {
        reject(new SandboxError('no-sandbox', 'the sandbox has just ended'));
        return;
      }
      const timer = setTimeout(() => this.fail(run, 'it did not answer in time'), patienceMs);
      run.waiting.set(number, { resolve, reject, timer });
      run.worker.postMessage({ number, action } satisfies SandboxCall);
    });
    this.keepAwake(run);
    return { ...state, ends_at: run.endsAtMs / 1_000 };
  }

  private hear(run: Run, report: SandboxReport): void {
    switch (report.kind) {
      case 'ready':
        run.settleStart();
        return;
      case 'failed':
        this.fail(run, report.message);
        return;
      case 'done':
        this.take(run, report.number)?.resolve(report.state);
        return;
      case 'refused':
        this.take(run, report.number)?.reject(new SandboxError(report.reason, report.message));
        return;
    }
  }

  private take(run: Run, number: number): Waiting | undefined {
    const waiting = run.waiting.get(number);
    run.waiting.delete(number);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  /** Somebody is interested: it lives on for a while. */
  private keepAwake(run: Run): void {
    if (run.isEnded) return;
    clearTimeout(run.idleTimer);
    run.endsAtMs = this.options.nowMs() + this.idleMs;
    // An action may take longer than nobody asks; it is over some time, and then the clock starts again.
    run.idleTimer = setTimeout(() => {
      if (run.waiting.size > 0) this.keepAwake(run);
      else
        this.finishInBackground(run, `nobody asked for it for ${Math.round(this.idleMs / 60_000)} minutes`);
    }, this.idleMs).unref();
  }

  private fail(run: Run, why: string): void {
    if (run.isEnded) return;
    this.options.log.warn({ why }, 'the sandbox came to an end by itself');
    this.finishInBackground(run, why);
  }

  private finishInBackground(run: Run, why: string): void {
    this.finish(run, why).catch((error: unknown) =>
      this.options.log.warn({ err: error }, 'the thread of the sandbox could not be ended'),
    );
  }

  private async finish(run: Run, why: string): Promise<void> {
    if (run.isEnded) return;
    run.isEnded = true;
    clearTimeout(run.idleTimer);
    if (this.run === run) this.run = undefined;
    this.lastEnd = why;
    const error = new SandboxError('sandbox-failed', `the sandbox has ended: ${why}`);
    run.settleStart(error);
    // Nobody may be waiting for the start any more.
    run.started.catch(() => undefined);
    for (const number of [...run.waiting.keys()]) this.take(run, number)?.reject(error);
    await run.worker.terminate();
    this.options.log.info({ why }, 'sandbox ended');
  }
}
