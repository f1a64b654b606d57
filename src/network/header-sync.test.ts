import { describe, expect, it } from 'vitest';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { bench, honest, LONG, PARAMS, peerWith, SHORT, WORK } from '../../test/support/header-bench.ts';
import { HeaderChain, mineHeader } from '../../test/support/header-chain.ts';
import { strangePeer } from '../../test/support/scripted-peer.ts';
import type { BlockHash, ChainParams, Target } from '../consensus/index.ts';
import { HeaderSync } from './header-sync.ts';
import { MAX_HEADERS } from './messages.ts';

describe('reading the headers of a peer', () => {
  it('takes a chain of several portions, and knows then what the peer has', async () => {
    const { chain, sync } = await bench();
    const { peer, calls } = honest(LONG);
    await sync.follow(peer);
    expect(calls()).toBe(3);
    expect(chain.headers.size).toBe(5_000);
    expect(peer.best?.hash).toBe(LONG.tip.hash);
    expect(peer.best?.chainWork).toBe(LONG.tip.work);
    expect(chain.tip).toBeNull(); // bodies are another matter
  });

  it('asks for what follows, with a locator from the best header that it has shown', async () => {
    const { sync } = await bench();
    const { peer, locators } = honest(LONG);
    await sync.follow(peer);
    expect(locators[0]).toEqual([]);
    expect(locators[1]?.[0]).toBe(LONG.mined[1_999]!.hash);
    expect(locators[1]?.at(-1)).toBe(LONG.mined[0]!.hash);
    expect(locators[2]?.[0]).toBe(LONG.mined[3_999]!.hash);
  });

  it('ends where a portion is full and nothing follows', async () => {
    const exact = new HeaderChain(PARAMS, 'main', LONG.mined.slice(0, MAX_HEADERS));
    const { chain, sync } = await bench();
    const { peer, calls } = honest(exact);
    await sync.follow(peer);
    expect(calls()).toBe(2);
    expect(chain.headers.size).toBe(MAX_HEADERS);
  });

  it('is one reading, however often it is asked for at a time', async () => {
    const made = await bench();
    const { peer, calls } = honest(SHORT);
    const readings = [made.sync.follow(peer), made.sync.follow(peer)];
    expect(readings[0]).toBe(readings[1]);
    expect(made.sync.isReading).toBe(true);
    await Promise.all(readings);
    expect(made.sync.isReading).toBe(false);
    expect(calls()).toBe(1);
    expect(made.told).toBeGreaterThan(0);
    await made.sync.follow(peer);
    expect(calls()).toBe(2);
  });

  it('follows a peer that has reorganised its chain', async () => {
    const { chain, sync } = await bench();
    const { peer } = honest(SHORT);
    await sync.follow(peer);
    const other = SHORT.fork(10, 'other').extend(40);
    Object.assign(peer.link!, { headersAfter: async (l: BlockHash[]) => other.headersAfter(l) });
    peer.claims(other.claim);
    await sync.follow(peer);
    expect(peer.best?.hash).toBe(other.tip.hash);
    expect(chain.headers.size).toBe(31 + 40);
  });

  it('follows a peer whose chain has another beginning', async () => {
    const { chain, sync } = await bench();
    await sync.follow(honest(SHORT).peer);
    const other = new HeaderChain(PARAMS, 'b', [mineHeader(null, PARAMS, { salt: 'b' })]).extend(35);
    const { peer } = honest(other);
    await sync.follow(peer);
    expect(peer.best?.hash).toBe(other.tip.hash);
    expect(chain.headers.size).toBe(31 + 36);
  });

  it('notices at the end that the peer is disconnected', async () => {
    const { sync } = await bench();
    await expect(sync.follow(strangePeer('gone'))).rejects.toThrow('it is not connected any more');
  });

  it('stops with the node', async () => {
    const made = await bench();
    const { peer, calls } = peerWith((locator, call) => {
      if (call === 2) made.abort.abort();
      return LONG.headersAfter(locator);
    });
    await made.sync.follow(peer);
    expect(calls()).toBe(2);
  });
});

