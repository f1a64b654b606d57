import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type BlockBench,
  blockBench,
  type BlockRequest,
  bodiesOf,
  BODIES,
  CHAIN,
  chainOf,
  type Serve,
  serveAll,
} from '../../test/support/block-bench.ts';
import { connect, strangePeer } from '../../test/support/scripted-peer.ts';
import { MAX_BLOCKS } from './messages.ts';
import { PeerFailedError } from './peer-errors.ts';

const benches: BlockBench[] = [];
afterEach(() => {
  for (const { abort } of benches.splice(0)) abort.abort();
});

async function bench(...options: Parameters<typeof blockBench>): Promise<BlockBench> {
  const made = await blockBench(...options);
  benches.push(made);
  return made;
}

describe('fetching blocks', () => {
  it('brings the chain of one peer, sixteen blocks a request, two requests at a time', async () => {
    const { chain, sync, peer, request, settle, open } = await bench(CHAIN);
    const one = peer('one', CHAIN.last);
    const first = await request();
    const second = await request();
    await settle();
    expect(open).toEqual([]);
    expect(first.hashes.length).toBe(MAX_BLOCKS);
    expect(first.hashes[0]).toBe(CHAIN.at('genesis').hash);
    expect(second.hashes[0]).toBe(CHAIN.at('a16').hash);
    expect(one.blocksInFlight).toBe(32);
    expect(sync.peerCount).toBe(1);
    expect(sync.reserve(first.hashes[0]!)).toBe(false);
    for (const hash of first.hashes) first.give(BODIES.get(hash));
    first.end();
    await settle();
    expect(chain.height).toBe(15);
    expect(sync.heightDone(chain.headers.get(CHAIN.last.hash)!)).toBe(15);
    expect((await request()).hashes[0]).toBe(CHAIN.at('a32').hash);
  });

  it('is done when there is nothing better to be had', async () => {
    const { chain, sync, peer, offences, failed } = await bench(CHAIN);
    const one = peer('one', CHAIN.last, serveAll);
    expect(sync.target()?.hash).toBe(CHAIN.last.hash);
    await sync.whenIdle();
    expect(chain.tip?.hash).toBe(CHAIN.last.hash);
    expect(sync.target()).toBeUndefined();
    expect(one.blocksInFlight).toBe(0);
    expect(sync.peerCount).toBe(0);
    expect([...offences, ...failed]).toEqual([]);
  });

  it('is done at once with nobody to fetch from, and with peers that have shown nothing', async () => {
    const { sync, peer, peers } = await bench(CHAIN);
    await sync.whenIdle();
    peer('blank', null);
    const gone = strangePeer('gone');
    peers.push(gone);
    await sync.whenIdle();
    expect(sync.target()).toBeUndefined();
  });

  it('is shared by all who have the blocks', async () => {
    const { chain, sync, peer } = await bench(CHAIN);
    const served = new Map<string, number>();
    const count =
      (name: string): Serve =>
      (hash) => {
        served.set(name, (served.get(name) ?? 0) + 1);
        return BODIES.get(hash);
      };
    peer('one', CHAIN.last, count('one'));
    peer('two', CHAIN.last, count('two'));
    peer('half', CHAIN.at('a40'), count('half'));
    await sync.whenIdle();
    expect(chain.tip?.hash).toBe(CHAIN.last.hash);
    expect([...served.keys()].sort()).toEqual(['half', 'one', 'two']);
    // Nothing was fetched twice.
    expect([...served.values()].reduce((sum, n) => sum + n, 0)).toBe(CHAIN.all.length);
    expect(served.get('half')).toBeLessThanOrEqual(41);
  });

  it('gives the same chain whatever the order in which blocks arrive', async () => {
    const chainLength = 60;
    const builder = chainOf(chainLength);
    const bodies = bodiesOf(builder);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (choices) => {
        const { chain, peer, open, sync, settle, offences } = await bench(builder, { windowBlocks: 40 });
        for (const name of ['one', 'two', 'three']) peer(name, builder.last);
        sync.pump();
        const running: { request: BlockRequest; next: number }[] = [];
        while (chain.height < chainLength - 1) {
          await settle();
          running.push(...open.splice(0).map((request) => ({ request, next: 0 })));
          if (running.length === 0) continue; // blocks are on their way into the chain
          const chosen = running[choices.next().value % running.length]!;
          chosen.request.give(bodies.get(chosen.request.hashes[chosen.next++]!));
          if (chosen.next < chosen.request.hashes.length) continue;
          chosen.request.end();
          running.splice(running.indexOf(chosen), 1);
        }
        expect(chain.tip?.hash).toBe(builder.last.hash);
        expect(offences).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  it('never asks for more than the window holds', async () => {
    const { chain, peer, request, settle, open } = await bench(CHAIN, { windowBlocks: 20 });
    for (const name of ['one', 'two', 'three']) peer(name, CHAIN.last);
    const all = [await request()];
    await settle();
    all.push(...open.splice(0));
    expect(all.flatMap(({ hashes }) => hashes).length).toBe(20);
    // The lowest is missing: all others may come, and still nothing more is asked for.
    const first = all.find(({ hashes }) => hashes.includes(CHAIN.at('genesis').hash))!;
    const others = all.filter((one) => one !== first);
    for (const other of others) {
      for (const hash of other.hashes) other.give(BODIES.get(hash));
      other.end();
    }
    await settle();
    expect(chain.height).toBe(-1);
    expect(open).toEqual([]);
    for (const hash of first.hashes) first.give(BODIES.get(hash));
    first.end();
    await settle();
    expect(chain.height).toBe(19);
    expect(open.flatMap(({ hashes }) => hashes).length).toBe(20);
  });

  it('never asks for more bytes than the window holds, but always for the next block', async () => {
    const { chain, peer, request, settle, open, sync } = await bench(CHAIN, { windowBytes: 1 });
    peer('one', CHAIN.last);
    for (let height = 0; height < 5; height++) {
      const { hashes, give, end } = await request();
      expect(hashes).toEqual([CHAIN.all[height]!.hash]);
      await settle();
      expect(open).toEqual([]);
      give(BODIES.get(hashes[0]!));
      end();
      await settle();
      expect(chain.height).toBe(height);
    }
    sync.close();
  });

  it('follows a better branch while it fetches another', async () => {
    const builder = chainOf(40);
    builder.fork('a20').extend(30, 'b');
    const { chain, sync, peer } = await bench(builder);
    const bodies = bodiesOf(builder);
    peer('a', builder.at('a39'), (hash) => bodies.get(hash));
    peer('b', builder.at('b50'), (hash) => bodies.get(hash));
    await sync.whenIdle();
    expect(chain.tip?.hash).toBe(builder.at('b50').hash);
  });

  it('ends with the node', async () => {
    const { abort, sync, peer, request } = await bench(CHAIN);
    peer('one', CHAIN.last);
    await request();
    const idle = sync.whenIdle();
    abort.abort();
    sync.close();
    await idle;
    expect(sync.target()).toBeDefined();
  });
});

describe('a peer that refuses', () => {
  it('is left alone for a moment, and asked again then', async () => {
    const { sync, clock, peer, request, settle, open, offences } = await bench(CHAIN);
    const busy = peer('busy', CHAIN.last);
    const { link } = busy;
    const both = [await request(busy), await request(busy)];
    for (const one of both) one.end(new PeerFailedError('it answered 503', { status: 503 }));
    await settle();
    connect(busy, link!); // what conduct.ts would not have cut
    sync.pump();
    await settle();
    expect(open).toEqual([]);
    clock.ms += 1_000;
    expect((await request(busy)).hashes[0]).toBe(CHAIN.at('genesis').hash);
    expect(offences).toEqual([]);
  });
});

describe('a block that comes another way', () => {
  it('is not asked for while somebody fetches it, and is when he gives up', async () => {
    const { sync, peer, request, settle, open } = await bench(CHAIN);
    const { hash } = CHAIN.at('genesis');
    expect(sync.reserve(hash)).toBe(true);
    expect(sync.reserve(hash)).toBe(false);
    peer('one', CHAIN.last);
    const [first, second] = [await request(), await request()];
    expect([...first.hashes, ...second.hashes]).not.toContain(hash);
    for (const one of [first, second]) {
      for (const each of one.hashes) one.give(BODIES.get(each));
      one.end();
    }
    await settle();
    open.splice(0);
    sync.release(hash);
    await settle();
    expect(open.flatMap(({ hashes }) => hashes)).toContain(hash);
    expect(sync.reserve(hash)).toBe(false);
  });

  it('is not counted as bad when it comes twice', async () => {
    const { chain, sync, peer, request, offences, settle } = await bench(CHAIN);
    peer('one', CHAIN.last);
    const { hashes, give, end } = await request();
    await chain.acceptBlock(CHAIN.at('genesis').block);
    for (const hash of hashes) give(BODIES.get(hash));
    end();
    await settle();
    expect(chain.height).toBe(15);
    expect(offences).toEqual([]);
    sync.close();
  });
});

describe('a header that was forgotten for want of room', () => {
  it('is asked for again, and its block is not fetched again and again', async () => {
    const builder = chainOf(20);
    const { chain, sync, peer, changed, settle } = await bench(builder);
    const bodies = bodiesOf(builder);
    let served = 0;
    const one = peer('one', builder.last, (hash) => {
      served++;
      return bodies.get(hash);
    });
    for (const { hash } of builder.all.slice(10).reverse())
      chain.headers.removeLeaf(chain.headers.get(hash)!);
    for (let i = 0; i < 10; i++) {
      sync.pump();
      await settle();
    }
    expect(changed).toContain(one);
    expect(one.best).toBeNull();
    expect(served).toBeLessThanOrEqual(20);
  });
});

describe('a store that fails', () => {
  it('is told to the node: nobody else can help', async () => {
    const { chain, peer, fatal, sync, settle } = await bench(CHAIN);
    const broken = new Error('the disk is full');
    chain.acceptBlocks = () => Promise.reject(broken);
    peer('one', CHAIN.last, serveAll);
    sync.pump();
    await settle();
    expect(fatal).toContain(broken);
  });
});
