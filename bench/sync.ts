/**
 * Sync: an empty node, a process of its own, fetches a chain from another one over HTTP: blocks a second, the CPU time that a
 * block costs on both sides, and the most memory that the two processes ever use. Blocks of 20 payments (2 inputs, 2 outputs), every signature new. Chains of 2,000 and of
 * 4,000 blocks, because memory must not grow with the length.
 *
 * Reference of the same round: the same blocks, decoded from memory and handed to a chain state in this process, on the same
 * engine. No network can be quicker; what is left of the ratio is what the network costs.
 */
import type { Verifier } from '../src/chainstate/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import type { Reference } from './frame/figure.ts';
import { ChainForge } from './subjects/chain-forge.ts';
import { availableEngines } from './subjects/databases.ts';
import { EASY_PARAMS } from './subjects/networks.ts';
import { type Rate, type SyncSample, Syncing } from './subjects/syncing.ts';

const LENGTHS = { full: [2_000, 4_000], quick: [200, 400] } as const;
const PAYMENTS_PER_BLOCK = 20;
const COINS = 2_000;
/** A round takes minutes: there are half as many as of short measurements. */
const RUNS_PER_ROUND = 2;
const TWO_SOURCES_ENGINE: StorageEngine = 'pglite';
const MEGABYTE = 1e6;
const RATE = { unit: 'blocks/s', better: 'higher' } as const;
const CPU = { unit: 'ms/block', better: 'lower' } as const;
const MEMORY = { unit: 'MB', better: 'lower' } as const;

export const sync: Benchmark = {
  name: 'sync',
  summary:
    'an empty node fetches 2,000 and 4,000 blocks of 20 payments: blocks a second, peak memory, each store',

  async run(bench) {
    const [short, long] = LENGTHS[bench.quick ? 'quick' : 'full'];
    const engines = await availableEngines(bench);
    bench.progress(`forging ${long} blocks`);
    const chain = forgeChain(long);
    const verifier = createVerifier();
    bench.scratch.defer(() => verifier.close());
    bench.note(`signatures are checked by ${verifier.name}; ${2 * PAYMENTS_PER_BLOCK} a block`);
    for (const engine of engines) await new EngineRun(engine, { chain, short, long, verifier }, bench).run();
  },
};

/** Genesis first; the first two only make coins. */
function forgeChain(length: number): Uint8Array[] {
  const forge = new ChainForge({ seed: 7, params: EASY_PARAMS, proofOfWork: true });
  const blocks = forge.fund(COINS);
  while (blocks.length < length) blocks.push(forge.mine(forge.payments(PAYMENTS_PER_BLOCK)));
  return blocks;
}

interface Material {
  readonly chain: readonly Uint8Array[];
  readonly short: number;
  readonly long: number;
  readonly verifier: Verifier;
}

/** All measurements on one engine. */
class EngineRun {
  private readonly engine: StorageEngine;
  private readonly material: Material;
  private readonly bench: BenchmarkRun;
  private readonly syncing: Syncing;

  constructor(engine: StorageEngine, material: Material, bench: BenchmarkRun) {
    this.engine = engine;
    this.material = material;
    this.bench = bench;
    this.syncing = new Syncing(engine, material.verifier, bench);
  }

  async run(): Promise<void> {
    const { engine, bench } = this;
    const { short, long, chain } = this.material;
    const [shortChain, longChain] = [chain.slice(0, short), chain.slice(0, long)];
    bench.progress(`${engine}: nodes that have the chain`);
    const hasShort = await this.syncing.startSource(shortChain);
    const hasLong = await this.syncing.startSource(longChain);
    const alsoHasShort =
      engine === TWO_SOURCES_ENGINE ? await this.syncing.startSource(shortChain) : undefined;

    const alone: Rate[] = [];
    const samples = { short: [] as SyncSample[], long: [] as SyncSample[], two: [] as SyncSample[] };
    const rounds = Math.max(1, Math.floor(bench.runs / RUNS_PER_ROUND));
    for (let round = 0; round < rounds; round++) {
      bench.progress(`${engine}: round ${round + 1} of ${rounds}`);
      alone.push(await this.syncing.connectInProcess(shortChain));
      samples.short.push(await this.syncing.syncFrom([hasShort], shortChain));
      samples.long.push(await this.syncing.syncFrom([hasLong], longChain));
      if (alsoHasShort !== undefined)
        samples.two.push(await this.syncing.syncFrom([hasShort, alsoHasShort], shortChain));
    }
    this.recordRates(alone, samples);
    this.recordPeaks('the new node', peaksOf(samples.short), peaksOf(samples.long));
    this.recordPeaks('the serving node', [hasShort.peakMemoryBytes()], [hasLong.peakMemoryBytes()]);
    for (const source of [hasShort, hasLong, alsoHasShort]) await source?.stop();
  }

  private recordRates(
    alone: readonly Rate[],
    { short, long, two }: Readonly<Record<'short' | 'long' | 'two', readonly SyncSample[]>>,
  ): void {
    const { bench, material } = this;
    const rates = (name: string, of: readonly Rate[]): Reference => ({
      name: this.title(name),
      samples: of.map(({ blocksPerS }) => blocksPerS),
    });
    const [shortName, longName] = [blocksText(material.short), blocksText(material.long)];
    const inProcess = rates(`${shortName} in process`, alone);
    const shortRates = rates(shortName, short);
    bench.record({ ...inProcess, ...RATE });
    bench.record({ ...shortRates, ...RATE, reference: inProcess });
    bench.record({ ...rates(longName, long), ...RATE, reference: shortRates });
    if (two.length > 0)
      bench.record({ ...rates(`${shortName} from two nodes`, two), ...RATE, reference: shortRates });

    const cpuAlone = { name: this.title('CPU in process'), samples: alone.map(({ cpuMs }) => cpuMs) };
    const cpu = { ...CPU, reference: cpuAlone };
    bench.record({ ...cpuAlone, ...CPU });
    bench.record({
      name: this.title('CPU of the new node'),
      ...cpu,
      samples: short.map(({ cpuMs }) => cpuMs),
    });
    const serving = short.map(({ servingCpuMs }) => servingCpuMs);
    bench.record({ name: this.title('CPU of the serving node'), ...cpu, samples: serving });
  }

  private recordPeaks(
    whose: string,
    short: readonly (number | undefined)[],
    long: readonly (number | undefined)[],
  ): void {
    const { bench, material } = this;
    const megabytes = (peaks: typeof short): number[] =>
      peaks.filter((peak) => peak !== undefined).map((peak) => peak / MEGABYTE);
    const name = (length: number): string => this.title(`${blocksText(length)}: peak memory of ${whose}`);
    const reference = { name: name(material.short), samples: megabytes(short) };
    const samples = megabytes(long);
    if (reference.samples.length < short.length || samples.length < long.length) {
      bench.note(`${this.engine}: this system does not tell the peak memory of ${whose} (Linux does)`);
      return;
    }
    bench.record({ ...reference, ...MEMORY });
    bench.record({ name: name(material.long), ...MEMORY, samples, reference });
  }

  private title(what: string): string {
    return `${this.engine}, ${what}`;
  }
}

function blocksText(count: number): string {
  return `${count.toLocaleString('en-US')} blocks`;
}

function peaksOf(samples: readonly SyncSample[]): (number | undefined)[] {
  return samples.map(({ peakBytes }) => peakBytes);
}
