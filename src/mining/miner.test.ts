import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Address,
  type Block,
  type BlockHash,
  blockHashOf,
  fail,
  MAX_FUTURE_BLOCK_TIME_S,
  NO_BLOCK,
  ok,
  type Target,
  type Verdict,
} from '../consensus/index.ts';
import { Miner, type MinerOptions } from './miner.ts';
import type { MinerEvent } from './miner-status.ts';
import {
  MinedBlockRefusedError,
  MinerBusyError,
  MinerClosedError,
  TargetTooHardError,
} from './mining-errors.ts';
import type { MinedBlock } from './mining-requests.ts';
import type { MinerModules, MiningTemplate, SubmittedBlock } from './ports.ts';
import type { NonceSearch, NonceSearchResult, ProofOfWork } from './proof-of-work.ts';

const alice = 'aa'.repeat(20) as Address;
const bob = 'bb'.repeat(20) as Address;
const START_S = 1_700_000_000;
const EASY = ((1n << 250n) - 1n) as Target;

/** A search that the test answers. */
interface FakeSearch extends NonceSearch {
  /** Of the header that is searched, in seconds. */
  readonly timestamp: number;
  settle(result: NonceSearchResult): void;
}

class FakePool implements ProofOfWork {
  readonly threads = 2;
  readonly kernel = 'none';
  active = 0;
  private readonly begun: FakeSearch[] = [];
  private readonly waiting: ((search: FakeSearch) => void)[] = [];

  search(request: NonceSearch): Promise<NonceSearchResult> {
    expect(this.active, 'one search at a time').toBe(0);
    if (request.signal.aborted) return Promise.resolve({ kind: 'aborted' });
    this.active++;
    return new Promise((resolve) => {
      const settle = (result: NonceSearchResult): void => {
        request.signal.removeEventListener('abort', abort);
        this.active--;
        resolve(result);
      };
      const abort = (): void => settle({ kind: 'aborted' });
      request.signal.addEventListener('abort', abort);
      const timestamp = new DataView(request.header.buffer, request.header.byteOffset).getUint32(68, true);
      const search = { ...request, timestamp, settle };
      const taker = this.waiting.shift();
      if (taker === undefined) this.begun.push(search);
      else taker(search);
    });
  }

  /** The next search that the miner begins, or has begun. */
  next(): Promise<FakeSearch> {
    const search = this.begun.shift();
    return search === undefined
      ? new Promise((resolve) => this.waiting.push(resolve))
      : Promise.resolve(search);
  }
}

/** A chain, clock and mempool that do what the test says. */
class World {
  readonly pool = new FakePool();
  nowMs = START_S * 1_000;
  tip: BlockHash = NO_BLOCK;
  height = -1;
  target = EASY;
  earliestTimestamp = 0;
  /** Stands for the transactions that wait. */
  mempool = 0;
  readonly submitted: Block[] = [];
  readonly warnings: string[] = [];
  readonly waits: number[] = [];
  templatesMade = 0;
  templateError: Error | undefined = undefined;
  verdict: ((block: Block) => Verdict<SubmittedBlock>) | undefined = undefined;
  /** What the miner waits for: time passes at once, except for time limits that the test holds back. */
  holdWaits = false;
  readonly heldWaits: (() => void)[] = [];
  readonly tipListeners = new Set<() => void>();
  readonly mempoolListeners = new Set<() => void>();

  readonly modules: MinerModules = {
    pool: this.pool,
    makeTemplate: (address) => this.makeTemplate(address),
    submit: (block) => Promise.resolve(this.submit(block)),
    onTipChange: (listener) => subscribe(this.tipListeners, listener),
    onMempoolChange: (listener) => subscribe(this.mempoolListeners, listener),
    clock: { nowMs: () => this.nowMs, nowS: () => Math.floor(this.nowMs / 1_000) },
    log: { info: () => undefined, warn: (_details, message) => this.warnings.push(message) },
    firstNonce: () => 5,
    wait: (durationMs, signal) => this.wait(durationMs, signal),
  };

  makeTemplate(address: Address): MiningTemplate {
    if (this.templateError !== undefined) throw this.templateError;
    this.templatesMade++;
    const merkleRoot = `${address}${this.mempool.toString(16).padStart(24, '0')}`;
    const timestamp = Math.max(this.earliestTimestamp, Math.floor(this.nowMs / 1_000));
    const header = { version: 1, prevHash: this.tip, merkleRoot, timestamp, target: this.target };
    return { height: this.height + 1, header, transactions: [], fees: this.mempool, sizeBytes: 200 };
  }

