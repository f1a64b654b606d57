/**
 * Signatures: how many a second, in which batches, with how many threads; what handing them to threads costs.
 *
 * The measure is the plain loop over the same engine on one thread, taken in the same round. Twice as much is what two
 * threads can reach at most; what two threads that share nothing reach in that round stands beside it.
 */
import { availableParallelism } from 'node:os';
import { sha256, type SignatureCheck } from '../src/consensus/index.ts';
import { parseStrictDer } from '../src/consensus/signature.ts';
import { createVerifier, type NodeVerifier } from '../src/node/verifier.ts';
import { SignatureBatch } from '../src/node/signature-batch.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import type { Reference } from './frame/figure.ts';
import { median } from './frame/statistics.ts';
import { buildPlainVerify } from './subjects/plain-verify.ts';
import { SignatureLoops } from './subjects/signature-loops.ts';
import { signingKey } from './subjects/signing.ts';

const CHECKS = { full: 2_000, quick: 1_000 };
/** The portable engine is slow. */
const CHECKS_PORTABLE = 100;
const BATCHES = [16, 64, 200, 1_000];
/** A new block of 200 signatures while others are under way, as in a sync. */
const AT_ONCE = 200;
const UNIT = { unit: '1/s', better: 'higher' } as const;
const LOOP = 'loop, one thread';

export const signatures: Benchmark = {
  name: 'signatures',
  summary:
    'signatures checked per second: the pool with 1 … cores threads against a plain loop and against C',

  async run(bench) {
    const engine = createVerifier({ threads: 0 }).engine;
    bench.progress('signing');
    const count = engine.kind === 'native' ? CHECKS[bench.quick ? 'quick' : 'full'] : CHECKS_PORTABLE;
    const checks = forgeChecks(count);
    bench.note(`signatures are checked by ${engine.name}; ${count} in a sample`);

    const cores = availableParallelism();
    const counts = [...new Set([1, 2, cores])].filter((threads) => threads === 1 || threads <= cores);
    await measureStart(bench, checks);
    const pools = [0, ...counts].map((threads) => {
      const verifier = createVerifier({ threads });
      bench.scratch.defer(() => verifier.close());
      return verifier;
    });
    const inC = await buildPlainVerify(bench, checks);
    if (inC.length === 0) bench.note('no C compiler here, so nothing tells what plain C would reach');
    const loops = counts.map((threads) => ({ threads, loops: new SignatureLoops(bench, threads, checks) }));

    const samples = new Map<string, number[]>();
    // One round more than asked for: in the first, threads start.
    for (let run = 0; run <= bench.runs; run++) {
      bench.progress(`round ${run} of ${bench.runs}`);
      const keep = (name: string, rate: number): void => {
        bench.signal.throwIfAborted();
        if (run > 0) samples.set(name, [...(samples.get(name) ?? []), rate]);
      };
      const loop = loopRate(engine.verify, checks);
      keep(LOOP, loop);
      for (const threads of counts.slice(1)) keep(multipleName(threads), threads * loop);
      for (const { name, measure } of inC) keep(name, await measure());
      for (const { threads, loops: independent } of loops)
        keep(sharingName(threads), await independent.measure());
      for (const verifier of pools) {
        for (const size of BATCHES) keep(poolName(verifier, size), await rateOf(verifier, checks, size, 1));
        keep(poolName(verifier, AT_ONCE, 8), await rateOf(verifier, checks, AT_ONCE, 8));
      }
    }

    const reference = (name: string): Reference => ({ name, samples: samples.get(name) ?? [] });
    for (const [name, rates] of samples) {
      const threads = threadsOf(name);
      const measure = threads > 1 ? multipleName(threads) : LOOP;
      bench.record({
        ...{ name, ...UNIT, samples: rates },
        ...(name === LOOP || name === measure ? {} : { reference: reference(measure) }),
      });
    }
    noteAgainstLimit(bench, samples, counts);
    measurePacking(bench, checks);
  },
};

const multipleName = (threads: number): string => `loop, one thread, times ${threads}`;
const sharingName = (threads: number): string => `limit: ${inWords(threads)}, nothing shared`;
const inWords = (threads: number): string => `${threads} ${threads === 1 ? 'thread' : 'threads'}`;

function poolName({ threads }: NodeVerifier, size: number, atOnce = 1): string {
  const batches = atOnce === 1 ? `batches of ${size}` : `${atOnce} batches of ${size} at once`;
  return `${threads === 0 ? 'inline' : `pool, ${inWords(threads)}`}, ${batches}`;
}

