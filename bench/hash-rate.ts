/**
 * Hash rate: double SHA-256 of a header per second. Kernels on this thread against the loop that everybody would write with
 * `node:crypto`; then the pool of worker threads that the miner uses, with one thread up to one per core; and how soon it
 * stops when it is told to.
 */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { HEADER_BYTES, HEADER_NONCE_OFFSET } from '../src/consensus/index.ts';
import {
  type HashJob,
  type HashKernel,
  HashWorkerPool,
  midstateKernel,
  referenceKernel,
} from '../src/mining/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import type { Reference } from './frame/figure.ts';

const SLICE_MS = { full: 500, quick: 150 };
const POOL_MS = { full: 1_500, quick: 400 };
/** Threads that have just started are not yet compiled. */
const POOL_WARM_UP_MS = 500;
const NONCES_PER_CALL = 2_000;

const LOOP = 'node:crypto loop, one thread';
const UNIT = { unit: 'MH/s', better: 'higher' } as const;

/** No hash meets it: kernels search all they are given. */
const JOB: HashJob = {
  header: Uint8Array.from({ length: HEADER_BYTES }, (_, index) => (index * 37) & 0xff),
  target: new Uint8Array(32),
};

/** What runs on this thread. A new kernel gets its line here. */
const KERNELS: readonly HashKernel[] = [referenceKernel, midstateKernel];

export const hashRate: Benchmark = {
  name: 'hash-rate',
  summary: 'hashes per second: each kernel against a node:crypto loop, and the pool with 1 … cores threads',

  async run(bench) {
    const effort = bench.quick ? 'quick' : 'full';
    const sliceMs = SLICE_MS[effort];
    const scans = new Map([
      [LOOP, cryptoLoop],
      ...KERNELS.map((kernel): [string, Scan] => [
        `kernel ${kernel.name}, one thread`,
        (first, count) => kernel.scan(JOB, first, count).hashesDone,
      ]),
    ]);
    const rates = new Map<string, number[]>([...scans.keys()].map((name) => [name, []]));
    for (const scan of scans.values()) megahashes(scan, sliceMs); // for the JIT
    for (let run = 0; run < bench.runs; run++) {
      for (const [name, scan] of scans) {
        bench.progress(name);
        rates.get(name)?.push(megahashes(scan, sliceMs));
        await pause(bench); // Ctrl-C comes in here
      }
    }
    const loop = { name: LOOP, samples: rates.get(LOOP) ?? [] };
    for (const [name, samples] of rates)
      bench.record({ name, ...UNIT, samples, ...(name === LOOP ? {} : { reference: loop }) });

    await measurePool(bench, POOL_MS[effort], loop);
  },
};

/** Tries nonces; answers how many. */
type Scan = (firstNonce: number, count: number) => number;

/** Twenty lines from a tutorial, with the allocations left out that need not be. */
function cryptoLoop(firstNonce: number, count: number): number {
  const header = Buffer.from(JOB.header);
  for (let done = 0; done < count; done++) {
    header.writeUInt32LE(firstNonce + done, HEADER_NONCE_OFFSET);
    const inner = createHash('sha256').update(header).digest();
    const hash = createHash('sha256').update(inner).digest();
    if (hash.compare(JOB.target) <= 0) return done + 1;
  }
  return count;
}

function megahashes(scan: Scan, forMs: number): number {
  let nonce = 0;
  const startMs = performance.now();
  let ms = 0;
  while (ms < forMs) {
    nonce += scan(nonce, NONCES_PER_CALL);
    ms = performance.now() - startMs;
  }
  return nonce / ms / 1_000;
}

async function measurePool(bench: BenchmarkRun, forMs: number, loop: Reference): Promise<void> {
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
      if (run === 0) await searchFor(pool, POOL_WARM_UP_MS, bench.signal);
      const search = await searchFor(pool, forMs, bench.signal);
      rates.get(threads)?.push(search.megahashesPerS);
      if (threads === cores) cancelMs.push(search.cancelMs);
    }
  }
  const alone = { name: nameOf(1), samples: rates.get(1) ?? [] };
  for (const [threads, samples] of rates)
    bench.record({ name: nameOf(threads), ...UNIT, samples, reference: threads === 1 ? loop : alone });
  bench.record({
    ...{ name: `pool, ${cores} threads: cancel`, unit: 'ms', better: 'lower' },
    samples: cancelMs,
  });
}

/** 2, 4, 8 … below `limit`. */
function doublings(limit: number): number[] {
  const powers: number[] = [];
  for (let power = 2; power < limit; power *= 2) powers.push(power);
  return powers;
}

async function searchFor(
  pool: HashWorkerPool,
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
    ...JOB,
    signal: AbortSignal.any([cancel.signal, signal]),
    onProgress: (done) => (hashes += done.hashes),
  });
  clearTimeout(timer);
  signal.throwIfAborted();
  const endMs = performance.now();
  return { megahashesPerS: hashes / (endMs - startMs) / 1_000, cancelMs: endMs - cancelledAtMs };
}

async function pause(bench: BenchmarkRun): Promise<void> {
  await new Promise((resume) => setImmediate(resume));
  bench.signal.throwIfAborted();
}