  submit(block: Block): Verdict<SubmittedBlock> {
    this.submitted.push(block);
    if (this.verdict !== undefined) return this.verdict(block);
    const hash = blockHashOf(block.header);
    if (block.header.prevHash !== this.tip) return ok({ hash, height: this.height, status: 'valid-fork' });
    this.changeTip(hash);
    return ok({ hash, height: this.height, status: 'active' });
  }

  changeTip(hash: string): void {
    this.tip = hash as BlockHash;
    this.height++;
    for (const listener of this.tipListeners) listener();
  }

  changeMempool(): void {
    this.mempool++;
    for (const listener of this.mempoolListeners) listener();
  }

  private wait(durationMs: number, signal: AbortSignal): Promise<void> {
    this.waits.push(durationMs);
    return new Promise((resolve) => {
      const pass = (): void => {
        if (!signal.aborted) this.nowMs += durationMs;
        resolve();
      };
      signal.addEventListener('abort', pass, { once: true });
      if (this.holdWaits) this.heldWaits.push(pass);
      else setImmediate(pass);
    });
  }
}

function subscribe(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let world: World;
let miner: Miner;
beforeEach(() => {
  world = new World();
  miner = newMiner();
});
afterEach(async () => {
  await miner.close();
  expect(world.pool.active, 'nothing is left working').toBe(0);
  expect(world.tipListeners.size + world.mempoolListeners.size).toBe(0);
});

function newMiner(options: MinerOptions = {}): Miner {
  return new Miner(options, world.modules);
}

async function reopen(options: MinerOptions): Promise<void> {
  await miner.close();
  miner = newMiner(options);
}

/** Answers the next search with a nonce. */
async function findNext(nonce = 9): Promise<FakeSearch> {
  const search = await world.pool.next();
  search.settle({ kind: 'found', nonce });
  return search;
}

describe('one block', () => {
  test('is found, handed in and told', async () => {
    const events: MinerEvent[] = [];
    miner.events.subscribe((event) => events.push(event));
    world.mempool = 3;
    const mining = miner.mineOne(alice);
    const search = await world.pool.next();
    expect(search).toMatchObject({ threads: 2, share: 1, firstNonce: 5, nonceCount: 2 ** 32 });
    world.nowMs += 1_000;
    search.onProgress?.({ hashes: 1_000, busyMs: 2_000 });
    expect(miner.status()).toMatchObject({
      ...{ running: false, currentHeight: 0, target: EASY, hashRate: 1_000, hashesTotal: 1_000 },
      expectedSecondsPerBlock: 0.064,
    });
    search.settle({ kind: 'found', nonce: 77 });

    const result = (await mining) as MinedBlock;
    expect(result).toMatchObject({ outcome: 'mined', height: 0, fees: 3, hashes: 1_000, elapsedSeconds: 1 });
    expect(world.submitted).toEqual([result.block]);
    expect(result.block.header).toMatchObject({ nonce: 77, timestamp: START_S, prevHash: NO_BLOCK });
    expect(result.hash).toBe(world.tip);
    expect(events.map(({ type }) => type)).toEqual(['mining-progress', 'block-found']);
    expect(miner.status()).toMatchObject({ blocksFound: 1, hashRate: 0, currentHeight: undefined });
    expect(miner.status().lastBlock).toMatchObject({ hash: result.hash, height: 0, outcome: 'mined' });
  });

  test('tells its progress', async () => {
    world.target = ((1n << 236n) - 1n) as Target;
    const told: unknown[] = [];
    const mining = miner.mineOne(alice, { onProgress: (progress) => told.push(progress) });
    const search = await world.pool.next();
    world.nowMs += 1_000;
    search.onProgress?.({ hashes: 2 ** 19, busyMs: 1_000 });
    search.onProgress?.({ hashes: 1, busyMs: 1 }); // too soon to be told
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      height: 0,
      hashesDone: 2 ** 19,
      expectedHashes: 2 ** 20,
      expectedSeconds: 2,
    });
    expect((told[0] as { probability: number }).probability).toBeCloseTo(1 - Math.exp(-0.5), 4);
    search.settle({ kind: 'found', nonce: 1 });
    await mining;
  });

  test('a new tip starts it over at once, on the new tip', async () => {
    const mining = miner.mineOne(alice);
    const first = await world.pool.next();
    world.changeTip('11'.repeat(32));
    expect(first.signal.aborted).toBe(true);
    await findNext();
    expect(await mining).toMatchObject({ outcome: 'mined', height: 1 });
    expect(world.submitted[0]?.header.prevHash).toBe('11'.repeat(32));
  });

  test('a tip that changes while the template is made makes another template', async () => {
    let changed = false;
    const makeTemplate = async (address: Address) => {
      const template = world.makeTemplate(address);
      if (!changed) world.changeTip('11'.repeat(32));
      changed = true;
      return template;
    };
    const other = new Miner({}, { ...world.modules, makeTemplate });
    const mining = other.mineOne(alice);
    await findNext();
    expect(await mining).toMatchObject({ outcome: 'mined', height: 1 });
    await other.close();
  });

  test('other transactions make a new template, but only after a while', async () => {
    const mining = miner.mineOne(alice);
    const first = await world.pool.next();
    world.changeMempool();
    world.nowMs += 1_000;
    first.onProgress?.({ hashes: 1, busyMs: 1 });
    expect(first.signal.aborted).toBe(false);
    // The timestamp is renewed first; that alone does not look at the mempool.
    world.nowMs += 1_000;
    first.onProgress?.({ hashes: 1, busyMs: 1 });
    expect(first.signal.aborted).toBe(true);
    const second = await world.pool.next();
    expect(second.timestamp).toBe(START_S + 2);
    expect(world.templatesMade).toBe(1);
    world.nowMs += 1_000;
    second.onProgress?.({ hashes: 1, busyMs: 1 });
    expect(second.signal.aborted).toBe(true);
    await findNext();
    expect(await mining).toMatchObject({ fees: 1 });
    expect(world.templatesMade).toBe(2);
  });

  test('when the nonces run out, the timestamp moves on', async () => {
    await reopen({ nonceCount: 100 });
    const mining = miner.mineOne(alice);
    for (let round = 0; round < 5; round++) {
      const search = await world.pool.next();
      expect(search).toMatchObject({ nonceCount: 100, timestamp: START_S + round });
      search.settle({ kind: 'exhausted' });
    }
    await findNext();
    const { block } = (await mining) as MinedBlock;
    expect(block.header.timestamp).toBe(START_S + 5);
    expect(world.templatesMade).toBe(1);
  });

  test('the timestamp stays within what others accept: then it waits for the clock', async () => {
    world.earliestTimestamp = START_S + MAX_FUTURE_BLOCK_TIME_S - 60;
    const mining = miner.mineOne(alice);
    (await world.pool.next()).settle({ kind: 'exhausted' });
    const search = await findNext(); // only after it waited
    expect(world.waits).toEqual([500, 500]);
    expect(search.timestamp).toBe(START_S + MAX_FUTURE_BLOCK_TIME_S - 60 + 1);
    expect(search.timestamp - Math.floor(world.nowMs / 1_000)).toBe(MAX_FUTURE_BLOCK_TIME_S - 60);
    expect(await mining).toMatchObject({ outcome: 'mined' });
    expect(world.warnings).toHaveLength(1);
  });

  test('a block that lost the race is no error', async () => {
    const mining = miner.mineOne(alice);
    const search = await world.pool.next();
    search.settle({ kind: 'found', nonce: 1 });
    world.changeTip('22'.repeat(32)); // between the find and the handing in
    expect(await mining).toMatchObject({ outcome: 'lost-race', height: 0 });
    expect(miner.status()).toMatchObject({ blocksFound: 0, blocksLost: 1, lastError: undefined });
  });

  test('a block that another node found with the same address and nonce is no error either', async () => {
    world.verdict = () => fail('duplicate', 'known');
    const mining = miner.mineOne(alice);
    await findNext();
    expect(await mining).toMatchObject({ outcome: 'lost-race' });
  });

  test('a block that the node refuses is an error', async () => {
    world.verdict = () => fail('bad-cb-amount', 'too much');
    const mining = miner.mineOne(alice);
    await findNext();
    await expect(mining).rejects.toThrow(MinedBlockRefusedError);
    expect(miner.status()).toMatchObject({ blocksFound: 0, blocksLost: 0 });
  });
});

