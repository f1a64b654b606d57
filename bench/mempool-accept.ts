/**
 * Mempool accept: payments of 2 inputs and 2 outputs per second through `Mempool.accept`, in process, until they are durable in
 * the store. One after the other, and 64 at a time (as from many connections, where the store may take several in one write).
 *
 * Reference: the curve operations alone, on the same engine. Two signatures each, nobody accepts payments faster.
 */
import { Chainstate, type Verifier } from '../src/chainstate/index.ts';
import type { Transaction } from '../src/consensus/index.ts';
import { Mempool, VerifiedTransactions } from '../src/mempool/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { Storage } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { ChainForge, freshBlock, freshTransaction } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { systemClock } from './subjects/clock.ts';
import { availableEngines, newDatabase, openDatabase } from './subjects/databases.ts';
import { EASY_PARAMS } from './subjects/networks.ts';
import { signatureChecksOf, timeSignatures } from './subjects/signature-limit.ts';

const PAYMENTS = { full: 2_000, quick: 400 };
const CONCURRENCY = [1, 64];
/** One at a time, each payment waits for a flush of its own: a part of them is enough. */
const PART_ONE_AT_A_TIME = 0.25;
const SIGNATURES = 'limit: signatures alone';

/** A chain on a store, on which mempools are put up again and again. */
interface Subject {
  readonly title: string;
  readonly storage: Storage;
  readonly chain: Chainstate;
}

export const mempoolAccept: Benchmark = {
  name: 'mempool-accept',
  summary: 'payments of 2 inputs and 2 outputs per second into the mempool, in process, on each store',

  async run(bench) {
    const forge = new ChainForge({ seed: 3, params: EASY_PARAMS, proofOfWork: false });
    const count = PAYMENTS[bench.quick ? 'quick' : 'full'];
    bench.progress('forging payments');
    const funding = forge.fund(2 * count);
    const payments = forge.payments(count);
    const verifier = createVerifier();
    bench.scratch.defer(() => verifier.close());
    bench.note(`signatures are checked by ${verifier.name}; ${count} payments a run`);

    const subjects: Subject[] = [];
    for (const engine of await availableEngines(bench)) {
      bench.progress(engine);
      const storage = await openDatabase(await newDatabase(engine, bench), bench);
      await writeChain(storage.chain, funding, freshBlock, { params: EASY_PARAMS, signal: bench.signal });
      const chain = await Chainstate.open(
        { params: EASY_PARAMS },
        { store: storage.chain, verifier, clock: systemClock, verified: new VerifiedTransactions() },
      );
      subjects.push({ title: engine, storage, chain });
    }

    const checks = signatureChecksOf(payments, funding);
    const rates = new Map<string, number[]>([[SIGNATURES, []]]);
    // One round more than asked for: in the first, the JIT compiles and the coins are read.
    for (let run = 0; run <= bench.runs; run++) {
      bench.progress(`round ${run} of ${bench.runs}`);
      const keep = (name: string, accepted: number, ms: number): void => {
        if (run > 0) rates.set(name, [...(rates.get(name) ?? []), (accepted * 1_000) / ms]);
      };
      keep(SIGNATURES, count, await timeSignatures(verifier, checks));
      for (const subject of subjects) {
        for (const concurrency of CONCURRENCY) {
          bench.signal.throwIfAborted();
          const name = `${subject.title}, ${concurrency === 1 ? 'one at a time' : `${concurrency} at a time`}`;
          const sent = concurrency === 1 ? payments.slice(0, count * PART_ONE_AT_A_TIME) : payments;
          keep(name, sent.length, await timeAccepts(subject, verifier, sent, concurrency, bench));
        }
      }
    }
    const reference = { name: SIGNATURES, samples: rates.get(SIGNATURES) ?? [] };
    for (const [name, samples] of rates) {
      const against = name === SIGNATURES ? {} : { reference };
      bench.record({ name, unit: 'tx/s', better: 'higher', samples, ...against });
    }
  },
};

/** Milliseconds until a new mempool has accepted all payments and they are durable. */
async function timeAccepts(
  { chain, storage }: Subject,
  verifier: Verifier,
  payments: readonly Transaction[],
  concurrency: number,
  bench: BenchmarkRun,
): Promise<number> {
  let failure: unknown;
  const mempool = new Mempool(
    { params: EASY_PARAMS },
    {
      ...{ chain, store: storage.mempool, verifier, clock: systemClock },
      verified: new VerifiedTransactions(),
      onBackgroundError: (error) => (failure = error),
    },
  );
  const arriving = payments.map(freshTransaction);
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let tx = arriving[next++]; tx !== undefined; tx = arriving[next++]) {
      bench.signal.throwIfAborted();
      const verdict = await mempool.accept(tx);
      if (!verdict.ok) throw new Error(`a payment is refused: ${verdict.detail}`);
    }
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, sender));
  const ms = performance.now() - startMs;
  if (failure !== undefined) throw failure instanceof Error ? failure : new Error('the mempool failed');
  await mempool.whenIdle();
  await storage.mempool.remove(mempool.entries().map(({ txid }) => txid));
  return ms;
}
