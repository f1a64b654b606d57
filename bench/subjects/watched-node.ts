/** A node in a process of its own of which we learn what happens in it, to the fraction of a millisecond. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../../src/protocol/index.ts';
import type { BenchmarkRun } from '../frame/benchmark.ts';
import type { DatabasePlace } from './databases.ts';
import { plainEnvironment, stopProcess } from './node-process.ts';
import type { NodeNews, NodeQuestion } from './watched-node-program.ts';

/** Nobody waits longer than this for a node that tells nothing. */
const SILENCE_MS = 120_000;
const MOST_OUTPUT_LINES = 50;

/** Bytes of bodies of the calls that a node made to others, both ways, since its start. */
export interface WireBytes {
  readonly sent: number;
  readonly received: number;
}

/** How blocks came that were announced to it, since its start. */
export interface BlockArrivals {
  readonly fromMempool: number;
  readonly someFetched: number;
  readonly whole: number;
}

export class WatchedNode {
  readonly url: string;
  readonly client: ApiClient;
  /** When it was ready, by {@link machineTimeMs}: it has begun to call its peers. */
  readonly readyMs: number;
  private readonly news: NewsLog;

  private constructor(news: NewsLog, { url, atMs }: { url: string; atMs: number }) {
    this.news = news;
    this.url = url;
    this.readyMs = atMs;
    this.client = new ApiClient({ baseUrl: url, timeoutMs: SILENCE_MS });
  }

  /**
   * Starts one on a database and waits until it is ready. It ends with the benchmark, or before by {@link stop}.
   * @param name of the CPU profile, if one is taken
   */
  static async start(
    place: DatabasePlace,
    { name, settings }: { readonly name: string; readonly settings: Readonly<Record<string, string>> },
    bench: BenchmarkRun,
  ): Promise<WatchedNode> {
    const { profileFolder } = bench;
    const flags =
      profileFolder === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${name}.cpuprofile`];
    const program = fileURLToPath(new URL('./watched-node-program.js', import.meta.url));
    const child = spawn(process.execPath, [...flags, program], {
      cwd: place.dataDir, // no .env there
      env: plainEnvironment({
        NODE_PORT: '0',
        NODE_HOST: '127.0.0.1',
        DATA_DIR: place.dataDir,
        DATABASE_URL: place.databaseUrl,
        DISCOVER_PEERS: 'false',
        SYNC_INTERVAL: '0',
        LOG_FORMAT: 'json',
        ...settings,
      }),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    bench.scratch.defer(() => stopProcess(child));
    const news = new NewsLog(child, name, bench.signal);
    const ready = await news.wait((log) => log.ready, 'be ready');
    return new WatchedNode(news, ready);
  }

  /** When a block was connected here. Waits for it. */
  blockConnected(hash: string): Promise<number> {
    return this.news.wait((log) => log.blocks.get(hash), `connect block ${hash}`);
  }

  /** When a transaction came into the mempool here. Waits for it. */
  transactionAccepted(txid: string): Promise<number> {
    return this.news.wait((log) => log.transactions.get(txid), `accept transaction ${txid}`);
  }

  /** Waits until it has a line to a node, and that one to it. */
  async linked(other: WatchedNode): Promise<void> {
    await this.news.poll(async () => {
      const { stored_peers: peers } = await this.client.peers();
      return peers.some(({ url, state, calls_us }) => url === other.url && state === 'connected' && calls_us);
    }, `be linked with ${other.url}`);
  }

  async wireBytes(): Promise<WireBytes> {
    const metric = await this.metrics('p2p_bytes_total');
    return { sent: metric('direction="sent"'), received: metric('direction="received"') };
  }

  async blockArrivals(): Promise<BlockArrivals> {
    const metric = await this.metrics('compact_blocks_total');
    return {
      fromMempool: metric('outcome="from-mempool"'),
      someFetched: metric('outcome="some-fetched"'),
      whole: metric('outcome="whole"'),
    };
  }

  /** CPU time of all its threads since its start, in milliseconds. */
  async cpuMs(): Promise<number> {
    const question: NodeQuestion = 'cpu';
    this.news.cpuMs = undefined;
    this.news.child.send(question);
    return this.news.wait((log) => log.cpuMs, 'tell its CPU time');
  }

  /** The most memory that the process ever used, in bytes; undefined where the system does not tell (it does on Linux). */
  peakMemoryBytes(): number | undefined {
    let status: string;
    try {
      status = readFileSync(`/proc/${this.news.child.pid ?? 0}/status`, 'utf8');
    } catch {
      return undefined;
    }
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1_024;
  }

  async stop(): Promise<void> {
    await stopProcess(this.news.child);
  }

  /** Reads the values of one metric by their label. */
  private async metrics(name: string): Promise<(label: string) => number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return (label) => {
      const value = new RegExp(`^mini_bitcoin_${name}\\{${label}\\} (\\S+)$`, 'm').exec(text)?.[1];
      if (value === undefined) throw new Error(`${this.url}/metrics has no ${name} with ${label}`);
      return Number(value);
    };
  }
}

/** What a node has told so far. */
class NewsLog {
  readonly child: ChildProcess;
  readonly blocks = new Map<string, number>();
  readonly transactions = new Map<string, number>();
  ready: { url: string; atMs: number } | undefined;
  cpuMs: number | undefined;
  private readonly name: string;
  private readonly signal: AbortSignal;
  private readonly output: string[] = [];
  private lastNewsMs = performance.now();
  private readonly listeners = new Set<() => void>();

  constructor(child: ChildProcess, name: string, signal: AbortSignal) {
    this.child = child;
    this.name = name;
    this.signal = signal;
    child.on('message', (news) => this.note(news as NodeNews));
    child.on('exit', () => this.wake());
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output.push(chunk.toString());
        if (this.output.length > MOST_OUTPUT_LINES) this.output.shift();
      });
  }

  /** Waits until there is something to be found. @throws when the node ends, or is silent for too long */
  async wait<T>(find: (log: this) => T | undefined, what: string): Promise<T> {
    this.lastNewsMs = performance.now();
    for (;;) {
      const found = find(this);
      if (found !== undefined) return found;
      await this.requireAlive(what);
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.listeners.add(resolve);
        timer = setTimeout(resolve, 500); // for Ctrl-C and silence
      });
      clearTimeout(timer);
    }
  }

  /** Looks now and then until something is so. For what need not be timed. */
  async poll(isSo: () => Promise<boolean>, what: string): Promise<void> {
    this.lastNewsMs = performance.now();
    while (!(await isSo())) {
      await this.requireAlive(what);
      await sleep(50);
    }
  }

  private async requireAlive(what: string): Promise<void> {
    this.signal.throwIfAborted();
    const { exitCode, signalCode } = this.child;
    const hasEnded = exitCode !== null || signalCode !== null;
    if (!hasEnded && performance.now() - this.lastNewsMs < SILENCE_MS) return;
    if (hasEnded) await sleep(50); // its last words are on their way
    throw new Error(
      `the node "${this.name}" ${hasEnded ? 'ended before it would' : 'did not in time'} ${what}:\n${this.output.join('')}`,
    );
  }

  private note(news: NodeNews): void {
    this.lastNewsMs = performance.now();
    switch (news.what) {
      case 'ready':
        this.ready = news;
        break;
      case 'block':
        this.blocks.set(news.hash, news.atMs);
        break;
      case 'transaction':
        this.transactions.set(news.txid, news.atMs);
        break;
      case 'cpu':
        this.cpuMs = news.ms;
        break;
    }
    this.wake();
  }

  private wake(): void {
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener();
  }
}