describe('the end of a single request', () => {
  test('by its signal, while it searches or waits', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const searching = miner.mineOne(alice, { signal: first.signal });
    const waiting = miner.mineOne(bob, { signal: second.signal });
    await world.pool.next();
    expect(miner.status().waiting).toBe(1);
    second.abort();
    expect(await waiting).toMatchObject({ outcome: 'cancelled', hashes: 0 });
    first.abort();
    expect(await searching).toMatchObject({ outcome: 'cancelled' });
    expect(world.pool.active).toBe(0);
    expect(world.submitted).toEqual([]);
  });

  test('by its time limit', async () => {
    world.holdWaits = true;
    const mining = miner.mineOne(alice, { maxSeconds: 5 });
    await world.pool.next();
    expect(world.waits).toEqual([5_000]);
    for (const pass of world.heldWaits) pass();
    expect(await mining).toMatchObject({ outcome: 'timed-out', elapsedSeconds: 5 });
  });

  test('by closing the miner; a closed miner refuses', async () => {
    const searching = miner.mineOne(alice);
    const waiting = miner.mineMany(bob, 3);
    await world.pool.next();
    await miner.close();
    expect(await searching).toMatchObject({ outcome: 'cancelled' });
    expect(await waiting).toEqual({ outcome: 'cancelled', mined: [], lost: 0 });
    await expect(miner.mineOne(alice)).rejects.toThrow(MinerClosedError);
    expect(() => miner.start(alice)).toThrow(MinerClosedError);
  });

  test('too many requests are refused', async () => {
    await reopen({ maxWaiting: 1 });
    const [one, two] = [miner.mineOne(alice), miner.mineOne(alice)];
    await expect(miner.mineOne(alice)).rejects.toThrow(MinerBusyError);
    await findNext(1);
    await findNext(2);
    expect([await one, await two].map(({ outcome }) => outcome)).toEqual(['mined', 'mined']);
  });
});

