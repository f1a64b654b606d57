/**
 * Chains that get into a node: from another node over HTTP, or from memory in this process. What the benchmarks `sync` and
 * `catch-up` are made of.
 */
import { Chainstate, MAX_RUN, type Verifier } from '../../src/chainstate/index.ts';
import { type Block, blockHashOf, describeParams } from '../../src/consensus/index.ts';
import { VerifiedTransactions } from '../../src/mempool/index.ts';
import type { StorageEngine } from '../../src/storage/index.ts';
import type { BenchmarkRun } from '../frame/benchmark.ts';
import { freshBlock } from './chain-forge.ts';
import { writeChain } from './chain-writer.ts';
import { systemClock } from './clock.ts';
import { newDatabase, openDatabase } from './databases.ts';
import { EASY_ENV, EASY_PARAMS } from './networks.ts';
import { WatchedNode } from './watched-node.ts';

/** So many blocks are decoded ahead of the one that is being connected. */
const BLOCKS_AHEAD = 2 * MAX_RUN;

export interface Rate {
  readonly blocksPerS: number;
  /** CPU time for a block, of all threads of the process that connects it. */
  readonly cpuMs: number;
}

export interface SyncSample extends Rate {
  /** CPU time for a block of those who send them. */
  readonly servingCpuMs: number;
  /** Peak of the process that was empty, in bytes; undefined where the system does not tell. */
  readonly peakBytes: number | undefined;
}

/** Ways of a chain into a node, on one engine. */
export class Syncing {
  private readonly engine: StorageEngine;
  private readonly verifier: Verifier;
  private readonly bench: BenchmarkRun;
  private started = 0;

  constructor(engine: StorageEngine, verifier: Verifier, bench: BenchmarkRun) {
    this.engine = engine;
    this.verifier = verifier;
    this.bench = bench;
  }

  /** A node that has the chain. */
  async startSource(blocks: readonly Uint8Array[]): Promise<WatchedNode> {
    const { engine, bench } = this;
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
  async syncFrom(sources: readonly WatchedNode[], blocks: readonly Uint8Array[]): Promise<SyncSample> {
    const { engine, bench } = this;
    const last = blocks.at(-1);
    if (last === undefined) throw new Error('there is nothing to fetch');
    const { length } = blocks;
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

  /**
   * The blocks are decoded here and handed to a chain state in this process, as a node does that catches up: some are decoded
   * and their signatures begun while those before them are connected. From the first byte to the last durable commit.
   */
  async connectInProcess(blocks: readonly Uint8Array[]): Promise<Rate> {
    const { engine, bench } = this;
    const storage = await openDatabase(await newDatabase(engine, bench), bench);
    const chain = await Chainstate.open(
      { params: EASY_PARAMS },
      {
        store: storage.chain,
        verifier: this.verifier,
        clock: systemClock,
        verified: new VerifiedTransactions(),
      },
    );
    // A node has the headers before it asks for bodies.
    const headers = blocks.map((bytes) => freshBlock(bytes).header);
    const { failure } = chain.acceptHeaders(headers);
    if (failure !== undefined) throw new Error(`a header of the benchmark is refused: ${failure.detail}`);
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    const arrived: Block[] = [];
    let next = 0;
    const receive = (): void => {
      for (const bytes of blocks.slice(next, next + BLOCKS_AHEAD - arrived.length)) {
        const block = freshBlock(bytes);
        chain.prepareBlock(block);
        arrived.push(block);
        next++;
      }
    };
    receive();
    while (arrived.length > 0) {
      bench.signal.throwIfAborted();
      const accepting = chain.acceptBlocks(arrived.splice(0, MAX_RUN));
      // Arrivals of a network come between the waits of the chain state, not before it is asked.
      await new Promise((resume) => {
        setImmediate(resume);
      });
      receive();
      for (const verdict of await accepting)
        if (!verdict.ok) throw new Error(`a block of the benchmark is refused: ${verdict.detail}`);
    }
    const ms = performance.now() - startMs;
    const { user, system } = process.cpuUsage(startCpu);
    await chain.close();
    await storage.close();
    return { blocksPerS: (1_000 * blocks.length) / ms, cpuMs: (user + system) / 1_000 / blocks.length };
  }

  private profileName(what: string): string {
    return `${this.engine} ${++this.started} ${what}`;
  }
}

async function cpuMsOf(nodes: readonly WatchedNode[]): Promise<number> {
  const each = await Promise.all(nodes.map((node) => node.cpuMs()));
  return each.reduce((sum, ms) => sum + ms, 0);
}
