/** The pool of hashing threads as the miner uses it: how fast it is, how soon it stops, how soon it begins. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type HashJob, HashWorkerPool } from '../../src/mining/index.ts';
import type { BenchmarkRun } from '../frame/benchmark.ts';

const SEARCH_MS = { full: 1_500, quick: 400 };
/** Threads that have just started are not yet compiled. */
const WARM_UP_MS = 500;
/** Searches that are cancelled per run, and after how long. */
const CANCELS = 10;
const CANCEL_AFTER_MS = 25;
const STARTS = 3;

const MS = { unit: 'ms', better: 'lower' } as const;

/** @param job no nonce meets its target */
export async function measurePool(bench: BenchmarkRun, job: HashJob): Promise<void> {
  await measureRates(bench, job);
  await measureStarts(bench, job);
}

async function measureRates(bench: BenchmarkRun, job: HashJob): Promise<void> {
  const forMs = SEARCH_MS[bench.quick ? 'quick' : 'full'];
  const cores = availableParallelism();
  const counts = [...new Set([1, ...doublings(cores), cores])];
  const pools = counts.map((threads) => ({ threads, pool: new HashWorkerPool({ threads }) }));
  bench.scratch.defer(async () => {
    await Promise.all(pools.map(({ pool }) => pool.close()));
  });
  const nameOf = (threads: number): string => `pool, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const rates = new Map<number, number[]>(counts.map((threads) => [threads, []]));
  const cancelMs: number[] = [];
  for (let run = 0; run < bench.runs; run++) {
    for (const { threads, pool } of pools) {
      bench.progress(nameOf(threads));
      if (run === 0) await searchFor(pool, job, WARM_UP_MS, bench.signal);
      const search = await searchFor(pool, job, forMs, bench.signal);
      rates.get(threads)?.push(search.megahashesPerS);
      if (threads !== cores) continue;
      for (let cancel = 0; cancel < CANCELS; cancel++)
        cancelMs.push((await searchFor(pool, job, CANCEL_AFTER_MS, bench.signal)).cancelMs);
    }
  }
  const alone = { name: nameOf(1), samples: rates.get(1) ?? [] };
  for (const [threads, samples] of rates)
    bench.record({
      ...{ name: nameOf(threads), unit: 'MH/s', better: 'higher', samples },
      ...(threads === 1 ? {} : { reference: alone }),
    });
  bench.record({ name: `pool, ${cores} threads: cancel`, ...MS, samples: cancelMs });
}

/** From nothing to the first nonce tried, against a thread that only says that it is there. */
async function measureStarts(bench: BenchmarkRun, job: HashJob): Promise<void> {
  const [bareMs, startMs]: [number[], number[]] = [[], []];
  for (let start = 0; start < bench.runs * STARTS; start++) {
    bench.progress('starting threads');
    bareMs.push(await startBareThread());
    const pool = new HashWorkerPool({ threads: 1 });
    const before = performance.now();
    await pool.search({ ...job, nonceCount: 1, signal: bench.signal });
    startMs.push(performance.now() - before);
    await pool.close();
    bench.signal.throwIfAborted();
  }
  const bare = { name: 'bare thread: start', samples: bareMs };
  bench.record({ ...bare, ...MS });
  bench.record({ name: 'pool: start of a thread', ...MS, samples: startMs, reference: bare });
}

async function startBareThread(): Promise<number> {
  const before = performance.now();
  const worker = new Worker(`require('node:worker_threads').parentPort.postMessage(0)`, { eval: true });
  await new Promise((resolve) => worker.once('message', resolve));
  const ms = performance.now() - before;
  await worker.terminate();
  return ms;
}

/** 2, 4, 8 … below `limit`. */
function doublings(limit: number): number[] {
  const powers: number[] = [];
  for (let power = 2; power < limit; power *= 2) powers.push(power);
  return powers;
}

async function searchFor(
  pool: HashWorkerPool,
  job: HashJob,
  forMs: number,
  signal: AbortSignal,
): Promise<{ megahashesPerS: number; cancelMs: number }> {
  signal.throwIfAborted();
  const cancel = new AbortController();
  let hashes = 0;
  let cancelledAtMs = 0;
  const startMs = performance.now();
  const timer = setTimeout(() => {
    cancelledAtMs = performance.now();
    cancel.abort();
  }, forMs);
  await pool.search({
    ...job,
    signal: AbortSignal.any([cancel.signal, signal]),
    onProgress: (done) => (hashes += done.hashes),
  });
  clearTimeout(timer);
  signal.throwIfAborted();
  const endMs = performance.now();
  return { megahashesPerS: hashes / (endMs - startMs) / 1_000, cancelMs: endMs - cancelledAtMs };
}
