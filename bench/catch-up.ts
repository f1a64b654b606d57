/**
 * Catching up: 200 blocks of 100 payments (2 inputs, 2 outputs; 40,000 signatures that nobody has checked), from bytes to durable
 * commits; in this process, and from another node over HTTP.
 *
 * Limits of the same round:
 *   - the signatures of all blocks alone, by the same threads: nobody who checks them is faster;
 *   - the changes of all blocks alone, worked out beforehand, written to the same kind of store, as many blocks a commit.
 */
import { type ChainChange, MAX_CONNECT, type Verifier } from '../src/chainstate/index.ts';
import {
  type Block,
  checkSignaturesOfKeys,
  isCoinbase,
  type SignatureCheck,
} from '../src/consensus/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import { Replay } from '../src/storage/replay.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import type { Reference } from './frame/figure.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { availableEngines, newDatabase, openDatabase } from './subjects/databases.ts';
import { EASY_PARAMS } from './subjects/networks.ts';
import { type Rate, type SyncSample, Syncing } from './subjects/syncing.ts';

const BLOCKS = { full: 200, quick: 64 } as const;
const PAYMENTS_PER_BLOCK = 100;
const COINS = 20_000;
const RATE = { unit: 'blocks/s', better: 'higher' } as const;
const CPU = { unit: 'ms/block', better: 'lower' } as const;
const MEMORY = { unit: 'MB', better: 'lower' } as const;
const MEGABYTE = 1e6;

export const catchUp: Benchmark = {
  name: 'catch-up',
  summary: '200 blocks of 100 payments with new signatures: in process and from another node, each store',

  async run(bench) {
    const count = BLOCKS[bench.quick ? 'quick' : 'full'];
    bench.progress(`forging ${count} blocks`);
    const forge = new ChainForge({ seed: 9, params: EASY_PARAMS, proofOfWork: true });
    const chain = forge.fund(COINS);
    const funding = chain.length;
    while (chain.length < funding + count) chain.push(forge.mine(forge.payments(PAYMENTS_PER_BLOCK)));
    const verifier = createVerifier();
    bench.scratch.defer(() => verifier.close());
    bench.note(`signatures are checked by ${verifier.name}; ${2 * PAYMENTS_PER_BLOCK} a block`);

    const engines = await availableEngines(bench);
    const runs = new Map(engines.map((engine) => [engine, new EngineSamples()]));
    for (const engine of engines) {
      const syncing = new Syncing(engine, verifier, bench);
      bench.progress(`${engine}: a node that has the chain`);
      const source = await syncing.startSource(chain);
      for (let round = 0; round < bench.runs; round++) {
        bench.progress(`${engine}: round ${round + 1} of ${bench.runs}`);
        const samples = runs.get(engine) as EngineSamples;
        samples.signatures.push(await signaturesAlone(chain, verifier));
        if (engine !== 'memory') samples.writes.push(await writesAlone(chain, engine, bench));
        samples.alone.push(await syncing.connectInProcess(chain));
        samples.synced.push(await syncing.syncFrom([source], chain));
      }
      await source.stop();
    }
    for (const [engine, samples] of runs) samples.record(engine, bench);
  },
};

class EngineSamples {
  readonly signatures: number[] = [];
  readonly writes: number[] = [];
  readonly alone: Rate[] = [];
  readonly synced: SyncSample[] = [];

  record(engine: StorageEngine, bench: BenchmarkRun): void {
    const named = (name: string, samples: readonly number[]): Reference => ({
      name: `${engine}, ${name}`,
      samples,
    });
    const limit = named('limit: signatures alone', this.signatures);
    bench.record({ ...limit, ...RATE });
    const writes = named('limit: writing alone', this.writes);
    if (this.writes.length > 0) bench.record({ ...writes, ...RATE });
    const rates = this.alone.map(({ blocksPerS }) => blocksPerS);
    const inProcess = named('in process', rates);
    bench.record({ ...inProcess, ...RATE, reference: limit });
    if (this.writes.length > 0)
      bench.record({ ...named('in process, of writing', rates), ...RATE, reference: writes });
    const synced = named(
      'from another node',
      this.synced.map(({ blocksPerS }) => blocksPerS),
    );
    bench.record({ ...synced, ...RATE, reference: inProcess });
    const cpu = named(
      'CPU in process',
      this.alone.map(({ cpuMs }) => cpuMs),
    );
    bench.record({ ...cpu, ...CPU });
    for (const [name, of] of [
      ['CPU of the new node', ({ cpuMs }: SyncSample) => cpuMs],
      ['CPU of the serving node', ({ servingCpuMs }: SyncSample) => servingCpuMs],
    ] as const)
      bench.record({ ...named(name, this.synced.map(of)), ...CPU, reference: cpu });
    const peaks = this.synced.flatMap(({ peakBytes }) =>
      peakBytes === undefined ? [] : [peakBytes / MEGABYTE],
    );
    if (peaks.length > 0) bench.record({ ...named('peak memory of the new node', peaks), ...MEMORY });
  }
}

/** Blocks a second of which only the signatures are checked; the work on the digests is done before. */
async function signaturesAlone(chain: readonly Uint8Array[], verifier: Verifier): Promise<number> {
  const batches = chain.map((bytes) => checksOf(freshBlock(bytes))).filter((checks) => checks.length > 0);
  const startMs = performance.now();
  const results = await Promise.all(batches.map((checks) => verifier.firstInvalid(checks)));
  const ms = performance.now() - startMs;
  if (results.some((bad) => bad >= 0)) throw new Error('a signature of the benchmark is bad');
  return (1_000 * batches.length) / ms;
}

function checksOf(block: Block): SignatureCheck[] {
  return block.transactions
    .filter((tx) => !isCoinbase(tx))
    .flatMap((tx) => {
      const checks = checkSignaturesOfKeys(tx);
      if (!checks.ok) throw new Error(`a payment of the benchmark is bad: ${checks.detail}`);
      return checks.value;
    });
}

/** Blocks a second that the store alone takes. */
async function writesAlone(
  chain: readonly Uint8Array[],
  engine: StorageEngine,
  bench: BenchmarkRun,
): Promise<number> {
  const storage = await openDatabase(await newDatabase(engine, bench), bench);
  const replay = new Replay();
  const changes: ChainChange[] = [];
  for (let start = 0; start < chain.length; start += MAX_CONNECT)
    changes.push(replay.step({ connect: chain.slice(start, start + MAX_CONNECT).map(freshBlock) }));
  const startMs = performance.now();
  for (const change of changes) {
    bench.signal.throwIfAborted();
    await storage.chain.commit(change);
  }
  const ms = performance.now() - startMs;
  await storage.close();
  return (1_000 * chain.length) / ms;
}
