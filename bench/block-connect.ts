/**
 * Block connect: how long `Chainstate.acceptBlock` takes for a block of 100 payments of 2 inputs and 2 outputs, from decoded
 * block to durable commit. On every store; with transactions that the mempool has seen before and with ones that it has not;
 * at 1,000, 100,000 and 1,000,000 coins, because the number of coins must not matter.
 *
 * References of the same run, taken right after each block:
 *   - the curve operations of that block alone, on the same engine: nobody connects an unknown block in less;
 *   - the bytes of that block appended to a file, with fsync: nobody makes a block durable in less.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Chainstate, type Verifier } from '../src/chainstate/index.ts';
import {
  type OutpointKey,
  outpointKey,
  type SignatureCheck,
  txidOf,
  wtxidOf,
} from '../src/consensus/index.ts';
import { VerifiedTransactions } from '../src/mempool/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { Storage } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { median } from './frame/statistics.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { systemClock } from './subjects/clock.ts';
import { availableEngines, newDatabase, openDatabase } from './subjects/databases.ts';
import { EASY_PARAMS } from './subjects/networks.ts';

const PAYMENTS_PER_BLOCK = 100;
/** The first blocks of a process are slow until the JIT has compiled what they need. */
const WARM_UP_BLOCKS = 10;
const COIN_COUNTS = { full: [1_000, 100_000, 1_000_000], quick: [1_000] };
/** Blocks that each figure stands on. */
const SAMPLES = { full: 40, quick: 8 };
const COINS_PER_FETCH = 10_000;

/** A chain, forged once and connected to every store. */
interface Material {
  readonly coinCount: number;
  readonly funding: readonly Uint8Array[];
  readonly blocks: readonly Uint8Array[];
}

/** Where the time of one block goes, in milliseconds. */
interface BlockTimes {
  readonly total: number;
  readonly signatures: number;
  readonly coins: number;
  readonly commit: number;
  /** The references, measured right afterwards. For known transactions, those of the block before. */
  readonly signatureLimit: number;
  readonly writeLimit: number;
}

type Limit = 'signatureLimit' | 'writeLimit';
const NAME_OF = {
  signatureLimit: 'limit: signatures of one block',
  writeLimit: 'limit: one block to a file, fsync',
};

export const blockConnect: Benchmark = {
  name: 'block-connect',
  summary: 'connect blocks of 100 payments: each store, 1,000 to 1,000,000 coins, signatures known and not',

  async run(bench) {
    const samples = SAMPLES[bench.quick ? 'quick' : 'full'];
    const limits = new Limits(bench);
    const verifier = createVerifier();
    bench.scratch.defer(() => verifier.close());
    bench.note(`signatures are checked by ${verifier.name}; ${2 * PAYMENTS_PER_BLOCK} a block`);
    const engines = await availableEngines(bench);
    const results: { name: string; times: readonly BlockTimes[]; limit: Limit }[] = [];

    for (const coinCount of COIN_COUNTS[bench.quick ? 'quick' : 'full']) {
      bench.progress(`forging blocks for ${coinCount} coins`);
      const material = forge(coinCount, WARM_UP_BLOCKS + 3 * samples);
      for (const engine of engines) {
        bench.signal.throwIfAborted();
        const title = `${engine}, ${coinCount.toLocaleString('en-US')} coins`;
        bench.progress(title);
        const storage = await openDatabase(await newDatabase(engine, bench), bench);
        await writeChain(storage.chain, material.funding, freshBlock, {
          params: EASY_PARAMS,
          signal: bench.signal,
        });
        const subject = new Subject(storage, verifier, limits, bench.signal);
        const warm = material.blocks.slice(0, WARM_UP_BLOCKS + 2 * samples);
        const times = await subject.connectInMemory(warm, material);
        results.push({ name: `${title}, new transactions`, times: times.unknown, limit: 'signatureLimit' });
        const limit = engine === 'memory' ? 'signatureLimit' : 'writeLimit';
        results.push({ name: `${title}, known transactions`, times: times.known, limit });
        if (engine !== 'memory' && coinCount > 1_000) {
          const cold = await subject.connectFromStore(material.blocks.slice(warm.length));
          results.push({
            name: `${title} not cached, new transactions`,
            times: cold,
            limit: 'signatureLimit',
          });
        }
        await storage.close();
      }
    }

    limits.record(bench);
    for (const { name, times, limit } of results) {
      const total = times.map((block) => block.total);
      const reference = { name: NAME_OF[limit], samples: times.map((block) => block[limit]) };
      bench.record({ name, unit: 'ms/block', better: 'lower', samples: total, reference });
    }
    for (const { name, times } of results) bench.note(`${name}: ${whereTheTimeGoes(times)}`);
  },
};

