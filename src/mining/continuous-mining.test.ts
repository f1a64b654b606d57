/** The miner as it runs in a node: real threads on an easy target. Whose turn it is, and what ends it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Address,
  type BlockHash,
  blockHashOf,
  DEFAULT_PARAMS,
  hashMeetsTarget,
  NO_BLOCK,
  ok,
  type Target,
} from '../consensus/index.ts';
import { HashWorkerPool } from './hash-worker-pool.ts';
import { Miner } from './miner.ts';
import type { MinerEvent } from './miner-status.ts';
import type { MinerModules } from './ports.ts';
import type { NonceSearch } from './proof-of-work.ts';

const alice = 'aa'.repeat(20) as Address;
const bob = 'bb'.repeat(20) as Address;
const EASY = ((1n << 244n) - 1n) as Target;
const HOPELESS = 1n as Target;

/** A chain of headers: enough to mine on. */
class Chain {
  tip: BlockHash = NO_BLOCK;
  height = -1;
  target = EASY;
  readonly miners: Address[] = [];
  private readonly listeners = new Set<() => void>();

  makeTemplate(address: Address) {
    const timestamp = Math.floor(Date.now() / 1_000);
    const header = { version: 1, prevHash: this.tip, merkleRoot: address.padEnd(64, '0'), timestamp };
    return {
      height: this.height + 1,
      header: { ...header, target: this.target },
      transactions: [],
      fees: 0,
      sizeBytes: 109,
    };
  }

  add(hash: BlockHash, miner: Address): void {
    this.tip = hash;
    this.height++;
    this.miners.push(miner);
    for (const listener of this.listeners) listener();
  }

