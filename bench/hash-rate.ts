/**
 * Hash rate: double SHA-256 of a header per second. Kernels on this thread against the loop that everybody would write with
 * `node:crypto`, and against C; then the pool of worker threads that the miner uses, with one thread up to one per core; how
 * soon it stops when it is told to, and how soon a thread is at work.
 */
import { createHash } from 'node:crypto';
import { HEADER_BYTES, HEADER_NONCE_OFFSET } from '../src/consensus/index.ts';
import {
  type HashJob,
  type HashKernel,
  midstateKernel,
  referenceKernel,
  wasmKernel,
} from '../src/mining/index.ts';
import type { BenchmarkRun, Benchmark } from './frame/benchmark.ts';
import type { Reference } from './frame/figure.ts';
import { measurePool } from './subjects/hash-pool.ts';
import { fastestInC } from './subjects/hash-rate-in-c.ts';

/** All take turns, so that a busy moment of the machine hits all of them. */
const TURN_MS = { full: 100, quick: 40 };
const TURNS_A_RUN = { full: 4, quick: 2 };
const NONCES_PER_CALL = 4_096;

const LOOP = 'node:crypto loop, one thread';
const C_VECTORS = 'C, vectors of 128 bits, one thread';
const C_WORDS = 'C, plain words, one thread';
const UNIT = { unit: 'MH/s', better: 'higher' } as const;

/** No hash meets it: kernels search all they are given. */
const JOB: HashJob = {
  header: Uint8Array.from({ length: HEADER_BYTES }, (_, index) => (index * 37) & 0xff),
  target: new Uint8Array(32),
};
/** One nonce in 16,384 or so, for the comparison of what all find. */
const EASY: HashJob = { ...JOB, target: new Uint8Array(32).fill(0xff).fill(0, 0, 1).fill(3, 1, 2) };

/** Measures one subject for about a number of milliseconds: millions of hashes a second of processor time. */
type Subject = (forMs: number) => Promise<number> | number;

export const hashRate: Benchmark = {
  name: 'hash-rate',
  summary: 'hashes per second: kernels against a node:crypto loop and C; the pool with 1 … cores threads',

  async run(bench) {
    const kernels = [referenceKernel, midstateKernel, wasmKernel('wasm-scalar'), wasmKernel('wasm-simd')];
    const working = kernels.filter((kernel) => kernel !== undefined);
    const nonce = agreedNonce(working);
    const subjects = new Map<string, Subject>([[LOOP, (ms) => megahashes(cryptoLoop, ms)]]);
    for (const [name, lanes] of [
      [C_VECTORS, 4],
      [C_WORDS, 1],
    ] as const) {
      bench.progress(`compiling ${name}`);
      const check = { limit: new DataView(EASY.target.buffer).getUint32(0), nonce };
      const program = await fastestInC(lanes, JOB, bench.scratch.folder('c'), check);
      if (program !== undefined) subjects.set(name, (ms) => program.megahashes(ms));
      bench.note(
        program === undefined ? `no C compiler was found for "${name}"` : `${name}: ${program.flags}`,
      );
    }
    for (const kernel of working)
      subjects.set(nameOf(kernel), (ms) =>
        megahashes((first, count) => kernel.scan(JOB, first, count).hashesDone, ms),
      );

    const rates = await takeTurns(bench, subjects);
    const reference = (name: string): Reference | undefined => {
      const samples = rates.get(name);
      return samples === undefined ? undefined : { name, samples };
    };
    const loop = { name: LOOP, samples: rates.get(LOOP) ?? [] };
    for (const [name, samples] of rates)
      bench.record({ name, ...UNIT, samples, ...(name === LOOP ? {} : { reference: loop }) });
    for (const [kernel, limit] of [
      ['wasm-simd', reference(C_VECTORS)],
      ['wasm-scalar', reference(C_WORDS)],
    ] as const) {
      const samples = rates.get(nameOf({ name: kernel }));
      if (samples !== undefined && limit !== undefined)
        bench.record({ name: `kernel ${kernel}, beside C`, ...UNIT, samples, reference: limit });
    }

    await measurePool(bench, JOB);
  },
};

function nameOf({ name }: Pick<HashKernel, 'name'>): string {
  return `kernel ${name}, one thread`;
}

/** What is fast and wrong is not measured. @throws Error when kernels disagree */
function agreedNonce(kernels: readonly HashKernel[]): number {
  const found = kernels.map((kernel) => kernel.scan(EASY, 0, 2 ** 20).nonce);
  const [nonce] = found;
  if (nonce === undefined || found.some((other) => other !== nonce))
    throw new Error(`kernels disagree: ${found.join(', ')}`);
  return nonce;
}

async function takeTurns(
  bench: BenchmarkRun,
  subjects: ReadonlyMap<string, Subject>,
): Promise<Map<string, number[]>> {
  const effort = bench.quick ? 'quick' : 'full';
  const forMs = TURN_MS[effort];
  const rates = new Map<string, number[]>([...subjects.keys()].map((name) => [name, []]));
  for (const subject of subjects.values()) await subject(forMs * 3); // for the JIT
  for (let turn = 0; turn < bench.runs * TURNS_A_RUN[effort]; turn++) {
    for (const [name, subject] of subjects) {
      bench.progress(name);
      rates.get(name)?.push(await subject(forMs));
      await new Promise((resume) => setImmediate(resume)); // Ctrl-C comes in here
      bench.signal.throwIfAborted();
    }
  }
  return rates;
}

/** Twenty lines from a tutorial, with the allocations left out that need not be. Tries nonces; answers how many. */
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

/**
 * By the processor time of this process: what others take of it meanwhile is not the subject's fault. On a quiet machine it is
 * the same as time.
 */
function megahashes(scan: (firstNonce: number, count: number) => number, forMs: number): number {
  let nonce = 0;
  const untilMs = performance.now() + forMs;
  const before = process.cpuUsage();
  while (performance.now() < untilMs) nonce += scan(nonce, NONCES_PER_CALL);
  const { user, system } = process.cpuUsage(before);
  return nonce / (user + system);
}