describe('a chain of little work', () => {
  it('is not let in, and what it is is forgotten', async () => {
    const { chain, sync } = await bench({ minimumChainWork: WORK * 6_000n });
    const { peer, calls } = honest(LONG);
    await sync.follow(peer);
    expect(calls()).toBe(3); // all of it was looked at
    expect(chain.headers.size).toBe(0);
    expect(peer.best).toBeNull();
    expect(sync.heightRead).toBeUndefined();
  });

  it('is not let in either when it is short: then one look is enough', async () => {
    const { chain, sync } = await bench({ minimumChainWork: WORK * 6_000n });
    const { peer, calls } = honest(SHORT);
    await sync.follow(peer);
    expect(calls()).toBe(1);
    expect(chain.headers.size).toBe(0);
  });

  it('is let in when it shows enough work in two readings', async () => {
    const { chain, sync } = await bench({ minimumChainWork: WORK * 4_500n });
    const heights: (number | undefined)[] = [];
    const { peer, locators } = peerWith((locator) => {
      heights.push(sync.heightRead);
      return LONG.headersAfter(locator);
    }, LONG.claim);
    await sync.follow(peer);
    expect(chain.headers.size).toBe(5_000);
    expect(peer.best?.hash).toBe(LONG.tip.hash);
    // 1 the first look; 2 and 3 the rest of the first reading; 4 to 6 the second; 7 whether there is more.
    expect(heights).toEqual([undefined, 1_999, 3_999, 4_999, 4_999, 4_999, undefined]);
    expect(locators[1]).toEqual([LONG.mined[1_999]!.hash]);
    expect(locators[3]).toEqual([]);
    expect(locators[4]).toEqual([LONG.mined[1_999]!.hash]);
  });

  it('that forks off below our tip is read twice from the fork on', async () => {
    const params: ChainParams = { ...PARAMS, defaultTarget: (2n ** 256n - 1n) as Target };
    const ours = new HeaderChain(params).extend(2_500);
    const theirs = ours.fork(20, 'theirs').extend(2_600);
    const made = await bench({ params });
    await made.sync.follow(honest(ours).peer);
    expect(made.chain.headers.size).toBe(2_501);
    // Their first portion ends 480 blocks below the work that is wanted.
    const late = new HeaderSync({
      ...{ chain: made.chain, clock: made.clock, signal: made.abort.signal },
      minimumChainWork: 2_500n,
      onHeaders: () => undefined,
    });
    const { peer, locators } = honest(theirs);
    peer.best = made.chain.headers.get(ours.mined[20]!.hash)!;
    await late.follow(peer);
    expect(peer.best.hash).toBe(theirs.tip.hash);
    expect(made.chain.headers.size).toBe(2_501 + 2_600);
    expect(locators[2]).toEqual([ours.mined[20]!.hash]); // the second reading begins there
  });

  it('is one that stays more than ten blocks behind our tip: nearer ones are forks worth seeing', async () => {
    const builder = new ChainBuilder({ params: PARAMS }).extend(30);
    const { chain, sync } = await bench();
    expect(sync.threshold()).toBe(0n);
    for (const { block } of builder.all) await chain.acceptBlock(block);
    expect(sync.threshold()).toBe(WORK * 21n);
    const fork = (height: number): HeaderChain =>
      new HeaderChain(PARAMS, `other ${height}`, [mineHeader(null, PARAMS, { salt: 'other' })]).extend(
        height,
      );
    await sync.follow(honest(fork(19)).peer);
    expect(chain.headers.size).toBe(31);
    await sync.follow(honest(fork(20)).peer);
    expect(chain.headers.size).toBe(31 + 21);
  });

  it('of which headers are announced is not let in', async () => {
    const { chain, sync } = await bench({ minimumChainWork: WORK * 20n });
    const { peer } = honest(SHORT);
    expect(await sync.announced(peer, SHORT.headers.slice(0, 8))).toBeUndefined();
    expect(chain.headers.size).toBe(0);
    expect((await sync.announced(peer, SHORT.headers))?.hash).toBe(SHORT.tip.hash);
    expect(chain.headers.size).toBe(31);
  });
});

