/**
 * Under load: does a node do its work while strangers keep it busy? Blocks of 100 payments that the node has not seen before are
 * handed to it while 64 connections ask for health, balances, transactions and blocks as fast as they are answered; the time
 * is from the first byte sent until the node has connected the block, durably. And does it answer while it mines on all threads?
 *
 * References: the same number of blocks without the flood, in turn with those in the flood; /health of a node that idles.
 */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { strangers } from './api-load.ts';
import { blockHashOf, txidOf } from '../src/consensus/index.ts';
import { ApiClient } from '../src/protocol/index.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { quantile } from './frame/statistics.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { machineTimeMs } from './subjects/clock.ts';
import { availableEngines, newDatabase } from './subjects/databases.ts';
import { Flood } from './subjects/flood.ts';
import type { FloodResult } from './subjects/flood-program.ts';
import { getRequest, load } from './subjects/http-load.ts';
import { EASY_ENV, EASY_PARAMS, ENDLESS_ENV } from './subjects/networks.ts';
import { startNodeProcess } from './subjects/node-process.ts';
import { WatchedNode } from './subjects/watched-node.ts';

const CONNECTIONS = 64;
const PAYMENTS_PER_BLOCK = 100;
const COINS = 20_000;
/** Whose balances are asked for. */
const ADDRESSES = 1_000;
/** Blocks in a row with and without the flood, in turn. */
const BLOCKS_PER_TURN = 10;
const TURNS = { full: 6, quick: 1 };
const WARM_UP_BLOCKS = 10;
/** Between two blocks, so that each finds the node as the flood keeps it. */
const PAUSE_MS = 150;
const HEALTH_CONNECTIONS = 8;
const HEALTH_MS = { full: 4_000, quick: 1_500 };

export const underLoad: Benchmark = {
  name: 'under-load',
  summary: 'connecting blocks while 64 connections flood a node, and /health while it mines on all threads',

  async run(bench) {
    const effort = bench.quick ? 'quick' : 'full';
    // The memory engine has no indexes: it looks at all coins for a balance, which would be measured.
    const engines = (await availableEngines(bench)).filter((engine) => engine !== 'memory');
    bench.progress('forging blocks');
    const forge = new ChainForge({ seed: 10, params: EASY_PARAMS, proofOfWork: true });
    const addresses = strangers(ADDRESSES);
    const funding = [...forge.scatter(COINS, addresses), ...forge.fund(COINS)];
    const blockCount = WARM_UP_BLOCKS + 2 * BLOCKS_PER_TURN * TURNS[effort];
    const blocks = Array.from({ length: blockCount }, () => forge.mine(forge.payments(PAYMENTS_PER_BLOCK)));
    const flood = await Flood.start(bench);
    for (const engine of engines) await measureBlocks(engine, { funding, blocks, addresses }, flood, bench);
    await measureHealth(bench, HEALTH_MS[effort]);
  },
};

interface Material {
  readonly funding: readonly Uint8Array[];
  readonly blocks: readonly Uint8Array[];
  readonly addresses: readonly string[];
}

