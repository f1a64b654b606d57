/** Headers that header-sync.ts does not take, and whom it blames. */
import { describe, expect, it } from 'vitest';
import { GENESIS_TIME_S, grind } from '../../test/support/chain-builder.ts';
import {
  type Bench,
  bench,
  honest,
  LONG,
  PARAMS,
  peerWith,
  SHORT,
  WORK,
} from '../../test/support/header-bench.ts';
import { HeaderChain } from '../../test/support/header-chain.ts';
import {
  type BlockHash,
  type BlockHeader,
  blockHashOf,
  MAX_FUTURE_BLOCK_TIME_S,
  type Target,
} from '../consensus/index.ts';
import { type HeaderSync, linkedAncestor, misbehaviourOf } from './header-sync.ts';
import { MAX_HEADERS } from './messages.ts';
import type { Peer } from './peer.ts';

describe('headers that are wrong', () => {
  const spoiled = (changes: Partial<BlockHeader>, avoid = false): BlockHeader[] => {
    const headers = SHORT.headers;
    headers[10] = grind({ ...headers[10]!, ...changes }, { avoid });
    for (let i = 11; i < headers.length; i++)
      headers[i] = grind({ ...headers[i]!, prevHash: blockHashOf(headers[i - 1]!) });
    return headers;
  };

  it.each<[string, BlockHeader[], string, number]>([
    ['no work', spoiled({}, true), 'invalid-header', 10],
    ['an easier target', spoiled({ target: (2n ** 256n - 1n) as Target }), 'invalid-header', 10],
    ['a time in the past', spoiled({ timestamp: GENESIS_TIME_S }), 'invalid-header', 10],
    ['a gap', SHORT.headers.toSpliced(10, 1), 'unconnected-headers', 0],
    ['another order', SHORT.headers.toReversed(), 'unconnected-headers', 0],
    ['one twice', SHORT.headers.toSpliced(10, 0, SHORT.headers[10]!), 'unconnected-headers', 0],
  ])('are punished: %s', async (_what, headers, offence, known) => {
    for (const read of [
      (sync: HeaderSync, peer: Peer) => sync.follow(peer),
      (sync: HeaderSync, peer: Peer) => sync.announced(peer, headers),
    ]) {
      const { chain, sync } = await bench();
      const { peer } = peerWith(() => headers);
      await expect(read(sync, peer)).rejects.toMatchObject({ offence });
      expect(chain.headers.size).toBe(known);
    }
  });

  it('are punished in a chain of little work as well, and not kept', async () => {
    const headers = LONG.headers.slice(0, 3_000);
    headers[2_500] = grind({ ...headers[2_500]!, target: 5n as Target }, { avoid: true });
    for (let i = 2_501; i < headers.length; i++)
      headers[i] = grind({ ...headers[i]!, prevHash: blockHashOf(headers[i - 1]!) });
    const liar = new Map(headers.map((header, i) => [blockHashOf(header), i]));
    const { chain, sync } = await bench({ minimumChainWork: WORK * 4_500n });
    const { peer } = peerWith((locator) => {
      const start = (liar.get(locator[0] ?? ('' as BlockHash)) ?? -1) + 1;
      return headers.slice(start, start + MAX_HEADERS);
    });
    await expect(sync.follow(peer)).rejects.toMatchObject({ offence: 'invalid-header' });
    expect(chain.headers.size).toBe(0);
    expect(sync.heightRead).toBeUndefined();
  });

  it('that connect to nothing are asked for some times from our own chain, then punished', async () => {
    const { sync } = await bench();
    const { peer, calls } = peerWith(() => SHORT.headers.slice(5));
    await expect(sync.follow(peer)).rejects.toMatchObject({ offence: 'unconnected-headers' });
    expect(calls()).toBe(4);
    const { peer: other } = peerWith(() => []);
    expect(await sync.announced(other, SHORT.headers.slice(5))).toBeUndefined();
  });

  it('that build on a block which proved invalid are punished', async () => {
    const { chain, sync } = await bench();
    await sync.follow(honest(SHORT).peer);
    chain.headers.markInvalid(chain.headers.get(SHORT.mined[20]!.hash)!, 'bad-cb-amount');
    const longer = SHORT.fork(30, 'main').extend(1);
    const { peer } = honest(longer);
    await expect(sync.follow(peer)).rejects.toMatchObject({ offence: 'invalid-header' });
    const side = SHORT.fork(19, 'side').extend(20);
    const { peer: good } = honest(side);
    await sync.follow(good);
    expect(good.best?.hash).toBe(side.tip.hash);
  });
});

