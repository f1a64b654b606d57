/**
 * One node of a devnet as a process of its own: `mini-bitcoin node`, started, watched and ended.
 *
 * - It is in a session of its own, so Ctrl-C in our terminal reaches us alone, and we end it in order.
 * - Its standard input is a pipe from us that says nothing. Should we be killed, the system closes the pipe, and the node
 *   ends by itself (MINI_BITCOIN_END_WITH_STDIN).
 * - Its log goes straight into a file, so it is complete whatever becomes of us.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CONFIG_OPTIONS } from '../../node/config-options.ts';
import { ApiClient } from '../../protocol/client.ts';
import { END_WITH_STDIN } from '../end-with-stdin.ts';

/** The same program that runs now: three folders up from here in `src` and in `dist` alike. */
const PROGRAM = fileURLToPath(new URL('../../../bin/mini-bitcoin.js', import.meta.url));
const ASK_EVERY_MS = 100;
const ASK_TIMEOUT_MS = 2_000;
/** Far more than a node's own limits for closing; then it hangs. */
const STOP_GRACE_MS = 30_000;
const LOG_TAIL_BYTES = 8_192;

export interface NodeRunnerOptions {
  readonly url: string;
  /** Settings by the names of the environment. Nothing else that a node reads reaches it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it runs: a folder without an `.env`. */
  readonly cwd: string;
  /** Appended to. */
  readonly logFile: string;
}

/** How a process ended. */
export interface NodeExit {
  /** `exit code 1`, `signal SIGKILL`. */
  readonly how: string;
  /** The last thing that it said; undefined when it said nothing. */
  readonly lastWords: string | undefined;
}

/** Node processes of this program that run. */
const children = new Set<ChildProcess>();
let endsThem = false;

/** Whatever way this process ends: none of its nodes is left. (SIGKILL gives no such chance; then their stdin ends.) */
function endWithUs(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
  if (endsThem) return;
  endsThem = true;
  process.on('exit', () => {
    for (const each of children) each.kill('SIGKILL');
  });
}

export class NodeRunner {
  /** Resolves when the process is gone. Never rejects. */
  readonly ended: Promise<NodeExit>;
  private readonly child: ChildProcess;
  private readonly client: ApiClient;
  private exit: NodeExit | undefined;

  /** Starts the process; {@link ready} waits until it answers. */
  constructor(options: NodeRunnerOptions) {
    const log = openSync(options.logFile, 'a');
    const logStart = statSync(options.logFile).size;
    try {
      this.child = spawn(process.execPath, [PROGRAM, 'node'], {
        cwd: options.cwd,
        env: environmentOf(options),
        stdio: ['pipe', log, log],
        detached: true,
        windowsHide: true,
      });
    } finally {
      closeSync(log);
    }
    endWithUs(this.child);
    this.client = new ApiClient({ baseUrl: options.url, timeoutMs: ASK_TIMEOUT_MS });
    this.child.stdin?.on('error', () => undefined); // it ended first
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.exit ??= { how, lastWords: lastWordsIn(options.logFile, logStart) };
        resolve(this.exit);
      };
      this.child.once('error', (error) => end(error.message));
      this.child.once('exit', (code, signal) =>
        end(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`),
      );
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.exit === undefined;
  }

  /** Waits until the node answers. @returns undefined then; how it ended, where it did not get so far */
  async ready(signal: AbortSignal): Promise<NodeExit | undefined> {
    while (this.exit === undefined) {
      signal.throwIfAborted();
      if (await this.answers(signal)) break;
      await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))]);
    }
    return this.exit;
  }

  private async answers(signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.client.ready({ signal })).ready;
    } catch {
      return false; // not yet; or it ended, which is seen otherwise
    }
  }

  /** Lets it finish its work and waits for its end. */
  async stop(): Promise<NodeExit> {
    this.child.kill('SIGTERM');
    const hangs = setTimeout(() => this.child.kill('SIGKILL'), STOP_GRACE_MS);
    try {
      return await this.ended;
    } finally {
      clearTimeout(hangs);
    }
  }

  /** Ends it in mid-work, as a power failure would. */
  async kill(): Promise<NodeExit> {
    this.child.kill('SIGKILL');
    return this.ended;
  }
}

/** Ours without settings of a node: a DATABASE_URL of our shell would be the same for all of them. */
function environmentOf({ env, settings }: NodeRunnerOptions): Record<string, string | undefined> {
  const own = new Set<string>(CONFIG_OPTIONS.map((option) => option.env));
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !own.has(name))),
    ...settings,
    LOG_FORMAT: 'pretty',
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    MINI_BITCOIN_SKIP_ENSURE_READY: '1', // this program runs, so it is ready
    [END_WITH_STDIN]: '1',
  };
}

/** The error in the part of the log that this run wrote, else its last line. */
function lastWordsIn(path: string, from: number): string | undefined {
  const lines = tailOf(path, from)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const error = lines.findLast((line) => line.startsWith('error: '));
  return error?.replace(/^error: /, '') ?? lines.at(-1);
}

function tailOf(path: string, from: number): string {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = statSync(path);
      const start = Math.max(from, size - LOG_TAIL_BYTES);
      const bytes = Buffer.alloc(Math.max(0, size - start));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start)).toString('utf8');
    } finally {
      closeSync(file);
    }
  } catch {
    return ''; // somebody deleted it: there is less to tell, that is all
  }
}
