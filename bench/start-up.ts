/**
 * Start-up: from the start of the process to the first answer of /health, with an empty database and with 100,000 blocks in it.
 * It should hardly grow: a node reads headers and tip at its start, never transactions or coins.
 *
 * References: for 100,000 blocks the empty database of the same engine; for those, a Node process that does nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describeParams } from '../src/consensus/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import type { Reference } from './frame/figure.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { availableEngines, type DatabasePlace, newDatabase, openDatabase } from './subjects/databases.ts';
import { ENDLESS_ENV, ENDLESS_PARAMS } from './subjects/networks.ts';
import { plainEnvironment, startNodeProcess } from './subjects/node-process.ts';

const BLOCKS = { full: 100_000, quick: 5_000 };
const NOTHING = 'limit: a Node process that does nothing';
const UNIT = { unit: 'ms', better: 'lower' } as const;

interface Start {
  readonly name: string;
  readonly place: DatabasePlace;
  readonly reference: Reference;
  readonly samples: number[];
}

export const startUp: Benchmark = {
  name: 'start-up',
  summary: 'process start to first /health, with an empty database and with 100,000 blocks, on each store',

  async run(bench) {
    const engines = await availableEngines(bench);
    const count = BLOCKS[bench.quick ? 'quick' : 'full'];
    bench.progress(`forging ${count} blocks`);
    const forge = new ChainForge({ seed: 4, params: ENDLESS_PARAMS, proofOfWork: false });
    const blocks = Array.from({ length: count }, () => forge.mine([]));

    const nothing = { name: NOTHING, samples: [] as number[] };
    const starts: Start[] = [];
    for (const engine of engines) {
      const add = (what: string, place: DatabasePlace, reference: Reference): Start => {
        const start = { name: `${engine}, ${what}`, place, reference, samples: [] };
        starts.push(start);
        return start;
      };
      const emptyPlace = await newDatabase(engine, bench);
      if (engine === 'memory') {
        add('0 blocks', emptyPlace, nothing);
        continue;
      }
      bench.progress(`${engine}: first start`);
      const firstMs = await startOnce(emptyPlace, bench);
      bench.note(`${engine}, first start with an empty folder or database: ${Math.round(firstMs)} ms`);
      const empty = add('0 blocks', emptyPlace, nothing);
      bench.progress(`${engine}: writing ${count} blocks`);
      const filledPlace = await newDatabase(engine, bench);
      const writeMs = await writeBlocks(blocks, filledPlace, bench);
      bench.note(
        `${engine}: ${count} blocks written in ${(writeMs / 1_000).toFixed(1)} s (see chain-writer.ts)`,
      );
      add(`${count.toLocaleString('en-US')} blocks`, filledPlace, empty);
    }

    for (let run = 0; run < bench.runs; run++) {
      bench.progress(`round ${run + 1} of ${bench.runs}`);
      nothing.samples.push(await startNothing(bench));
      for (const { place, samples } of starts) samples.push(await startOnce(place, bench));
    }
    bench.record({ ...nothing, ...UNIT });
    for (const { name, samples, reference } of starts) bench.record({ name, ...UNIT, samples, reference });
  },
};

/** Writes blocks into the database. @returns how many milliseconds that took */
export async function writeBlocks(
  blocks: readonly Uint8Array[],
  place: DatabasePlace,
  bench: BenchmarkRun,
): Promise<number> {
  const storage = await openDatabase(place, bench);
  await storage.params.loadOrAdopt(describeParams(ENDLESS_PARAMS));
  const startMs = performance.now();
  await writeChain(storage.chain, blocks, freshBlock, { params: ENDLESS_PARAMS, signal: bench.signal });
  const ms = performance.now() - startMs;
  await storage.maintain();
  await storage.close();
  return ms;
}

/** Starts a node and ends it. @returns milliseconds to the first answer of /health */
export async function startOnce(place: DatabasePlace, bench: BenchmarkRun): Promise<number> {
  bench.signal.throwIfAborted();
  const node = await startNodeProcess(place, ENDLESS_ENV, bench);
  await node.stop();
  return node.startMs;
}

async function startNothing(bench: BenchmarkRun): Promise<number> {
  const startMs = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { env: plainEnvironment({}), stdio: 'ignore' });
  await once(child, 'exit', { signal: bench.signal });
  return performance.now() - startMs;
}
