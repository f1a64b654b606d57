/**
 * Block templates: how long `buildTemplate` takes over a mempool of 50,000 payments, every fifth of which hangs on another one.
 * For a block of 100 payments and for one of 1 MB; again after one more payment has come, and after a block has taken the best
 * ones out, which is when a miner asks. And how long the mempool itself takes to follow such a block.
 *
 * Reference: the merkle root of the same block. No template does without it.
 */
import { Chainstate } from '../src/chainstate/index.ts';
import {
  type ChainParams,
  earliestTimestamp,
  expectedTarget,
  merkleRoot,
  NO_BLOCK,
  type Transaction,
  txidOf,
} from '../src/consensus/index.ts';
import { Mempool, VerifiedTransactions } from '../src/mempool/index.ts';
import { type BlockTemplate, buildTemplate } from '../src/mining/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { systemClock } from './subjects/clock.ts';
import { newDatabase, openDatabase } from './subjects/databases.ts';
import { EASY_PARAMS } from './subjects/networks.ts';

const WAITING = { full: 50_000, quick: 10_000 };
const SAMPLES = { full: 30, quick: 6 };
const WARM_UP = 3;
/** Payments that come while it is measured, besides those that wait. */
const NEWCOMERS = 100;
const AT_ONCE = 64;

interface Size {
  readonly title: string;
  readonly maxBlockTxs: number;
}

const SIZES: readonly Size[] = [
  { title: '100 payments', maxBlockTxs: 100 },
  { title: 'a block of 1 MB', maxBlockTxs: 1_000_000 },
];

export const template: Benchmark = {
  name: 'template',
  summary: 'block templates from a mempool of 50,000 payments, for small and for full blocks',

  async run(bench) {
    const waiting = WAITING[bench.quick ? 'quick' : 'full'];
    const samples = SAMPLES[bench.quick ? 'quick' : 'full'];
    const title = `of ${waiting.toLocaleString('en-US')}`;
    bench.progress('forging payments');
    const forge = new ChainForge({ seed: 8, params: EASY_PARAMS, proofOfWork: false });
    const funding = forge.fund(2 * (waiting + NEWCOMERS));
    const payments = forge.families(waiting);
    const newcomers = forge.payments(NEWCOMERS, 30_000);
    const { mempool, chain } = await openMempool(funding, bench);
    bench.progress('filling the mempool');
    await acceptAll(mempool, payments);
    bench.note(`${mempool.size.toLocaleString('en-US')} payments wait, of ${mempool.bytes} bytes together`);

    const figures = new Map<string, Timing[]>();
    const keep = (name: string, round: number, timing: Timing): void => {
      if (round >= WARM_UP) figures.set(name, [...(figures.get(name) ?? []), timing]);
    };
    for (let round = 0; round < WARM_UP + samples; round++) {
      bench.signal.throwIfAborted();
      bench.progress(`round ${round + 1} of ${WARM_UP + samples}`);
      for (const size of SIZES) {
        keep(`${size.title} ${title}`, round, build(mempool, chain, size).timing);
        const newcomer = newcomers.pop();
        if (newcomer !== undefined) await acceptAll(mempool, [newcomer]);
        const { timing, built } = build(mempool, chain, size);
        keep(`${size.title} ${title}, after one new payment`, round, timing);

        // A block takes the best ones out. Afterwards they come back, as from a block that leaves.
        const block = { block: { transactions: built.transactions }, height: chain.height + 1 };
        const startMs = performance.now();
        mempool.onBlocksChanged({ connected: [block], disconnected: [] });
        const followMs = performance.now() - startMs;
        keep(`the mempool follows ${size.title}`, round, { ms: followMs, rootMs: timing.rootMs });
        keep(`${size.title} ${title}, after such a block`, round, build(mempool, chain, size).timing);
        mempool.onBlocksChanged({ connected: [], disconnected: [block] });
        await mempool.whenIdle();
      }
    }
    for (const { title: size } of SIZES)
      bench.record({
        ...{ name: limitOf(size), unit: 'ms', better: 'lower' },
        samples: (figures.get(`${size} ${title}`) ?? []).map(({ rootMs }) => rootMs),
      });
    for (const [name, timings] of figures) {
      const size = SIZES.find((one) => name.includes(one.title))?.title ?? '';
      const reference = { name: limitOf(size), samples: timings.map(({ rootMs }) => rootMs) };
      const figure = { name, unit: 'ms', better: 'lower', samples: timings.map(({ ms }) => ms) } as const;
      bench.record({ ...figure, reference });
    }
  },
};

function limitOf(size: string): string {
  return `limit: merkle root of ${size}`;
}

interface Timing {
  readonly ms: number;
  /** The merkle root alone. */
  readonly rootMs: number;
}

function build(
  mempool: Mempool,
  chain: Chainstate,
  { maxBlockTxs }: Size,
): { timing: Timing; built: BlockTemplate } {
  const params: ChainParams = EASY_PARAMS;
  const startMs = performance.now();
  const built = buildTemplate({
    ...{ mempool, params, maxBlockTxs },
    minerAddress: '11'.repeat(20) as never,
    tip: {
      height: chain.height,
      hash: chain.tip?.hash ?? NO_BLOCK,
      medianTimePast: chain.medianTimePast,
      expectedTarget: expectedTarget(chain.tip, params),
      earliestTimestamp: earliestTimestamp(chain.tip, params),
    },
    nowS: systemClock.nowS(),
  });
  const ms = performance.now() - startMs;
  const txids = built.transactions.map(txidOf);
  const rootStartMs = performance.now();
  if (merkleRoot(txids).root !== built.header.merkleRoot) throw new Error('the merkle root is another one');
  return { built, timing: { ms, rootMs: performance.now() - rootStartMs } };
}

async function openMempool(
  funding: readonly Uint8Array[],
  bench: BenchmarkRun,
): Promise<{ mempool: Mempool; chain: Chainstate }> {
  const storage = await openDatabase(await newDatabase('memory', bench), bench);
  await writeChain(storage.chain, funding, freshBlock, { params: EASY_PARAMS, signal: bench.signal });
  const verifier = createVerifier();
  bench.scratch.defer(() => verifier.close());
  const verified = new VerifiedTransactions();
  const chain = await Chainstate.open(
    { params: EASY_PARAMS },
    { store: storage.chain, verifier, clock: systemClock, verified },
  );
  bench.scratch.defer(() => chain.close());
  const mempool = new Mempool(
    { params: EASY_PARAMS },
    {
      ...{ chain, store: storage.mempool, verifier, clock: systemClock, verified },
      onBackgroundError: (error) => {
        throw error;
      },
    },
  );
  return { mempool, chain };
}

async function acceptAll(mempool: Mempool, payments: readonly Transaction[]): Promise<void> {
  for (let start = 0; start < payments.length; start += AT_ONCE) {
    const verdicts = await Promise.all(
      payments.slice(start, start + AT_ONCE).map((tx) => mempool.accept(tx)),
    );
    // One whose parent is being verified at the same moment is held for it.
    for (const verdict of verdicts)
      if (!verdict.ok && !verdict.heldAsOrphan) throw new Error(`a payment is refused: ${verdict.detail}`);
  }
  await mempool.whenIdle();
  const missing = payments.filter((tx) => !mempool.has(txidOf(tx))).length;
  if (missing > 0) throw new Error(`${missing} payments are not in the mempool`);
}
