/**
 * A real node in a process of its own, as people run it: `bin/mini-bitcoin.js node`, reached over HTTP.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../../src/protocol/index.ts';

export const COMMAND = fileURLToPath(new URL('../../bin/mini-bitcoin.js', import.meta.url));

export interface NodeProcessOptions {
  /** Beside DATA_DIR or DATABASE_URL: whatever the test is about. */
  readonly env: Readonly<Record<string, string>>;
  /** Default: any that is free. */
  readonly port?: number;
}

/** Every fourth hash is a block, and blocks never get harder: mining takes no time. */
export const EASY_CHAIN_ENV: Readonly<Record<string, string>> = {
  DEFAULT_TARGET: `0x3${'f'.repeat(63)}`,
  RETARGET_INTERVAL: '0',
  SYNC_INTERVAL: '0',
  LOG_FORMAT: 'json',
};

export class NodeProcess {
  readonly url: string;
  readonly client: ApiClient;
  readonly process: ChildProcess;
  /** What it printed, for when a test fails. */
  readonly output: readonly string[];

  private constructor(child: ChildProcess, url: string, output: readonly string[]) {
    this.process = child;
    this.url = url;
    this.output = output;
    this.client = new ApiClient({ baseUrl: url });
  }

  /** Starts the process without waiting for it to be ready. */
  static spawn(options: NodeProcessOptions): ChildProcess {
    return spawn(process.execPath, [COMMAND, 'node', '--port', String(options.port ?? 0)], {
      env: {
        ...process.env,
        MINI_BITCOIN_SKIP_ENSURE_READY: '1',
        NODE_HOST: '127.0.0.1',
        ...EASY_CHAIN_ENV,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Starts a node and waits until it answers. @throws when it ends before that; the message is what it printed */
  static async start(options: NodeProcessOptions): Promise<NodeProcess> {
    const child = NodeProcess.spawn(options);
    const output: string[] = [];
    const url = new Promise<string>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          output.push(line);
          if (output.length > 200) output.shift();
          const ready = /^\{.*"url":"(http[^"]+)".*"msg":"ready"/.exec(line);
          if (ready?.[1] !== undefined) resolve(ready[1]);
        });
      }
    });
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(
        `the node ended (${String(code ?? signal)}) before it was ready:\n${output.join('\n')}`,
      );
    });
    const address = await Promise.race([url, ended]);
    ended.catch(() => undefined); // later ends are the test's own
    return new NodeProcess(child, address, output);
  }

  /** Sends a signal and waits for the end. @returns exit code, or the signal's name */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    if (this.process.signalCode !== null) return this.process.signalCode;
    const exit = once(this.process, 'exit');
    this.process.kill(signal);
    const [code, by] = (await exit) as [number | null, string | null];
    return code ?? String(by);
  }
}
