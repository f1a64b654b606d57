/** A line of bare HTTP servers, each in a process of its own, that pass bytes on: see bare-relay-program.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchmarkRun } from '../frame/benchmark.ts';
import type { BareNews } from './bare-relay-program.ts';
import { plainEnvironment, stopProcess } from './node-process.ts';

export class BareLine {
  private readonly first: ChildProcess;
  private readonly last: ChildProcess;
  private readonly url: string;
  private readonly signal: AbortSignal;

  private constructor(first: ChildProcess, last: ChildProcess, url: string, signal: AbortSignal) {
    this.first = first;
    this.last = last;
    this.url = url;
    this.signal = signal;
  }

  /** Starts a line of so many servers. It ends with the benchmark. */
  static async start(servers: number, bench: BenchmarkRun): Promise<BareLine> {
    const { signal, scratch } = bench;
    const program = fileURLToPath(new URL('./bare-relay-program.js', import.meta.url));
    const line: ChildProcess[] = [];
    let url: string | undefined;
    // From the last one to the first, so that each knows the next.
    for (let left = servers; left > 0; left--) {
      const child = spawn(process.execPath, [program], {
        env: plainEnvironment(url === undefined ? {} : { NEXT_URL: url }),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      scratch.defer(() => stopProcess(child));
      const [news] = (await once(child, 'message', { signal })) as [BareNews];
      if (news.what !== 'ready') throw new Error('a bare server told of something before it was ready');
      url = news.url;
      line.unshift(child);
    }
    const [first] = line;
    const last = line.at(-1);
    if (first === undefined || last === undefined || url === undefined)
      throw new Error('a line of no servers');
    return new BareLine(first, last, url, signal);
  }

  /** Milliseconds from "all of it is at the first" to "all of it is at the last". */
  async relay(bytes: Uint8Array): Promise<number> {
    const { signal } = this;
    const [atFirst, atLast] = [this.first, this.last].map((child) => once(child, 'message', { signal }));
    const answer = await fetch(this.url, { method: 'POST', body: Uint8Array.from(bytes), signal });
    await answer.arrayBuffer();
    return arrivedMs(await atLast, bytes) - arrivedMs(await atFirst, bytes);
  }
}

function arrivedMs(message: unknown[] | undefined, sent: Uint8Array): number {
  const news = message?.[0] as BareNews | undefined;
  if (news?.what !== 'arrived' || news.bytes !== sent.length)
    throw new Error('a bare server did not get what was sent');
  return news.atMs;
}
