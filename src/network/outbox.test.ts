import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { connect, connectOriginal, strangePeer, TestClock } from '../../test/support/scripted-peer.ts';
import { type Block, blockHashOf, type Transaction, wtxidOf } from '../consensus/index.ts';
import { type Announcement, MAX_ANNOUNCED_HEADERS, MAX_ANNOUNCED_TRANSACTIONS } from './messages.ts';
import { CALL_BACK_GRACE_MS, Outbox } from './outbox.ts';
import { PeerFailedError } from './peer-errors.ts';

const CHAIN = new ChainBuilder().extend(30);
const BLOCKS = CHAIN.all.map(({ block }) => block);
const GATHER_MS = 25;

function tx(locktime: number): Transaction {
  return { version: 1, inputs: [], outputs: [], locktime };
}

interface Bench {
  readonly outbox: Outbox;
  readonly peer: ReturnType<typeof strangePeer>;
  readonly clock: TestClock;
  /** What arrived at the peer, in its order. */
  readonly got: (Announcement | Block | Transaction)[];
  readonly failed: unknown[];
  /** While set, whatever is sent waits for it. */
  gate: Promise<void> | undefined;
}

function bench(kind: 'calls us' | 'cannot call' | 'original'): Bench {
  const clock = new TestClock();
  const peer = strangePeer('peer');
  const failed: unknown[] = [];
  const outbox = new Outbox(peer, { failed: (error) => failed.push(error), nowMs: clock.nowMs });
  const got: Bench['got'] = [];
  const made: Bench = { outbox, peer, clock, got, failed, gate: undefined };
  const take = async (thing: Bench['got'][number]): Promise<void> => {
    await made.gate;
    got.push(thing);
  };
  if (kind === 'original') {
    connectOriginal(peer, { sendBlock: take, sendTransaction: take }, clock.nowMs());
    return made;
  }
  connect(peer, { announce: take, pushBlock: take, pushTransaction: take }, clock.nowMs());
  peer.callsUs = kind === 'calls us';
  clock.ms += CALL_BACK_GRACE_MS + 1;
  return made;
}

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const headersIn = (got: Bench['got']): string[][] =>
  got.map((thing) => ('headers' in thing ? thing.headers.map(blockHashOf) : []));
const wtxidsIn = (got: Bench['got']): string[][] =>
  got.map((thing) => ('wtxids' in thing ? [...thing.wtxids] : []));
const hashes = (blocks: readonly Block[]): string[] => blocks.map(({ header }) => blockHashOf(header));

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

describe('a peer that can call us', () => {
  it('is told of a block at once, and only once', async () => {
    const { outbox, got } = bench('calls us');
    outbox.block(BLOCKS[0]!);
    outbox.block(BLOCKS[0]!);
    await later();
    outbox.block(BLOCKS[0]!);
    await later();
    expect(got).toEqual([{ headers: [BLOCKS[0]!.header], wtxids: [] }]);
  });

  it('is told of nothing that it has', async () => {
    const { outbox, got, peer } = bench('calls us');
    peer.knownBlocks.add(blockHashOf(BLOCKS[0]!.header));
    peer.knownTransactions.add(wtxidOf(tx(1)));
    outbox.block(BLOCKS[0]!);
    outbox.transaction(tx(1));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(got).toEqual([]);
  });

  it('is told of several blocks in one message: the last ones, lowest first', async () => {
    const { outbox, got } = bench('calls us');
    for (const block of BLOCKS) outbox.block(block);
    await later();
    expect(headersIn(got)).toEqual([hashes(BLOCKS.slice(-MAX_ANNOUNCED_HEADERS))]);
  });

  it('is told of headers that follow one another, also where it has one in the middle', async () => {
    const { outbox, peer, got } = bench('calls us');
    peer.knownBlocks.add(blockHashOf(BLOCKS[2]!.header));
    for (const block of BLOCKS.slice(0, 5)) outbox.block(block);
    await later();
    expect(headersIn(got)).toEqual([hashes(BLOCKS.slice(3, 5))]);
  });

  it('is told of what comes while a message is under way with the next one', async () => {
    const made = bench('calls us');
    let open = (): void => undefined;
    made.gate = new Promise((resolve) => (open = resolve));
    made.outbox.block(BLOCKS[0]!);
    await later();
    made.outbox.block(BLOCKS[1]!);
    made.outbox.block(BLOCKS[2]!);
    await later();
    expect(made.got).toEqual([]);
    open();
    await later();
    expect(headersIn(made.got)).toEqual([hashes(BLOCKS.slice(0, 1)), hashes(BLOCKS.slice(1, 3))]);
  });

  it('is told of transactions together, in their order, after a moment', async () => {
    const { outbox, got } = bench('calls us');
    for (const locktime of [3, 1, 2, 1]) outbox.transaction(tx(locktime));
    await vi.advanceTimersByTimeAsync(GATHER_MS - 1);
    expect(got).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await later();
    expect(wtxidsIn(got)).toEqual([[3, 1, 2].map((locktime) => wtxidOf(tx(locktime)))]);
  });

  it('is not kept from a block by transactions that are being gathered', async () => {
    const { outbox, got } = bench('calls us');
    outbox.transaction(tx(1));
    outbox.block(BLOCKS[0]!);
    await later();
    expect(got).toEqual([{ headers: [BLOCKS[0]!.header], wtxids: [] }]);
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    await later();
    expect(got[1]).toEqual({ headers: [], wtxids: [wtxidOf(tx(1))] });
  });

  it('is told of many transactions in several messages, and of no more than fit', async () => {
    const { outbox, got } = bench('calls us');
    for (let i = 0; i < 20_010; i++) outbox.transaction(tx(i));
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    await later();
    const told = wtxidsIn(got);
    expect(told.length).toBe(20);
    expect(new Set(told.map((wtxids) => wtxids.length))).toEqual(new Set([MAX_ANNOUNCED_TRANSACTIONS]));
    expect(new Set(told.flat()).size).toBe(20_000);
  });

  it('that has only just said hello is given time to call before anything is pushed', async () => {
    const { outbox, got, peer, clock } = bench('cannot call');
    connect(peer, peer.link!, clock.nowMs() - CALL_BACK_GRACE_MS);
    outbox.block(BLOCKS[0]!);
    await later();
    expect(got).toEqual([{ headers: [BLOCKS[0]!.header], wtxids: [] }]);
    clock.ms += 1;
    outbox.block(BLOCKS[1]!);
    await later();
    expect(got[1]).toBe(BLOCKS[1]);
  });
});