/** The doubled loop is out of reach while others use the machine; threads that share nothing meet them as well. */
function noteAgainstLimit(
  bench: BenchmarkRun,
  samples: ReadonlyMap<string, readonly number[]>,
  counts: readonly number[],
): void {
  for (const threads of counts) {
    const limits = samples.get(sharingName(threads)) ?? [];
    const parts = [...samples]
      .filter(([name]) => name.startsWith(`pool, ${inWords(threads)}`))
      .map(([name, rates]) => {
        const ratio = median(rates.map((rate, index) => rate / (limits[index] ?? NaN)));
        return `×${ratio.toFixed(2)} in${name.slice(name.indexOf(',', 6))}`.replace(',', '');
      });
    bench.note(`pool, ${inWords(threads)}, against as many that share nothing: ${parts.join(', ')}`);
  }
}

/** With how many threads a figure of this name is made. */
function threadsOf(name: string): number {
  return Number(/(\d+) threads/.exec(name)?.[1] ?? 1);
}

/** Good ones by a few keys, all different. */
function forgeChecks(count: number): SignatureCheck[] {
  const keys = Array.from({ length: 50 }, (_, index) => signingKey(`signatures ${index}`));
  return Array.from({ length: count }, (_, index) => {
    const owner = keys[index % keys.length] as (typeof keys)[number];
    const digest = sha256(Uint8Array.of(index & 0xff, index >> 8));
    const compactSignature = parseStrictDer(owner.sign(digest));
    if (compactSignature === undefined) throw new Error('the signer does not write strict DER');
    return { digest, compactSignature, pubkey: owner.pubkey };
  });
}

function loopRate(verify: (check: SignatureCheck) => boolean, checks: readonly SignatureCheck[]): number {
  const startMs = performance.now();
  for (const check of checks) if (!verify(check)) throw new Error('a good signature was refused');
  return (checks.length * 1_000) / (performance.now() - startMs);
}

/** Hands in all checks in batches of a size, so many batches at a time. */
async function rateOf(
  verifier: NodeVerifier,
  checks: readonly SignatureCheck[],
  size: number,
  atOnce: number,
): Promise<number> {
  const batches: (readonly SignatureCheck[])[] = [];
  for (let at = 0; at < checks.length; at += size) batches.push(checks.slice(at, at + size));
  const startMs = performance.now();
  for (let at = 0; at < batches.length; at += atOnce) {
    const answers = await Promise.all(
      batches.slice(at, at + atOnce).map((batch) => verifier.firstInvalid(batch)),
    );
    if (answers.some((answer) => answer !== -1)) throw new Error('a good signature was refused');
  }
  return (checks.length * 1_000) / (performance.now() - startMs);
}

/** What the first large batch of a node meets, and what a thread takes of the memory. */
async function measureStart(bench: BenchmarkRun, checks: readonly SignatureCheck[]): Promise<void> {
  const batch = checks.slice(0, AT_ONCE);
  const threads = availableParallelism();
  const firstMs: number[] = [];
  const memoryMb: number[] = [];
  for (let run = 0; run < bench.runs; run++) {
    bench.signal.throwIfAborted();
    bench.progress('threads that start');
    const verifier = createVerifier({ threads });
    const beforeBytes = settledMemory();
    const startMs = performance.now();
    await verifier.firstInvalid(batch);
    firstMs.push(performance.now() - startMs);
    for (let more = 0; more < 20; more++) await verifier.firstInvalid(batch);
    memoryMb.push((settledMemory() - beforeBytes) / threads / 1e6);
    await verifier.close();
  }
  const better = 'lower' as const;
  bench.record({ name: `first batch of ${AT_ONCE}, threads start`, unit: 'ms', better, samples: firstMs });
  bench.record({ name: 'memory of a thread', unit: 'MB', better, samples: memoryMb });
}

function settledMemory(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

function measurePacking(bench: BenchmarkRun, checks: readonly SignatureCheck[]): void {
  const samples: number[] = [];
  for (let run = 0; run <= bench.runs; run++) {
    const startMs = performance.now();
    for (let round = 0; round < 20; round++) SignatureBatch.pack(checks);
    if (run > 0) samples.push(((performance.now() - startMs) * 1_000) / 20 / checks.length);
  }
  bench.record({ name: 'packing', unit: 'µs/check', better: 'lower', samples });
}
