/** A devnet as people run it: `bin/mini-bitcoin.js devnet` in a process of its own, steered by further commands. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { ApiClient } from '../../src/protocol/index.ts';
import { COMMAND } from './node-process.ts';

/** A line of `devnet --json`. */
export interface DevnetLine {
  readonly event: string;
  readonly node?: string;
  readonly text: string;
  readonly nodes?: readonly { readonly name: string; readonly url: string; readonly pid: number }[];
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  MINI_BITCOIN_SKIP_ENSURE_READY: '1',
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
});

/** Runs a command to its end. */
export async function runCommand(...argv: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [COMMAND, ...argv], {
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, out, err };
}

export class DevnetProcess {
  readonly lines: readonly DevnetLine[];
  readonly process: ChildProcess;
  readonly folder: string;
  errors = '';

  private constructor(child: ChildProcess, folder: string, lines: readonly DevnetLine[]) {
    this.process = child;
    this.folder = folder;
    this.lines = lines;
    child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  /** Starts it; {@link ready} waits for its nodes. */
  static spawn(folder: string, ...argv: string[]): DevnetProcess {
    const child = spawn(process.execPath, [COMMAND, 'devnet', '--json', '--dir', folder, ...argv], {
      env: env(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: DevnetLine[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as DevnetLine));
    return new DevnetProcess(child, folder, lines);
  }

  /** Waits until all nodes answer. @throws with what it said when it ended before that */
  async ready(): Promise<void> {
    await this.until(() => this.lines.some(({ event }) => event === 'ready'));
  }

  /** Waits until something holds. The test's own time limit ends it. @throws when the devnet ended before */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) {
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`the devnet ended:\n${this.errors}\n${JSON.stringify(this.lines, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Its nodes, as they were when all were up first. */
  get nodes(): readonly { readonly name: string; readonly url: string; readonly pid: number }[] {
    return this.lines.find(({ event }) => event === 'ready')?.nodes ?? [];
  }

  client(node: number): ApiClient {
    return new ApiClient({ baseUrl: this.nodes[node - 1]?.url ?? '' });
  }

  /** Tips of some nodes. */
  async tips(...nodes: number[]): Promise<(string | null)[]> {
    return Promise.all(nodes.map(async (node) => (await this.client(node).health()).tip_hash));
  }

  /** URLs of the peers that a node is connected with, in order. */
  async peersOf(node: number): Promise<string[]> {
    const { stored_peers: peers } = await this.client(node).peers();
    return peers
      .filter(({ state }) => state === 'connected')
      .map(({ url }) => url)
      .sort();
  }

  urls(...nodes: number[]): string[] {
    return nodes.map((node) => this.nodes[node - 1]?.url ?? '');
  }

  /** `devnet WORDS` in another process. */
  command(...words: string[]): Promise<Ran> {
    return runCommand('devnet', '--dir', this.folder, ...words);
  }

  /** Sends a signal and waits for the end. @returns exit code, or the signal's name */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | string> {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) return exitCode ?? String(signalCode);
    const exit = once(this.process, 'exit');
    this.process.kill(signal);
    const [code, by] = (await exit) as [number | null, string | null];
    return code ?? String(by);
  }
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The first of so many ports in a row that are free at this moment. */
export async function freePortsInARow(count: number): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 12_000); // below the ports that systems hand out themselves
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(base + index)));
    if (free.every(Boolean)) return base;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listening) await new Promise((resolve) => server.close(resolve));
  return listening;
}