describe.each(['cannot call', 'original'] as const)('a peer that %s', (kind) => {
  it('is handed everything whole, in the order in which it came', async () => {
    const { outbox, got } = bench(kind);
    outbox.transaction(tx(1));
    outbox.block(BLOCKS[0]!);
    outbox.block(BLOCKS[0]!);
    outbox.transaction(tx(2));
    outbox.transaction(tx(1));
    await later();
    expect(got).toEqual([tx(1), BLOCKS[0], tx(2)]);
  });

  it('gets one thing after the other', async () => {
    const made = bench(kind);
    let open = (): void => undefined;
    made.gate = new Promise((resolve) => (open = resolve));
    for (const block of BLOCKS.slice(0, 3)) made.outbox.block(block);
    await later();
    expect(made.got).toEqual([]);
    open();
    await later();
    expect(made.got).toEqual(BLOCKS.slice(0, 3));
  });

  it('gets the latest where it is too slow for all', async () => {
    const made = bench(kind);
    let open = (): void => undefined;
    made.gate = new Promise((resolve) => (open = resolve));
    made.outbox.transaction(tx(0));
    await later();
    for (let i = 1; i <= 250; i++) made.outbox.transaction(tx(i));
    open();
    await later();
    expect(made.got.length).toBe(201);
    expect(made.got.slice(0, 2)).toEqual([tx(0), tx(51)]);
    expect(made.got.at(-1)).toEqual(tx(250));
  });

  it('is handed a block over as one waits for it, once', async () => {
    const { outbox, got } = bench(kind);
    await outbox.handOver(BLOCKS[0]!);
    await outbox.handOver(BLOCKS[0]!);
    expect(got).toEqual([BLOCKS[0]]);
    outbox.block(BLOCKS[0]!);
    await later();
    expect(got.length).toBe(1);
  });
});

describe('a message that fails', () => {
  it('is told, and the next one goes out', async () => {
    const { outbox, got, failed, peer } = bench('calls us');
    const { link } = peer;
    const broken = new PeerFailedError('the connection was cut');
    connect(peer, { announce: () => Promise.reject(broken) });
    outbox.block(BLOCKS[0]!);
    await later();
    expect(failed).toEqual([broken]);
    connect(peer, link!);
    outbox.block(BLOCKS[1]!);
    await later();
    expect(headersIn(got)).toEqual([hashes(BLOCKS.slice(1, 2))]);
  });

  it('does not keep what came behind it', async () => {
    const made = bench('cannot call');
    let fail = (_error: Error): void => undefined;
    made.gate = new Promise((_resolve, reject) => (fail = reject));
    made.outbox.transaction(tx(1));
    made.outbox.transaction(tx(2));
    await later();
    const { gate } = made;
    made.gate = undefined;
    fail(new PeerFailedError('the connection was cut'));
    await expect(gate).rejects.toThrow();
    await later();
    expect(made.failed.length).toBe(1);
    expect(made.got).toEqual([tx(2)]);
  });

  it('is none when the line is down: then nothing is sent', async () => {
    const { outbox, got, failed, peer } = bench('calls us');
    outbox.block(BLOCKS[0]!);
    outbox.transaction(tx(1));
    peer.connection = undefined;
    await vi.advanceTimersByTimeAsync(GATHER_MS);
    await later();
    await outbox.handOver(BLOCKS[1]!);
    expect([...got, ...failed]).toEqual([]);
  });
});

describe('an outbox that is closed', () => {
  it('sends nothing more, and leaves no timer behind', async () => {
    for (const kind of ['calls us', 'cannot call', 'original'] as const) {
      const { outbox, got } = bench(kind);
      outbox.block(BLOCKS[0]!);
      outbox.transaction(tx(1));
      outbox.close();
      outbox.block(BLOCKS[1]!);
      await vi.advanceTimersByTimeAsync(1_000);
      await later();
      expect(got).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});
