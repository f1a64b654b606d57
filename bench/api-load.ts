/**
 * API load: requests per second of one node process with 1,000,000 coins of 10,000 addresses, over 64 connections that stay
 * open. What the database answers (/balance first of all) on each database; what memory answers on the default one.
 *
 * Reference: bare `node:http` that answers as many bytes which it has ready, asked by the same client in the same round.
 */
import {
  type Address,
  blockHashOf,
  bytesToHex,
  describeParams,
  sha256,
  type Transaction,
  transactionToJson,
  txidOf,
} from '../src/consensus/index.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { quantile } from './frame/statistics.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { availableEngines, type DatabasePlace, newDatabase, openDatabase } from './subjects/databases.ts';
import { getRequest, load, type LoadResult, postRequest } from './subjects/http-load.ts';
import { ENDLESS_ENV, ENDLESS_PARAMS } from './subjects/networks.ts';
import { startBareServer, startNodeProcess } from './subjects/node-process.ts';

const CONNECTIONS = 64;
const COINS = { full: 1_000_000, quick: 50_000 };
const ADDRESSES = { full: 10_000, quick: 2_000 };
const BLOCKS = 20;
const PAYMENTS_PER_BLOCK = 100;
const WAITING_PAYMENTS = { full: 5_000, quick: 500 };
/** Of one measurement. */
const MEASURE_MS = { full: 2_000, quick: 700 };
const WARM_UP_MS = { full: 1_500, quick: 700 };
/** Different things of a kind that are asked for in turn. */
const MOST_PATHS = 10_000;

export interface Endpoint {
  readonly name: string;
  readonly paths: readonly string[];
  /** Answered from the database, so worth asking on each. */
  readonly asksDatabase: boolean;
}

/** The chain that is asked about. */
interface Material {
  readonly blocks: readonly Uint8Array[];
  readonly addresses: readonly Address[];
  readonly waiting: readonly Transaction[];
}

interface Sample {
  readonly node: LoadResult;
  readonly bare: LoadResult;
  /** CPU time of the node for a request, in microseconds. */
  readonly cpuUs: number | undefined;
}

export const apiLoad: Benchmark = {
  name: 'api-load',
  summary: 'requests per second of every kind of GET over 64 connections, at 1,000,000 coins',

  async run(bench) {
    const effort = bench.quick ? 'quick' : 'full';
    const engines = (await availableEngines(bench)).filter((engine) => engine !== 'memory');
    bench.progress('forging blocks');
    const material = forge(COINS[effort], ADDRESSES[effort], WAITING_PAYMENTS[effort]);
    bench.note(
      `${CONNECTIONS} connections in a closed loop; ${COINS[effort].toLocaleString('en-US')} coins of ` +
        `${ADDRESSES[effort].toLocaleString('en-US')} addresses, ${BLOCKS} blocks of ${PAYMENTS_PER_BLOCK} payments, ` +
        `${material.waiting.length.toLocaleString('en-US')} payments that wait`,
    );
    const barePort = await startBareServer(bench);
    for (const engine of engines) await measureEngine(engine, material, barePort, bench);
  },
};

/** So many addresses whose keys nobody has. */
export function strangers(count: number): Address[] {
  const text = new TextEncoder();
  return Array.from(
    { length: count },
    (_, index) => bytesToHex(sha256(text.encode(`bench stranger ${index}`)).subarray(0, 20)) as Address,
  );
}

function forge(coins: number, addressCount: number, waitingCount: number): Material {
  const forged = new ChainForge({ seed: 9, params: ENDLESS_PARAMS, proofOfWork: false });
  const addresses = strangers(addressCount);
  const spendable = 2 * (BLOCKS * PAYMENTS_PER_BLOCK + waitingCount);
  const blocks = [
    ...forged.scatter(coins, addresses),
    ...forged.fund(spendable),
    ...Array.from({ length: BLOCKS }, () => forged.mine(forged.payments(PAYMENTS_PER_BLOCK))),
  ];
  return { blocks, addresses, waiting: forged.payments(waitingCount) };
}

/** Writes the chain into a new database. */
export async function writeDatabase(
  engine: StorageEngine,
  blocks: readonly Uint8Array[],
  bench: BenchmarkRun,
): Promise<DatabasePlace> {
  const place = await newDatabase(engine, bench);
  const storage = await openDatabase(place, bench);
  await storage.params.loadOrAdopt(describeParams(ENDLESS_PARAMS));
  await writeChain(storage.chain, blocks, freshBlock, { params: ENDLESS_PARAMS, signal: bench.signal });
  await storage.maintain();
  await storage.close();
  return place;
}