function forge(coinCount: number, blocks: number): Material {
  const forge = new ChainForge({ seed: 2, params: EASY_PARAMS, proofOfWork: true });
  const funding = forge.fund(coinCount);
  return {
    coinCount,
    funding,
    blocks: Array.from({ length: blocks }, () => forge.mine(forge.payments(PAYMENTS_PER_BLOCK))),
  };
}

function whereTheTimeGoes(times: readonly BlockTimes[]): string {
  const of = (part: (block: BlockTimes) => number): string => median(times.map(part)).toFixed(1);
  return (
    `signatures ${of((block) => block.signatures)} ms, reading coins ${of((block) => block.coins)}, ` +
    `commit ${of((block) => block.commit)}, all else (rules, hashing) ` +
    of((block) => block.total - block.signatures - block.coins - block.commit)
  );
}

/** The references: measured between the blocks, so that a busy moment of the machine hits both. */
class Limits {
  private readonly signatureMs: number[] = [];
  private readonly writeMs: number[] = [];
  private readonly file: number;

  constructor(bench: BenchmarkRun) {
    this.file = openSync(join(bench.scratch.folder('file'), 'blocks'), 'a');
    bench.scratch.defer(() => closeSync(this.file));
  }

  async checkSignatures(verifier: Verifier, checks: readonly SignatureCheck[]): Promise<number> {
    const startMs = performance.now();
    if ((await verifier.firstInvalid(checks)) >= 0) throw new Error('a signature has become invalid');
    const ms = performance.now() - startMs;
    this.signatureMs.push(ms);
    return ms;
  }

  writeBlock(bytes: Uint8Array): number {
    const startMs = performance.now();
    writeSync(this.file, bytes);
    fdatasyncSync(this.file);
    const ms = performance.now() - startMs;
    this.writeMs.push(ms);
    return ms;
  }

  record(bench: BenchmarkRun): void {
    const common = { unit: 'ms/block', better: 'lower' } as const;
    bench.record({ ...common, name: NAME_OF.signatureLimit, samples: this.signatureMs });
    bench.record({ ...common, name: NAME_OF.writeLimit, samples: this.writeMs });
  }
}

/** A chain state over one store, with stop-watches at its ports. */
class Subject {
  private readonly storage: Storage;
  private readonly verifier: Verifier;
  private readonly limits: Limits;
  private readonly signal: AbortSignal;
  private spentMs = { signatures: 0, coins: 0, commit: 0 };
  private lastChecks: readonly SignatureCheck[] = [];
  private signatureLimit = NaN;

  constructor(storage: Storage, verifier: Verifier, limits: Limits, signal: AbortSignal) {
    this.storage = storage;
    this.verifier = verifier;
    this.limits = limits;
    this.signal = signal;
  }

