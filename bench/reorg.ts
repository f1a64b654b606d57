/**
 * Reorganisations: how long it takes to leave one branch for another of the same length and one block more, from the decoded
 * last block to the durable commit: 100 payments a block, the same ones in the same order on both, as after a partition.
 * On every store; 1, 10, 100 and 200 blocks deep; one block deep at the end of 100 blocks and of 100,000.
 *
 * References: for the depths, the same blocks connected one after the other on the branch that came first, which is the
 * simplest way to make that many blocks durable; for 100,000 blocks, the same chain of 100.
 */
import { Chainstate, type Verifier } from '../src/chainstate/index.ts';
import { blockHashOf, wtxidOf } from '../src/consensus/index.ts';
import { VerifiedTransactions } from '../src/mempool/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { BlockMaker } from './subjects/block-maker.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { systemClock } from './subjects/clock.ts';
import { availableEngines, newDatabase, openDatabase } from './subjects/databases.ts';
import { EASY_PARAMS } from './subjects/networks.ts';

const PAYMENTS_PER_BLOCK = 100;
const DEPTHS = { full: [1, 10, 100, 200], quick: [1, 20] };
const LENGTHS = { full: [100, 100_000], quick: [100, 5_000] };
/** Reorganisations of each depth; shallow ones are quick. */
const samplesOf = (depth: number, { quick, runs }: BenchmarkRun): number =>
  quick ? 2 : Math.max(depth <= 10 ? 20 : depth <= 100 ? 8 : 4, runs > 5 ? runs : 0);
const MINER_OF_RIVALS = '22'.repeat(20) as never;

/** Two branches from one fork. */
export interface Branches {
  readonly first: readonly Uint8Array[];
  readonly rival: readonly Uint8Array[];
  /** Makes one branch longer than the other by one, with empty blocks, again and again. */
  overtake(branch: 'first' | 'rival'): Uint8Array[];
}

export const reorg: Benchmark = {
  name: 'reorg',
  summary: 'leaving 1 to 200 blocks of 100 payments for others, and one block at the end of 100,000',

  async run(bench) {
    const effort = bench.quick ? 'quick' : 'full';
    const verifier = createVerifier();
    bench.scratch.defer(() => verifier.close());
    bench.note(`signatures are checked by ${verifier.name}; ${2 * PAYMENTS_PER_BLOCK} a block`);
    const engines = await availableEngines(bench);
    for (const depth of DEPTHS[effort]) {
      for (const engine of engines) {
        bench.progress(`${engine}, depth ${depth}`);
        const title = `${engine}, ${depth} ${depth === 1 ? 'block' : 'blocks'} deep`;
        const found = await measureDepth(engine, { depth, chainLength: depth }, verifier, bench);
        const reference = { name: `${title}: connecting the first branch`, samples: found.connectMs };
        const ms = { unit: 'ms', better: 'lower' } as const;
        bench.record({ ...reference, ...ms });
        bench.record({ name: title, ...ms, samples: found.reorgMs, reference });
        if (depth === DEPTHS[effort].at(-1))
          bench.record({ name: `${title}, new signatures`, ...ms, samples: found.newSignaturesMs });
      }
    }
    for (const engine of engines) await measureLengths(engine, LENGTHS[effort], verifier, bench);
  },
};

/** One block deep, at the end of chains of different lengths. */
async function measureLengths(
  engine: StorageEngine,
  lengths: readonly number[],
  verifier: Verifier,
  bench: BenchmarkRun,
): Promise<void> {
  let reference: { readonly name: string; readonly samples: readonly number[] } | undefined;
  for (const chainLength of lengths) {
    bench.progress(`${engine}, a chain of ${chainLength} blocks`);
    const { reorgMs } = await measureDepth(engine, { depth: 1, chainLength }, verifier, bench);
    const name = `${engine}, 1 block deep after ${chainLength.toLocaleString('en-US')} blocks`;
    const against = reference === undefined ? {} : { reference };
    bench.record({ name, unit: 'ms', better: 'lower', samples: reorgMs, ...against });
    reference ??= { name, samples: reorgMs };
  }
}