  readonly onTipChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

let pool: HashWorkerPool;
let chain: Chain;
let miner: Miner;
let log: string[];
let searches: NonceSearch[];
let modules: MinerModules;

beforeEach(() => {
  pool = new HashWorkerPool({ threads: 2 });
  chain = new Chain();
  log = [];
  searches = [];
  modules = {
    pool: {
      threads: pool.threads,
      get kernel() {
        return pool.kernel;
      },
      search(request) {
        searches.push(request);
        return pool.search(request);
      },
    },
    makeTemplate: (address) => chain.makeTemplate(address),
    async submit({ header }) {
      const hash = blockHashOf(header);
      expect(hashMeetsTarget(hash, header.target)).toBe(true);
      if (header.prevHash !== chain.tip) return ok({ hash, height: chain.height, status: 'valid-fork' });
      chain.add(hash, header.merkleRoot.slice(0, 40) as Address);
      return ok({ hash, height: chain.height, status: 'active' });
    },
    onTipChange: chain.onTipChange,
    onMempoolChange: () => () => undefined,
    clock: { nowMs: () => Date.now(), nowS: () => Math.floor(Date.now() / 1_000) },
    log: {
      info: (_details, message) => log.push(message),
      warn: (_details, message) => log.push(message),
    },
  };
  miner = new Miner({}, modules);
});

afterEach(async () => {
  await miner.close();
  await pool.close();
});

/** Resolves at the next event that fits. */
function nextEvent(fits: (event: MinerEvent) => boolean): Promise<MinerEvent> {
  return new Promise((resolve) => {
    const end = miner.events.subscribe((event) => {
      if (!fits(event)) return;
      end();
      resolve(event);
    });
  });
}

const blockAt = (height: number) =>
  nextEvent((event) => event.type === 'block-found' && event.height >= height);
const progress = () => nextEvent(({ type }) => type === 'mining-progress');
const stopped = () => nextEvent(({ type }) => type === 'mining-stopped');

describe('continuous mining', () => {
  test('finds block after block until it is stopped, and can be started again', async () => {
    const before = { running: false, address: undefined, startedAtMs: undefined, kernel: undefined };
    expect(miner.status()).toMatchObject(before);
    const fifth = blockAt(4);
    expect(miner.start(alice)).toMatchObject({ running: true, address: alice, threads: 2, share: 1 });
    await fifth;
    await miner.stop();
    const { height } = chain;
    expect(height).toBeGreaterThanOrEqual(4);
    expect(miner.status()).toMatchObject({ running: false, blocksFound: height + 1, blocksLost: 0 });
    expect(miner.status().hashesTotal).toBeGreaterThan(0);
    expect(miner.status().kernel).toBe('wasm-simd');
    expect(log.filter((line) => line.includes('wasm-simd'))).toHaveLength(1);

    await miner.stop(); // once more does no harm
    expect(chain.height).toBe(height);
    const next = blockAt(height + 1);
    miner.start(bob);
    await next;
    expect(chain.miners[height + 1]).toBe(bob);
  });

  test('stops in the middle of a search', async () => {
    chain.target = HOPELESS;
    const searched = progress();
    miner.start(alice);
    await searched;
    expect(miner.status()).toMatchObject({ currentHeight: 0, target: HOPELESS });
    expect(miner.status().hashRate).toBeGreaterThan(0);
    expect(miner.status().expectedSecondsPerBlock).toBeGreaterThan(1e60);
    await miner.stop();
    expect(miner.status()).toMatchObject({ running: false, hashRate: 0, currentHeight: undefined });
    expect(chain.height).toBe(-1);
  });

  test('passes on threads and share, and refuses what makes no sense', async () => {
    const found = blockAt(0);
    expect(miner.start(alice, { threads: 1, share: 0.5 })).toMatchObject({ threads: 1, share: 0.5 });
    await found;
    expect(searches[0]).toMatchObject({ threads: 1, share: 0.5 });
    expect(() => miner.start(alice, { share: 0 })).toThrow(RangeError);
    expect(() => miner.start(alice, { threads: 257 })).toThrow(RangeError);
    expect(miner.status().running).toBe(true);
  });

  test('started again while it runs, it takes the new address', async () => {
    chain.target = HOPELESS;
    const searched = progress();
    miner.start(alice);
    await searched;
    chain.target = EASY;
    const found = blockAt(0);
    miner.start(bob, { share: 0.9 });
    await found;
    expect(miner.status()).toMatchObject({ running: true, address: bob, share: 0.9 });
    await miner.stop();
    expect(new Set(chain.miners)).toEqual(new Set([bob]));
  });

  test('a single request goes first, and mining goes on after it', async () => {
    chain.target = HOPELESS;
    const searched = progress();
    miner.start(alice);
    await searched;
    chain.target = EASY;
    const next = blockAt(1);
    expect(await miner.mineOne(bob)).toMatchObject({ outcome: 'mined', height: 0 });
    await next;
    await miner.stop();
    expect(chain.miners[0]).toBe(bob);
    expect(chain.miners[1]).toBe(alice);
  });

  test('a new tip from elsewhere: it goes on from there', async () => {
    chain.target = HOPELESS;
    const searched = progress();
    miner.start(alice);
    await searched;
    chain.target = EASY;
    const next = blockAt(1);
    chain.add('33'.repeat(32) as BlockHash, bob);
    expect(await next).toMatchObject({ height: 1, outcome: 'mined' });
  });

  test('warns of a target that takes too long, and goes on', async () => {
    await miner.close();
    miner = new Miner({ maxExpectedSeconds: 1e-6 }, modules);
    chain.target = ((1n << 216n) - 1n) as Target;
    let hashes = 0;
    const enough = nextEvent((event) => {
      if (event.type === 'mining-progress') hashes = event.hashesDone;
      return log.some((line) => line.includes('a block takes about'));
    });
    miner.start(alice);
    await enough;
    expect(hashes).toBeGreaterThan(0);
    expect(miner.status().running).toBe(true);
    expect(log.filter((line) => line.includes('a block takes about'))).toHaveLength(1);
  });

  test('ends where no block is possible, and says why', async () => {
    chain.target = 0n as Target;
    const end = stopped();
    miner.start(alice);
    await end;
    expect(miner.status().running).toBe(false);
    expect(miner.status().lastError?.message).toContain('No block can be mined at height 0');
  });

  test('outlives a failure, tries again later, and stops while it waits for that', async () => {
    await miner.close();
    const waits: number[] = [];
    let failures = 3;
    const makeTemplate = (address: Address) => {
      if (failures-- > 0) throw new Error('the store is away');
      return chain.makeTemplate(address);
    };
    let holdWaits = false;
    let held: () => void = () => undefined;
    const holding = new Promise<void>((resolve) => (held = resolve));
    const wait = (durationMs: number, signal: AbortSignal) => {
      waits.push(durationMs);
      if (!holdWaits) return Promise.resolve();
      held();
      return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    };
    miner = new Miner({}, { ...modules, makeTemplate, wait });
    const found = blockAt(0);
    miner.start(alice);
    await found;
    expect(waits).toEqual([500, 1_000, 2_000]);
    expect(miner.status().lastError?.message).toBe('the store is away');
    await miner.stop();

    failures = 1;
    holdWaits = true;
    miner.start(alice);
    expect(miner.status().lastError).toBeUndefined();
    await holding;
    await miner.stop();
    expect(miner.status().running).toBe(false);
  });
});

describe('several blocks', () => {
  test('are mined one after the other, and each is told', async () => {
    const told: number[] = [];
    const result = await miner.mineMany(alice, 4, { onBlock: ({ height }) => told.push(height) });
    expect(result).toMatchObject({ outcome: 'done', lost: 0 });
    expect(result.mined.map(({ height }) => height)).toEqual([0, 1, 2, 3]);
    expect(result.mined.at(-1)?.hash).toBe(chain.tip);
    expect(told).toEqual([0, 1, 2, 3]);
  });

  test('let others have their turns in between', async () => {
    const many = miner.mineMany(alice, 3);
    const one = miner.mineOne(bob);
    await Promise.all([many, one]);
    expect(chain.miners).toEqual([alice, bob, alice, alice]);
  });

  test('end half-way when they are cancelled', async () => {
    const abort = new AbortController();
    const mining = miner.mineMany(alice, 1_000, {
      signal: abort.signal,
      onBlock: ({ height }) => {
        if (height === 2) abort.abort();
      },
    });
    expect(await mining).toMatchObject({ outcome: 'cancelled', lost: 0 });
    expect(chain.height).toBe(2);
  });

  test('must be a number of them', async () => {
    for (const count of [0, -1, 1.5, NaN])
      await expect(miner.mineMany(alice, count)).rejects.toThrow(RangeError);
  });
});

test('the default target of the network is found in a moment', async () => {
  chain.target = DEFAULT_PARAMS.defaultTarget;
  expect(await miner.mineOne(alice)).toMatchObject({ outcome: 'mined', height: 0 });
});
