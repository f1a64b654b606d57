/**
 * Sync: an empty node, a process of its own, fetches a chain from another one over HTTP: blocks a second, the CPU time that a
 * block costs on both sides, and the most memory that the two processes ever use. Blocks of 20 payments (2 inputs, 2 outputs), every signature new. Chains of 2,000 and of
 * 4,000 blocks, because memory must not grow with the length.
 *
 * Reference of the same round: the same blocks, decoded from memory and handed to a chain state in this process, on the same
 * engine. No network can be quicker; what is left of the ratio is what the network costs.
 */
import { Chainstate, type Verifier } from '../src/chainstate/index.ts';
import { blockHashOf, describeParams } from '../src/consensus/index.ts';
import { VerifiedTransactions } from '../src/mempool/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import type { Reference } from './frame/figure.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { systemClock } from './subjects/clock.ts';
import { availableEngines, newDatabase, openDatabase } from './subjects/databases.ts';
import { EASY_ENV, EASY_PARAMS } from './subjects/networks.ts';
import { WatchedNode } from './subjects/watched-node.ts';

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

interface Rate {
  readonly blocksPerS: number;
  /** CPU time for a block, of all threads of the process that connects it. */
  readonly cpuMs: number;
}

interface SyncSample extends Rate {
  /** CPU time for a block of those who send them. */
  readonly servingCpuMs: number;
  /** Peak of the process that was empty, in bytes; undefined where the system does not tell. */
  readonly peakBytes: number | undefined;
}

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
  private started = 0;

  constructor(engine: StorageEngine, material: Material, bench: BenchmarkRun) {
    this.engine = engine;
    this.material = material;
    this.bench = bench;
  }

  async run(): Promise<void> {
    const { engine, bench } = this;
    const { short, long } = this.material;
    bench.progress(`${engine}: nodes that have the chain`);
    const hasShort = await this.startSource(short);
    const hasLong = await this.startSource(long);
    const alsoHasShort = engine === TWO_SOURCES_ENGINE ? await this.startSource(short) : undefined;

    const alone: Rate[] = [];
    const samples = { short: [] as SyncSample[], long: [] as SyncSample[], two: [] as SyncSample[] };
    const rounds = Math.max(1, Math.floor(bench.runs / RUNS_PER_ROUND));
    for (let round = 0; round < rounds; round++) {
      bench.progress(`${engine}: round ${round + 1} of ${rounds}`);
      alone.push(await this.connectInProcess(short));
      samples.short.push(await this.syncFrom([hasShort], short));
      samples.long.push(await this.syncFrom([hasLong], long));
      if (alsoHasShort !== undefined) samples.two.push(await this.syncFrom([hasShort, alsoHasShort], short));
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

  /** A node that has the chain. */
  private async startSource(length: number): Promise<WatchedNode> {
    const { engine, bench } = this;
    const blocks = this.material.chain.slice(0, length);
    const place = await newDatabase(engine, bench);
    if (engine !== 'memory') {
      const storage = await openDatabase(place, bench);
      await storage.params.loadOrAdopt(describeParams(EASY_PARAMS));
      await writeChain(storage.chain, blocks, freshBlock, { params: EASY_PARAMS, signal: bench.signal });
      await storage.maintain();
      await storage.close();
    }
    const node = await WatchedNode.start(
      place,
      { name: this.profileName('serving'), settings: EASY_ENV },
      bench,
    );
    // Memory cannot be written from outside: this one is told the blocks, one after the other.
    if (engine === 'memory')
      for (const bytes of blocks) {
        bench.signal.throwIfAborted();
        await node.client.submitBlock(bytes);
      }
    return node;
  }

  /** An empty node fetches the chain. */
  private async syncFrom(sources: readonly WatchedNode[], length: number): Promise<SyncSample> {
    const { engine, bench } = this;
    const last = this.material.chain[length - 1];
    if (last === undefined) throw new Error(`the chain has fewer than ${length} blocks`);
    const servedBefore = await cpuMsOf(sources);
    const node = await WatchedNode.start(
      await newDatabase(engine, bench),
      {
        name: this.profileName('new'),
        settings: { ...EASY_ENV, BOOTSTRAP_PEERS: sources.map(({ url }) => url).join(',') },
      },
      bench,
    );
    const startCpuMs = await node.cpuMs();
    const doneMs = await node.blockConnected(blockHashOf(freshBlock(last).header));
    const cpuMs = (await node.cpuMs()) - startCpuMs;
    const servingCpuMs = (await cpuMsOf(sources)) - servedBefore;
    const peakBytes = node.peakMemoryBytes();
    await node.stop();
    return {
      blocksPerS: (1_000 * length) / (doneMs - node.readyMs),
      cpuMs: cpuMs / length,
      servingCpuMs: servingCpuMs / length,
      peakBytes,
    };
  }

  private async connectInProcess(length: number): Promise<Rate> {
    const { engine, bench } = this;
    const storage = await openDatabase(await newDatabase(engine, bench), bench);
    const chain = await Chainstate.open(
      { params: EASY_PARAMS },
      {
        store: storage.chain,
        verifier: this.material.verifier,
        clock: systemClock,
        verified: new VerifiedTransactions(),
      },
    );
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    for (const bytes of this.material.chain.slice(0, length)) {
      bench.signal.throwIfAborted();
      const verdict = await chain.acceptBlock(freshBlock(bytes));
      if (!verdict.ok) throw new Error(`a block of the benchmark is refused: ${verdict.detail}`);
    }
    const ms = performance.now() - startMs;
    const { user, system } = process.cpuUsage(startCpu);
    await chain.close();
    await storage.close();
    return { blocksPerS: (1_000 * length) / ms, cpuMs: (user + system) / 1_000 / length };
  }

  private profileName(what: string): string {
    return `sync ${this.engine} ${++this.started} ${what}`;
  }
}

function blocksText(count: number): string {
  return `${count.toLocaleString('en-US')} blocks`;
}

async function cpuMsOf(nodes: readonly WatchedNode[]): Promise<number> {
  const each = await Promise.all(nodes.map((node) => node.cpuMs()));
  return each.reduce((sum, ms) => sum + ms, 0);
}

function peaksOf(samples: readonly SyncSample[]): (number | undefined)[] {
  return samples.map(({ peakBytes }) => peakBytes);
}