export interface ReorgTimes {
  readonly reorgMs: readonly number[];
  /** Of the first reorganisation, whose signatures nobody knew. */
  readonly newSignaturesMs: readonly number[];
  /** Of the first branch, block by block, as often as there are reorganisations. */
  readonly connectMs: readonly number[];
}

/** Goes to and fro between two branches. */
export async function measureDepth(
  engine: StorageEngine,
  { depth, chainLength }: { readonly depth: number; readonly chainLength: number },
  verifier: Verifier,
  bench: BenchmarkRun,
): Promise<ReorgTimes> {
  const forge = new ChainForge({ seed: 11, params: EASY_PARAMS, proofOfWork: true });
  // The coins first, so that the blocks before the fork are many and small.
  const start = forge.fund(2 * PAYMENTS_PER_BLOCK * depth);
  const rest = Math.max(0, chainLength - start.length - depth);
  const emptyBlocks = Array.from({ length: rest }, () => forge.mine([]));
  const branches = branchesOf(forge, depth);

  const storage = await openDatabase(await newDatabase(engine, bench), bench);
  const options = { params: EASY_PARAMS, signal: bench.signal };
  await writeChain(storage.chain, [...start, ...emptyBlocks], freshBlock, options);
  await storage.maintain();
  const verified = new VerifiedTransactions();
  const chain = await Chainstate.open(
    { params: EASY_PARAMS },
    { store: storage.chain, verifier, clock: systemClock, verified },
  );
  const accept = async (bytes: Uint8Array): Promise<number> => {
    bench.signal.throwIfAborted();
    const block = freshBlock(bytes);
    const startMs = performance.now();
    const verdict = await chain.acceptBlock(block);
    const ms = performance.now() - startMs;
    if (!verdict.ok) throw new Error(`a block is refused: ${verdict.detail}`);
    return ms;
  };

  let connectMs = 0;
  for (const bytes of branches.first) connectMs += await accept(bytes);
  for (const bytes of branches.rival) await accept(bytes);
  const reorgMs: number[] = [];
  const newSignaturesMs: number[] = [];
  const samples = samplesOf(depth, bench);
  let target: 'first' | 'rival' = 'rival';
  // The first one checks all signatures and makes the JIT compile; the second one is for the JIT alone.
  for (let round = -2; round < samples; round++) {
    const blocks = branches.overtake(target);
    const last = blocks.pop();
    if (last === undefined) throw new Error('the branch is not longer than the other');
    for (const bytes of blocks) await accept(bytes);
    const ms = await accept(last);
    if (chain.tip?.hash !== blockHashOf(freshBlock(last).header))
      throw new Error('the chain did not change to the other branch');
    if (round >= 0) reorgMs.push(ms);
    else if (round === -2) {
      newSignaturesMs.push(ms);
      for (const bytes of branches.first)
        for (const tx of freshBlock(bytes).transactions) verified.add(wtxidOf(tx));
    }
    target = target === 'rival' ? 'first' : 'rival';
  }
  await chain.close();
  await storage.close();
  return { reorgMs, newSignaturesMs, connectMs: reorgMs.map(() => connectMs) };
}

function branchesOf(forge: ChainForge, depth: number): Branches {
  const options = { params: EASY_PARAMS, proofOfWork: true };
  const fork = forge.tip;
  const payments = Array.from({ length: depth }, () => forge.payments(PAYMENTS_PER_BLOCK));
  const makers = { first: new BlockMaker(options, fork), rival: new BlockMaker(options, fork) };
  const minerOf = { first: forge.addresses[0] ?? MINER_OF_RIVALS, rival: MINER_OF_RIVALS };
  const grow = (branch: 'first' | 'rival', transactions: (typeof payments)[number]): Uint8Array =>
    makers[branch].make(transactions, minerOf[branch]).bytes;
  return {
    first: payments.map((ofBlock) => grow('first', ofBlock)),
    rival: payments.map((ofBlock) => grow('rival', ofBlock)),
    overtake(branch) {
      const other = makers[branch === 'first' ? 'rival' : 'first'];
      const blocks: Uint8Array[] = [];
      while (makers[branch].height <= other.height) blocks.push(grow(branch, []));
      return blocks;
    },
  };
}