describe('headers from the future', () => {
  const future = async (): Promise<{ made: Bench; chain: HeaderChain }> => {
    const made = await bench();
    const nowS = made.clock.nowS();
    const chain = new HeaderChain(PARAMS).extend(10, (height) =>
      height < 8 ? 10 : height === 8 ? nowS + MAX_FUTURE_BLOCK_TIME_S + 60 - (GENESIS_TIME_S + 70) : 1,
    );
    return { made, chain };
  };

  it('end it for now, and are nobody to blame for; later they are good', async () => {
    const { made, chain } = await future();
    const { peer } = honest(chain);
    await made.sync.follow(peer);
    expect(made.chain.headers.size).toBe(8);
    expect(peer.best?.height).toBe(7);
    made.clock.ms += 120_000;
    await made.sync.follow(peer);
    expect(peer.best?.height).toBe(10);
  });

  it('leave a chain that had shown enough work before them let in up to there', async () => {
    const made = await bench({ minimumChainWork: WORK * 4_500n });
    const nowS = made.clock.nowS();
    const chain = LONG.fork(4_700, 'future').extend(2, () => nowS);
    const { peer } = honest(chain);
    await made.sync.follow(peer);
    expect(peer.best?.height).toBe(4_700);
    expect(made.chain.headers.size).toBe(4_701);
  });

  it('leave a chain of little work outside, and its owner unpunished', async () => {
    const made = await bench({ minimumChainWork: WORK * 4_500n });
    const nowS = made.clock.nowS();
    const { peer } = honest(
      LONG.fork(4_000, 'future').extend(600, (height) => (height === 4_001 ? nowS : 10)),
    );
    await expect(made.sync.follow(peer)).rejects.toMatchObject({ offence: 'future-block' });
    expect(made.chain.headers.size).toBe(0);
  });

  it('that are announced are left', async () => {
    const { made, chain } = await future();
    expect(await made.sync.announced(honest(chain).peer, chain.headers)).toBeUndefined();
    expect(made.chain.headers.size).toBe(8);
  });
});

describe('where bodies are', () => {
  it('the highest linked ancestor is found on any chain', async () => {
    const { chain, sync } = await bench();
    const { peer } = honest(SHORT);
    await sync.follow(peer);
    const node = (height: number) => chain.headers.get(SHORT.mined[height]!.hash)!;
    expect(linkedAncestor(null)).toBeNull();
    expect(linkedAncestor(node(30))).toBeNull();
    for (let height = 0; height <= 30; height++) {
      chain.headers.addBody(node(height));
      expect(linkedAncestor(node(30))).toBe(node(height));
    }
  });
});

describe('what a refused header says of its sender', () => {
  it('depends on the class of the reason', () => {
    const failure = { ok: false as const, detail: 'why' };
    expect(
      misbehaviourOf({ ...failure, reason: 'prev-blk-not-found', class: 'missing-parent' }),
    ).toMatchObject({ offence: 'unconnected-headers' });
    expect(misbehaviourOf({ ...failure, reason: 'high-hash', class: 'consensus' })).toMatchObject({
      offence: 'invalid-header',
      message: 'its header was refused: high-hash (why)',
    });
    expect(misbehaviourOf({ ...failure, reason: 'time-too-new', class: 'time-future' })).toMatchObject({
      offence: 'future-block',
    });
  });
});