async function measureBlocks(
  engine: StorageEngine,
  { funding, blocks, addresses }: Material,
  flood: Flood,
  bench: BenchmarkRun,
): Promise<void> {
  bench.progress(`${engine}: preparing`);
  const place = await newDatabase(engine, bench);
  const node = await WatchedNode.start(place, { name: `node-${engine}`, settings: EASY_ENV }, bench);
  for (const bytes of [...funding, ...blocks.slice(0, WARM_UP_BLOCKS)]) await connectMs(node, bytes);
  const paths = mixOf(addresses, blocks.slice(0, WARM_UP_BLOCKS));
  const port = Number(new URL(node.url).port);

  const quiet: number[] = [];
  const flooded: number[] = [];
  const floods: FloodResult[] = [];
  for (let at = WARM_UP_BLOCKS; at < blocks.length; at += 2 * BLOCKS_PER_TURN) {
    bench.progress(`${engine}: block ${at} of ${blocks.length}`);
    for (const bytes of blocks.slice(at, at + BLOCKS_PER_TURN)) {
      await sleep(PAUSE_MS);
      quiet.push(await connectMs(node, bytes));
    }
    flood.begin({ port, paths, connections: CONNECTIONS });
    for (const bytes of blocks.slice(at + BLOCKS_PER_TURN, at + 2 * BLOCKS_PER_TURN)) {
      bench.signal.throwIfAborted();
      await sleep(PAUSE_MS);
      flooded.push(await connectMs(node, bytes));
    }
    floods.push(await flood.stop());
  }
  await node.stop();

  const ms = { unit: 'ms/block', better: 'lower' } as const;
  const reference = { name: `${engine}, without the flood`, samples: quiet };
  bench.record({ ...reference, ...ms });
  bench.record({ name: `${engine}, flooded`, ...ms, samples: flooded, reference });
  // One for the whole run: a goal is set for it.
  bench.record({ name: `${engine}, flooded: p95`, ...ms, samples: [quantile(flooded, 0.95)] });
  bench.record({
    ...{ name: `${engine}, the flood meanwhile`, unit: 'req/s', better: 'higher' },
    samples: floods.map(({ requestsPerS }) => requestsPerS),
  });
  bench.record({
    ...{ name: `${engine}, the flood meanwhile: p99`, unit: 'ms', better: 'lower' },
    samples: floods.map(({ p99 }) => p99),
  });
}

/** Hands in a block. @returns milliseconds until it is connected */
async function connectMs(node: WatchedNode, bytes: Uint8Array): Promise<number> {
  const hash = blockHashOf(freshBlock(bytes).header);
  const startMs = machineTimeMs();
  const answer = node.client.submitBlock(bytes);
  const connectedMs = await node.blockConnected(hash);
  await answer;
  return connectedMs - startMs;
}

/** What the flood asks for: every kind as often as every other. */
function mixOf(addresses: readonly string[], blocks: readonly Uint8Array[]): string[] {
  const decoded = blocks.map(freshBlock);
  return decoded.flatMap(({ header, transactions }, block) =>
    transactions
      .slice(1)
      .flatMap((tx, index) => [
        '/health',
        `/balance/${addresses[(block * PAYMENTS_PER_BLOCK + index) % addresses.length] ?? ''}`,
        `/tx/${txidOf(tx)}`,
        `/block/${blockHashOf(header)}`,
      ]),
  );
}

async function measureHealth(bench: BenchmarkRun, maxMs: number): Promise<void> {
  bench.progress('mining: preparing');
  const threads = String(availableParallelism());
  const node = await startNodeProcess(
    await newDatabase('pglite', bench),
    { ...ENDLESS_ENV, MINING_THREADS: threads },
    bench,
  );
  const client = new ApiClient({ baseUrl: node.url });
  const port = Number(new URL(node.url).port);
  const found = { idle: [] as number[], mining: [] as number[] };
  const ask = async (): Promise<number> => {
    const { latenciesMs } = await load({
      ...{ port, requests: [getRequest('/health')], count: Infinity, maxMs },
      ...{ connections: HEALTH_CONNECTIONS, signal: bench.signal },
    });
    return quantile(latenciesMs, 0.99);
  };
  await ask();
  for (let run = 0; run < bench.runs; run++) {
    bench.progress(`mining: round ${run + 1} of ${bench.runs}`);
    found.idle.push(await ask());
    await client.miningStart('11'.repeat(20));
    found.mining.push(await ask());
    await client.miningStop();
  }
  await node.stop();
  const ms = { unit: 'ms', better: 'lower' } as const;
  const reference = { name: '/health p99, idle', samples: found.idle };
  bench.record({ ...reference, ...ms });
  bench.record({
    name: `/health p99, mining on ${threads} threads`,
    ...ms,
    samples: found.mining,
    reference,
  });
}
