/** What the machine has to give at this moment: threads that check signatures and share nothing, side by side. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SignatureCheck } from '../../src/consensus/index.ts';
import type { BenchmarkRun } from '../frame/benchmark.ts';

export class SignatureLoops {
  private readonly workers: readonly Worker[];
  private readonly checks: number;

  constructor(bench: BenchmarkRun, threads: number, checks: readonly SignatureCheck[]) {
    const program = new URL('./signature-loop-worker.js', import.meta.url);
    this.checks = threads * checks.length;
    this.workers = Array.from({ length: threads }, () => new Worker(program, { workerData: checks }));
    bench.scratch.defer(async () => {
      await Promise.all(this.workers.map((worker) => worker.terminate()));
    });
  }

  /** Every thread does all checks once; tells checks per second of them together. */
  async measure(): Promise<number> {
    const startMs = performance.now();
    await Promise.all(
      this.workers.map((worker) => {
        worker.postMessage('go');
        return once(worker, 'message');
      }),
    );
    return (this.checks * 1_000) / (performance.now() - startMs);
  }
}
