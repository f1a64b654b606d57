/** A flood of requests from a process of its own: see flood-program.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchmarkRun } from '../frame/benchmark.ts';
import type { FloodNews, FloodOrder, FloodResult } from './flood-program.ts';
import { plainEnvironment, stopProcess } from './node-process.ts';

export class Flood {
  private readonly child: ChildProcess;
  private readonly signal: AbortSignal;
  private result: Promise<FloodResult> | undefined = undefined;

  private constructor(child: ChildProcess, signal: AbortSignal) {
    this.child = child;
    this.signal = signal;
  }

  /** Starts the process; nothing is asked for yet. It ends with the benchmark. */
  static async start(bench: BenchmarkRun): Promise<Flood> {
    const program = fileURLToPath(new URL('./flood-program.js', import.meta.url));
    const child = spawn(process.execPath, [program], {
      env: plainEnvironment({}),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    bench.scratch.defer(() => stopProcess(child));
    await once(child, 'message', { signal: bench.signal });
    return new Flood(child, bench.signal);
  }

  /** Asks over and over, until {@link stop}. */
  begin(plan: {
    readonly port: number;
    readonly paths: readonly string[];
    readonly connections: number;
  }): void {
    this.result = this.nextResult();
    this.result.catch(() => undefined); // told to whoever stops it
    this.tell({ what: 'begin', ...plan });
  }

  async stop(): Promise<FloodResult> {
    if (this.result === undefined) throw new Error('the flood has not begun');
    this.tell({ what: 'stop' });
    return this.result;
  }

  private async nextResult(): Promise<FloodResult> {
    const [news] = (await once(this.child, 'message', { signal: this.signal })) as [FloodNews];
    if (news.what !== 'result')
      throw new Error(`the flood failed: ${news.what === 'failed' ? news.why : news.what}`);
    return news.result;
  }

  private tell(order: FloodOrder): void {
    this.child.send(order);
  }
}