describe('a peer that changes its chain between the two readings', () => {
  const minimumChainWork = WORK * 4_500n;

  it('is read anew, and let in when the other chain is as good', async () => {
    const { chain, sync } = await bench({ minimumChainWork });
    const other = LONG.fork(3_000, 'other').extend(2_100);
    // Its first reading is of one chain, from the second reading on it has another.
    const { peer } = peerWith(
      (locator, call) => (call <= 4 ? LONG : other).headersAfter(locator),
      other.claim,
    );
    await sync.follow(peer);
    expect(peer.best?.hash).toBe(other.tip.hash);
    // What was shown of the first chain is in the tree up to where both are one, and no further.
    expect(chain.headers.get(LONG.mined[3_001]!.hash)).toBeUndefined();
    expect(chain.headers.size).toBe(other.mined.length);
  });

  it('fills the tree with nothing that was not checked before', async () => {
    const { chain, sync } = await bench({ minimumChainWork });
    const cheap = new HeaderChain(PARAMS, 'cheap', [mineHeader(null, PARAMS, { salt: 'cheap' })]).extend(
      2_100,
    );
    // The bait in each first reading, something else in each second one.
    let readings = 0;
    const { peer } = peerWith((locator) => {
      if (locator.length === 0) readings++;
      return (readings % 2 === 1 ? LONG : cheap).headersAfter(locator);
    });
    await expect(sync.follow(peer)).rejects.toThrow('its chain changes too often');
    expect(chain.headers.size).toBe(0);
  });

  it('is read anew when it changes in the middle of the first reading', async () => {
    const { chain, sync } = await bench({ minimumChainWork });
    const other = LONG.fork(1_500, 'other').extend(3_500);
    const { peer } = peerWith((locator, call) => (call === 1 ? LONG : other).headersAfter(locator));
    await sync.follow(peer);
    expect(peer.best?.hash).toBe(other.tip.hash);
    expect(chain.headers.size).toBe(other.mined.length);
  });
});

describe('a peer that claims', () => {
  it('more work than it shows is no honest one', async () => {
    const { sync } = await bench();
    const { peer } = peerWith((locator) => SHORT.headersAfter(locator), {
      ...SHORT.claim,
      chain_work: '1000000',
      hash: 'ab'.repeat(32),
    });
    await expect(sync.follow(peer)).rejects.toMatchObject({
      offence: 'work-not-shown',
      message: `it claimed a chain of work 1000000 and showed ${SHORT.tip.work}`,
    });
  });

  it('much work and shows nothing is none either', async () => {
    const { sync } = await bench();
    const { peer } = peerWith(() => [], { height: 9, hash: 'ab'.repeat(32), chain_work: '9' });
    await expect(sync.follow(peer)).rejects.toMatchObject({ offence: 'work-not-shown' });
  });

  it('less work than is wanted need not show it', async () => {
    const { sync } = await bench({ minimumChainWork: 100n });
    const { peer } = peerWith(() => [], { height: 9, hash: 'ab'.repeat(32), chain_work: '99' });
    await expect(sync.follow(peer)).resolves.toBeUndefined();
  });

  it('a tip that we know already has shown it', async () => {
    const { sync, chain } = await bench();
    await sync.follow(honest(SHORT).peer);
    const { peer } = honest(SHORT);
    await sync.follow(peer);
    expect(peer.best).toBe(chain.headers.get(SHORT.tip.hash));
  });

  it('more work in the meantime is measured by what it claimed before', async () => {
    const { sync } = await bench();
    const { peer } = peerWith((locator) => {
      peer.claims(LONG.claim);
      return SHORT.headersAfter(locator);
    }, SHORT.claim);
    await expect(sync.follow(peer)).resolves.toBeUndefined();
  });
});