  /** All coins are in memory, as they are in a node that has been running. Every second block is known. */
  async connectInMemory(
    blocks: readonly Uint8Array[],
    { coinCount, funding }: Material,
  ): Promise<{ known: BlockTimes[]; unknown: BlockTimes[] }> {
    const verified = new VerifiedTransactions();
    const chain = await this.open(2 * coinCount, verified);
    await warmCache(chain, funding);
    const known: BlockTimes[] = [];
    const unknown: BlockTimes[] = [];
    for (const [index, bytes] of blocks.entries()) {
      const isKnown = index % 2 === 1;
      // From another copy: the block itself must not know its hashes yet.
      if (isKnown) for (const tx of freshBlock(bytes).transactions) verified.add(wtxidOf(tx));
      const times = await this.connect(chain, bytes);
      if (index >= WARM_UP_BLOCKS) (isKnown ? known : unknown).push(times);
    }
    await chain.close();
    return { known, unknown };
  }

  /** Every coin is read from the store, as after a start, or with more coins than memory. */
  async connectFromStore(blocks: readonly Uint8Array[]): Promise<BlockTimes[]> {
    const chain = await this.open(0, new VerifiedTransactions());
    const times: BlockTimes[] = [];
    for (const bytes of blocks) times.push(await this.connect(chain, bytes));
    await chain.close();
    return times;
  }

  private async connect(chain: Chainstate, bytes: Uint8Array): Promise<BlockTimes> {
    this.signal.throwIfAborted();
    const block = freshBlock(bytes);
    this.spentMs = { signatures: 0, coins: 0, commit: 0 };
    this.lastChecks = [];
    const startMs = performance.now();
    const verdict = await chain.acceptBlock(block);
    const total = performance.now() - startMs;
    if (!verdict.ok || verdict.value.status !== 'active')
      throw new Error(`the block is not connected: ${verdict.ok ? verdict.value.status : verdict.detail}`);
    const times = { total, ...this.spentMs };
    if (this.lastChecks.length > 0)
      this.signatureLimit = await this.limits.checkSignatures(this.verifier, this.lastChecks);
    return { ...times, signatureLimit: this.signatureLimit, writeLimit: this.limits.writeBlock(bytes) };
  }

  private open(coinsCacheSize: number, verified: VerifiedTransactions): Promise<Chainstate> {
    const { chain: store } = this.storage;
    const { verifier } = this;
    return Chainstate.open(
      { params: EASY_PARAMS, coinsCacheSize },
      {
        clock: systemClock,
        verified,
        verifier: {
          name: verifier.name,
          firstInvalid: (checks) => {
            this.lastChecks = checks;
            return this.timed('signatures', () => verifier.firstInvalid(checks));
          },
          close: () => verifier.close(),
        },
        store: {
          loadHeaders: () => store.loadHeaders(),
          loadTip: () => store.loadTip(),
          readBlock: (hash) => store.readBlock(hash),
          readBlocks: (hashes) => store.readBlocks(hashes),
          readBlockBytes: (hashes) => store.readBlockBytes(hashes),
          readCoins: (keys) => this.timed('coins', () => store.readCoins(keys)),
          readUndo: (height) => store.readUndo(height),
          readUndoFrom: (height) => store.readUndoFrom(height),
          commit: (change) => this.timed('commit', () => store.commit(change)),
          findTransaction: (txid) => store.findTransaction(txid),
        },
      },
    );
  }

  private async timed<T>(part: keyof Subject['spentMs'], work: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    try {
      return await work();
    } finally {
      this.spentMs[part] += performance.now() - startMs;
    }
  }
}

/** Asks for all coins once, so that they are remembered. */
async function warmCache(chain: Chainstate, funding: readonly Uint8Array[]): Promise<void> {
  const keys: OutpointKey[] = [];
  for (const bytes of funding) {
    const { transactions } = freshBlock(bytes);
    for (const { txid, outputs } of transactions.map((tx) => ({ txid: txidOf(tx), outputs: tx.outputs })))
      for (const index of outputs.keys()) keys.push(outpointKey(txid, index));
  }
  for (let start = 0; start < keys.length; start += COINS_PER_FETCH)
    await chain.fetchCoins(keys.slice(start, start + COINS_PER_FETCH));
}