async function measureEngine(
  engine: StorageEngine,
  material: Material,
  barePort: number,
  bench: BenchmarkRun,
): Promise<void> {
  const effort = bench.quick ? 'quick' : 'full';
  bench.progress(`${engine}: writing the chain`);
  const place = await writeDatabase(engine, material.blocks, bench);
  const node = await startNodeProcess(place, { ...ENDLESS_ENV, LOG_LEVEL: 'info' }, bench);
  const port = Number(new URL(node.url).port);
  await handIn(port, material.waiting, bench);

  const endpoints = endpointsOf(material).filter(({ asksDatabase }) => asksDatabase || engine === 'pglite');
  const found = new Map<string, Sample[]>();
  for (let run = 0; run < bench.runs; run++) {
    for (const { name, paths } of endpoints) {
      bench.signal.throwIfAborted();
      bench.progress(`${engine}: ${name}, round ${run + 1} of ${bench.runs}`);
      const ask = (at: number, asked: readonly string[], maxMs: number): Promise<LoadResult> =>
        load({
          ...{ port: at, requests: asked.map(getRequest), maxMs, count: Infinity },
          ...{ connections: CONNECTIONS, signal: bench.signal },
        });
      if (run === 0) await ask(port, paths, WARM_UP_MS[effort]);
      const cpuBefore = node.cpuMs();
      const result = await ask(port, paths, MEASURE_MS[effort]);
      const cpuAfter = node.cpuMs();
      const cpuUs =
        cpuBefore === undefined || cpuAfter === undefined
          ? undefined
          : ((cpuAfter - cpuBefore) * 1_000) / result.latenciesMs.length;
      const bare = await ask(barePort, [`/${result.bodyBytes}`], MEASURE_MS[effort] / 2);
      found.set(name, [...(found.get(name) ?? []), { node: result, bare, cpuUs }]);
    }
  }
  for (const [name, results] of found) record(`${engine} ${name}`, results, bench);
  await node.stop();
}

/** Puts payments into the mempool. */
async function handIn(port: number, payments: readonly Transaction[], bench: BenchmarkRun): Promise<void> {
  const requests = payments.map((tx) =>
    postRequest('/tx', Buffer.from(JSON.stringify(transactionToJson(tx)))),
  );
  await load({
    ...{ port, requests, count: requests.length, maxMs: Infinity },
    ...{ connections: 8, signal: bench.signal },
  });
}

function endpointsOf({ blocks, addresses, waiting }: Material): Endpoint[] {
  const decoded = blocks.slice(-BLOCKS).map(freshBlock);
  const txids = decoded.flatMap(({ transactions }) => transactions.slice(1).map(txidOf));
  const memory = (name: string, paths: readonly string[] = [name]): Endpoint => ({
    ...{ name, paths: paths.slice(0, MOST_PATHS), asksDatabase: false },
  });
  const database = (name: string, paths: readonly string[]): Endpoint => ({
    ...{ name, paths: paths.slice(0, MOST_PATHS), asksDatabase: true },
  });
  const ofAddresses = (prefix: string, suffix = ''): string[] =>
    addresses.map((address) => `${prefix}${address}${suffix}`);
  return [
    memory('/health'),
    memory('/chain/info'),
    memory('/headers?limit=20'),
    memory('/mempool?limit=20'),
    memory(
      '/mempool/{txid}',
      waiting.map((tx) => `/mempool/${txidOf(tx)}`),
    ),
    database('/balance/{address}', ofAddresses('/balance/')),
    database('/address/{address}', ofAddresses('/address/')),
    database('/utxos/{address}?limit=20', ofAddresses('/utxos/', '?limit=20')),
    database('/address/{address}/history?limit=20', ofAddresses('/address/', '/history?limit=20')),
    database(
      '/tx/{txid}',
      txids.map((txid) => `/tx/${txid}`),
    ),
    database(
      '/tx/{txid}/proof',
      txids.map((txid) => `/tx/${txid}/proof`),
    ),
    database(
      '/coins/{txid}/{index}',
      txids.map((txid) => `/coins/${txid}/0`),
    ),
    database(
      '/block/{hash}',
      decoded.map(({ header }) => `/block/${blockHashOf(header)}`),
    ),
    database('/blocks?limit=20', ['/blocks?limit=20']),
  ];
}

function record(title: string, results: readonly Sample[], bench: BenchmarkRun): void {
  const rate = { unit: 'req/s', better: 'higher' } as const;
  const reference = {
    name: `limit for ${title}`,
    samples: results.map(({ bare }) => bare.requestsPerS),
  };
  bench.record({ ...reference, ...rate });
  bench.record({ name: title, ...rate, samples: results.map(({ node }) => node.requestsPerS), reference });
  const p99 = results.map(({ node }) => quantile(node.latenciesMs, 0.99));
  bench.record({ name: `${title} p99`, unit: 'ms', better: 'lower', samples: p99 });
  const cpu = results.flatMap(({ cpuUs }) => cpuUs ?? []);
  if (cpu.length > 0)
    bench.record({ name: `${title} CPU of the node`, unit: 'µs', better: 'lower', samples: cpu });
}
