/** A node as people run it: a process of its own, reached over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchmarkRun } from '../frame/benchmark.ts';
import { ROOT } from '../frame/places.ts';
import type { DatabasePlace } from './databases.ts';

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 20_000;
/** What a process needs from its surroundings. Nothing else: settings of the user's own node must not get in. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SYSTEMROOT', 'XDG_CACHE_HOME'];

export interface StartedNode {
  readonly url: string;
  /** From the start of the process to the first answer of /health, in milliseconds. */
  readonly startMs: number;
  /** CPU time of all its threads since its start, to 10 ms; undefined where the system does not tell (Linux does). */
  cpuMs(): number | undefined;
  stop(): Promise<void>;
}

/** Environment for a process of a benchmark. */
export function plainEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...settings };
}

/** Starts a node on a database and waits until it answers. It ends with the benchmark, or before by `stop`. */
export async function startNodeProcess(
  place: DatabasePlace,
  settings: Readonly<Record<string, string>>,
  bench: BenchmarkRun,
): Promise<StartedNode> {
  const startedAtMs = performance.now();
  const { profileFolder } = bench;
  const flags = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const command = [join(ROOT, 'bin', 'mini-bitcoin.js'), 'node', '--port', '0'];
  const child = spawn(process.execPath, [...flags, ...command], {
    cwd: place.dataDir, // no .env there
    env: plainEnvironment({
      MINI_BITCOIN_SKIP_ENSURE_READY: '1',
      NODE_HOST: '127.0.0.1',
      DATA_DIR: place.dataDir,
      DATABASE_URL: place.databaseUrl,
      SYNC_INTERVAL: '0',
      LOG_FORMAT: 'json',
      ...settings,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): Promise<void> => stopProcess(child);
  bench.scratch.defer(stop);
  const url = await urlWhenReady(child, bench.signal);
  const health = await fetch(`${url}/health`);
  await health.arrayBuffer();
  const startMs = performance.now() - startedAtMs;
  if (!health.ok) throw new Error(`GET /health answered ${health.status}`);
  return { url, startMs, stop, cpuMs: () => cpuMsOf(child.pid) };
}

/** Fields 14 and 15 of /proc/PID/stat, in hundredths of a second; the second field may hold blanks, but ends with a bracket. */
function cpuMsOf(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/** Starts the server of bare-http-server.ts. It ends with the benchmark. @returns its port */
export async function startBareServer(bench: BenchmarkRun): Promise<number> {
  const program = fileURLToPath(new URL('./bare-http-server.js', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: plainEnvironment({}),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  bench.scratch.defer(() => stopProcess(child));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line', {
    signal: bench.signal,
  })) as [string];
  return Number(line);
}

/** Ends a process: politely, then not. Does nothing where it has ended. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exit;
  clearTimeout(timer);
}

async function urlWhenReady(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const output: string[] = [];
  const address = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (output.length < 100) output.push(line);
        const ready = /^\{.*"url":"(http[^"]+)".*"msg":"ready"/.exec(line);
        if (ready?.[1] !== undefined) resolve(ready[1]);
      });
    }
  });
  const done = new AbortController();
  const giveUp = AbortSignal.any([signal, done.signal]);
  const failed = (why: string): Error => new Error(`the node ${why}:\n${output.join('\n')}`);
  const tooLate = sleep(START_TIMEOUT_MS, undefined, { signal: giveUp }).then(() => {
    throw failed('did not get ready in time');
  });
  const ended = once(child, 'exit', { signal: giveUp }).then(() => {
    throw failed('ended before it was ready');
  });
  try {
    return await Promise.race([address, tooLate, ended]);
  } finally {
    done.abort();
    // The losers of the race are rejected by the abort; nobody waits for them.
    await Promise.allSettled([tooLate, ended]);
  }
}
