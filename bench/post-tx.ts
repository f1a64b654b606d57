/**
 * POST /tx: payments of 2 inputs and 2 outputs per second that a node takes over HTTP, durably, from 8 connections. The node is
 * a process of its own; the bodies (JSON) were made before. Each payment is sent once, so the mempool grows from round to round.
 *
 * References of the same round: bare `node:http` that reads the same bodies and answers as many bytes; and the curve operations
 * of the same payments alone, on one thread.
 */
import { describeParams, type Transaction, transactionToJson } from '../src/consensus/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { quantile } from './frame/statistics.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { availableEngines, newDatabase, openDatabase } from './subjects/databases.ts';
import { load, type LoadResult, postRequest } from './subjects/http-load.ts';
import { ENDLESS_ENV, ENDLESS_PARAMS } from './subjects/networks.ts';
import { startBareServer, startNodeProcess } from './subjects/node-process.ts';
import { signatureChecksOf, timeSignatures } from './subjects/signature-limit.ts';

const CONNECTIONS = 8;
const PAYMENTS_PER_ROUND = { full: 3_000, quick: 1_000 };
/** What the JIT of a fresh node needs to see. */
const WARM_UP_PAYMENTS = { full: 3_000, quick: 2_000 };
const MAX_MS = 60_000;
const SIGNATURES = 'limit: signatures alone, one thread';

export const postTx: Benchmark = {
  name: 'post-tx',
  summary: 'payments of 2 inputs and 2 outputs per second through POST /tx of a node, on each store',

  async run(bench) {
    const effort = bench.quick ? 'quick' : 'full';
    const perRound = PAYMENTS_PER_ROUND[effort];
    const warmUp = WARM_UP_PAYMENTS[effort];
    const engines = await availableEngines(bench);
    bench.progress('forging payments');
    const forge = new ChainForge({ seed: 7, params: ENDLESS_PARAMS, proofOfWork: false });
    const funding = forge.fund(2 * (warmUp + bench.runs * perRound));
    const rounds = Array.from({ length: bench.runs + 1 }, (_, round) =>
      forge.payments(round === 0 ? warmUp : perRound),
    );
    const bodies = rounds.map((payments) => payments.map((tx) => requestOf(tx)));
    const verifier = createVerifier();
    bench.scratch.defer(() => verifier.close());
    const checks = rounds.map((payments) => signatureChecksOf(payments, funding));
    const barePort = await startBareServer(bench);
    bench.note(
      `${CONNECTIONS} connections in a closed loop; ${perRound} payments a round; signatures are checked by ${verifier.name}`,
    );

    const signatureRates: number[] = [];
    for (let round = 0; round <= bench.runs; round++) {
      const ms = await timeSignatures(verifier, checks[round] ?? []);
      if (round > 0) signatureRates.push((perRound * 1_000) / ms);
    }
    bench.record({ name: SIGNATURES, unit: 'tx/s', better: 'higher', samples: signatureRates });

    for (const engine of engines) {
      if (engine === 'memory') continue; // nothing durable about it
      bench.progress(`${engine}: preparing`);
      const place = await newDatabase(engine, bench);
      const storage = await openDatabase(place, bench);
      await storage.params.loadOrAdopt(describeParams(ENDLESS_PARAMS));
      await writeChain(storage.chain, funding, freshBlock, { params: ENDLESS_PARAMS, signal: bench.signal });
      await storage.maintain();
      await storage.close();
      const node = await startNodeProcess(place, ENDLESS_ENV, bench);
      const port = Number(new URL(node.url).port);
      const found: LoadResult[] = [];
      const bare: LoadResult[] = [];
      const cpuUs: number[] = [];
      for (const [round, requests] of bodies.entries()) {
        bench.progress(`${engine}: round ${round} of ${bench.runs}`);
        const cpuBefore = node.cpuMs();
        const result = await send(port, requests, bench);
        const cpuAfter = node.cpuMs();
        // The same bodies to another path; it answers as many bytes as the node did.
        const bareRequests = (rounds[round] ?? []).map((tx) => requestOf(tx, `/${result.bodyBytes}`));
        const bareResult = await send(barePort, bareRequests, bench);
        if (round === 0) continue;
        found.push(result);
        bare.push(bareResult);
        if (cpuBefore !== undefined && cpuAfter !== undefined)
          cpuUs.push(((cpuAfter - cpuBefore) * 1_000) / requests.length);
      }
      record(engine, found, bare, bench);
      if (cpuUs.length > 0)
        bench.record({ name: `${engine}: CPU of the node`, unit: 'µs/tx', better: 'lower', samples: cpuUs });
      bench.note(
        `${engine}: ×${(ratesOf(found).reduce((sum, rate) => sum + rate, 0) / signatureRates.reduce((sum, rate) => sum + rate, 0)).toFixed(2)} of the signatures alone`,
      );
      await node.stop();
    }
  },
};

function requestOf(tx: Transaction, path = '/tx'): Buffer {
  const body = Buffer.from(JSON.stringify(transactionToJson(tx)));
  return postRequest(path, body);
}

function send(port: number, requests: readonly Buffer[], { signal }: BenchmarkRun): Promise<LoadResult> {
  return load({
    port,
    requests,
    count: requests.length,
    maxMs: MAX_MS,
    connections: CONNECTIONS,
    signal,
  });
}

function ratesOf(results: readonly LoadResult[]): number[] {
  return results.map(({ requestsPerS }) => requestsPerS);
}

function record(
  title: string,
  found: readonly LoadResult[],
  bare: readonly LoadResult[],
  bench: BenchmarkRun,
): void {
  const rate = { unit: 'tx/s', better: 'higher' } as const;
  const reference = { name: `limit for ${title}: bare HTTP`, samples: ratesOf(bare) };
  bench.record({ ...reference, ...rate });
  bench.record({ name: `${title}, ${CONNECTIONS} connections`, ...rate, samples: ratesOf(found), reference });
  for (const share of [0.5, 0.99]) {
    const samples = found.map(({ latenciesMs }) => quantile(latenciesMs, share));
    bench.record({ name: `${title}: p${share * 100}`, unit: 'ms', better: 'lower', samples });
  }
}