describe('a target that is too hard', () => {
  test('is refused once the speed is known, with a sentence', async () => {
    world.target = ((1n << 210n) - 1n) as Target;
    const mining = miner.mineOne(alice);
    const search = await world.pool.next();
    search.onProgress?.({ hashes: 400_000, busyMs: 400 });
    expect(search.signal.aborted, 'not enough is known').toBe(false);
    search.onProgress?.({ hashes: 600_000, busyMs: 600 });
    const error = (await mining.catch((reason: unknown) => reason)) as TargetTooHardError;
    expect(error).toBeInstanceOf(TargetTooHardError);
    expect(error).toMatchObject({
      height: 0,
      expectedHashes: 2 ** 46,
      hashRate: 2_000_000,
      limitSeconds: 3_600,
    });
    expect(error.message).toContain('7.0e+13 hashes on average. This machine does 2 MH/s on 2 threads');
    expect(error.message).toContain('expect 1.1 years; the limit is 1 hour. Use more threads');
  });

  test('is taken with more patience, or a limit of time', async () => {
    world.target = ((1n << 210n) - 1n) as Target;
    for (const options of [{ maxExpectedSeconds: 1e9 }, { maxSeconds: 60 }]) {
      world.holdWaits = true;
      const mining = miner.mineOne(alice, options);
      const search = await world.pool.next();
      search.onProgress?.({ hashes: 1e6, busyMs: 1_000 });
      search.settle({ kind: 'found', nonce: 1 });
      expect(await mining).toMatchObject({ outcome: 'mined' });
    }
  });

  test('is not given up half-way because the machine becomes busy', async () => {
    world.target = ((1n << 224n) - 1n) as Target; // 36 minutes at 2 MH/s
    const mining = miner.mineOne(alice);
    const search = await world.pool.next();
    search.onProgress?.({ hashes: 1e6, busyMs: 1_000 });
    search.onProgress?.({ hashes: 1e3, busyMs: 60_000 });
    expect(search.signal.aborted).toBe(false);
    search.settle({ kind: 'found', nonce: 1 });
    expect(await mining).toMatchObject({ outcome: 'mined' });
  });

  test('zero is impossible, at once', async () => {
    world.target = 0n as Target;
    await expect(miner.mineOne(alice, { maxExpectedSeconds: Infinity })).rejects.toThrow(
      /No block can be mined/,
    );
    expect(world.pool.active).toBe(0);
  });
});
