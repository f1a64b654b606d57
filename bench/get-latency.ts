/**
 * GET latency: what readers of a node feel, over connections that stay open, on 127.0.0.1. The node is a process of its own on
 * its default database, with 10,000 coins; once it idles, once it mines on all threads.
 *
 * Reference: bare `node:http` that answers as many bytes which it has ready, asked by the same client in the same round.
 */
import { availableParallelism } from 'node:os';
import { blockHashOf, txidOf } from '../src/consensus/index.ts';
import { describeParams } from '../src/consensus/index.ts';
import { ApiClient } from '../src/protocol/index.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { quantile } from './frame/statistics.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { availableEngines, newDatabase, openDatabase } from './subjects/databases.ts';
import { getRequest, load, type LoadResult } from './subjects/http-load.ts';
import { ENDLESS_ENV, ENDLESS_PARAMS } from './subjects/networks.ts';
import { startBareServer, startNodeProcess } from './subjects/node-process.ts';

const CONNECTIONS = 8;
const REQUESTS = { full: 8_000, quick: 500 };
/** For one measurement, should the requests not be through by then. */
const MAX_MS = { full: 2_000, quick: 1_000 };
const COINS = 10_000;
const BLOCKS = 20;
const PAYMENTS_PER_BLOCK = 100;
/** Different things of a kind that are asked for in turn. */
const MOST_PATHS = 200;

interface Endpoint {
  readonly name: string;
  readonly paths: readonly string[];
  /** Answered from the database, so worth asking on each engine. */
  readonly asksDatabase: boolean;
}

export const getLatency: Benchmark = {
  name: 'get-latency',
  summary: 'GET latencies and requests per second of a node, idle and while it mines on all threads',

  async run(bench) {
    const engines = (await availableEngines(bench)).filter((engine) => engine !== 'memory');
    bench.note(
      `${CONNECTIONS} connections in a closed loop; a chain of ${COINS.toLocaleString('en-US')} coins and ` +
        `${BLOCKS} blocks of ${PAYMENTS_PER_BLOCK} payments`,
    );
    const barePort = await startBareServer(bench);
    for (const engine of engines) await measureEngine(engine, barePort, bench);
  },
};

async function measureEngine(engine: StorageEngine, barePort: number, bench: BenchmarkRun): Promise<void> {
  bench.progress(`${engine}: preparing`);
  const place = await newDatabase(engine, bench);
  const storage = await openDatabase(place, bench);
  await storage.params.loadOrAdopt(describeParams(ENDLESS_PARAMS));
  const forge = new ChainForge({ seed: 5, params: ENDLESS_PARAMS, proofOfWork: false });
  const blocks = [
    ...forge.fund(COINS),
    ...Array.from({ length: BLOCKS }, () => forge.mine(forge.payments(PAYMENTS_PER_BLOCK))),
  ];
  await writeChain(storage.chain, blocks, freshBlock, { params: ENDLESS_PARAMS, signal: bench.signal });
  await storage.maintain();
  await storage.close();

  const threads = availableParallelism();
  const node = await startNodeProcess(
    place,
    { ...ENDLESS_ENV, MINING_THREADS: String(threads), LOG_LEVEL: 'info' },
    bench,
  );
  const client = new ApiClient({ baseUrl: node.url });
  const miner = forge.addresses[0] ?? '';
  const port = Number(new URL(node.url).port);
  const endpoints = endpointsOf(blocks.slice(-BLOCKS), forge.addresses);
  // Memory answers alike on every engine: shown for the default one.
  const asked = endpoints.filter(({ asksDatabase }) => asksDatabase || engine === 'pglite');
  const findings = new Map<string, Findings>();
  for (const { paths } of asked) await ask(port, paths, bench);

  for (let run = 0; run < bench.runs; run++) {
    for (const state of ['idle', 'mining'] as const) {
      if (state === 'mining') await client.miningStart(miner);
      for (const { name, paths } of asked) {
        bench.progress(`${engine}: ${name}, ${state}, round ${run + 1} of ${bench.runs}`);
        const title = `${engine} ${name} ${state}`;
        const found = findings.get(title) ?? new Findings();
        findings.set(title, found);
        const result = await ask(port, paths, bench);
        const bare = await ask(barePort, [`/${result.bodyBytes}`], bench);
        found.add(result, bare);
      }
      if (state === 'mining') await client.miningStop();
    }
  }
  for (const [title, found] of findings) found.record(title, bench);
  await node.stop();
}

function endpointsOf(blocks: readonly Uint8Array[], addresses: readonly string[]): Endpoint[] {
  const decoded = blocks.map(freshBlock);
  const txids = decoded.flatMap(({ transactions }) => transactions.slice(1).map(txidOf));
  return [
    { name: '/health', paths: ['/health'], asksDatabase: false },
    { name: '/chain/info', paths: ['/chain/info'], asksDatabase: false },
    {
      name: '/balance/{address}',
      paths: addresses.map((address) => `/balance/${address}`),
      asksDatabase: true,
    },
    {
      name: '/tx/{txid}',
      paths: txids.slice(0, MOST_PATHS).map((txid) => `/tx/${txid}`),
      asksDatabase: true,
    },
    {
      name: '/block/{hash}',
      paths: decoded.map(({ header }) => `/block/${blockHashOf(header)}`),
      asksDatabase: true,
    },
  ];
}

function ask(port: number, paths: readonly string[], { quick, signal }: BenchmarkRun): Promise<LoadResult> {
  const effort = quick ? 'quick' : 'full';
  const [count, maxMs] = [REQUESTS[effort], MAX_MS[effort]];
  return load({ port, requests: paths.map(getRequest), count, maxMs, connections: CONNECTIONS, signal });
}

/** What the rounds found for one endpoint in one state. */
class Findings {
  private readonly rates: number[] = [];
  private readonly bareRates: number[] = [];
  private readonly latencies = new Map<string, number[]>();

  add({ latenciesMs, requestsPerS }: LoadResult, bare: LoadResult): void {
    this.rates.push(requestsPerS);
    this.bareRates.push(bare.requestsPerS);
    for (const [name, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      this.latencies.set(name, [...(this.latencies.get(name) ?? []), quantile(latenciesMs, share)]);
    }
  }

  record(title: string, bench: BenchmarkRun): void {
    const rate = { unit: 'req/s', better: 'higher' } as const;
    const reference = { name: `limit for ${title}`, samples: this.bareRates };
    bench.record({ ...reference, ...rate });
    bench.record({ name: title, ...rate, samples: this.rates, reference });
    for (const [name, samples] of this.latencies)
      bench.record({ name: `${title} ${name}`, unit: 'ms', better: 'lower', samples });
  }
}
