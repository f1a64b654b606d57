/** What is remembered beside the chain, on every engine. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { txidOf, type Transaction } from '../consensus/index.ts';
import { ChainBuilder, key, pay } from '../../test/support/chain-builder.ts';
import { createTestStore, TEST_ENGINES } from '../../test/support/postgres-server.ts';
import type { StoredPeer } from '../network/ports.ts';
import { openStorage, type Storage } from './index.ts';
import { Replay } from './replay.ts';

const NOW_MS = 1_700_000_123_456;
const alice = key('alice');

/** A payment of its own per amount. */
function payment(amount: number): Transaction {
  const coins = new ChainBuilder({ miner: alice }).coins(alice, 'genesis');
  return pay({ coins, from: alice, to: key('bob'), amount, fee: 10 });
}

/** A peer of which nothing is known yet. */
function peerAt(url: string): StoredPeer {
  return {
    url,
    isActive: true,
    failures: 0,
    lastSeenMs: undefined,
    source: 'owner',
    kind: 'unknown',
    misbehaviour: 0,
    bannedUntilMs: undefined,
    banReason: undefined,
    height: undefined,
    latencyMs: undefined,
    bytesReceived: 0,
    bytesSent: 0,
  };
}

describe.each(TEST_ENGINES)('memory of a node on %s', (engine) => {
  let storage: Storage;
  let place: Awaited<ReturnType<typeof createTestStore>>;
  const entry = (amount: number, fee = 10) => ({ tx: payment(amount), receivedAtMs: NOW_MS + amount, fee });

  beforeAll(async () => {
    place = await createTestStore(engine);
    storage = await openStorage({ ...place, nowMs: () => NOW_MS });
  });
  afterAll(async () => {
    await storage.close();
    await place.remove();
  });

  describe('mempool', () => {
    beforeEach(async () => {
      await storage.mempool.remove((await storage.mempool.load()).map(({ tx }) => txidOf(tx)));
    });

    it('keeps transactions in their order, and the place of one that is replaced', async () => {
      const entries = [5, 3, 9, 1].map((amount) => entry(amount));
      await storage.mempool.add([]);
      await storage.mempool.add(entries.slice(0, 2));
      await storage.mempool.add(entries.slice(2));
      expect(await storage.mempool.load()).toEqual(entries);
      const better = entry(3, 77);
      await storage.mempool.add([entry(3, 50), better]);
      expect(await storage.mempool.load()).toEqual([entries[0], better, entries[2], entries[3]]);
      await storage.mempool.remove([txidOf(entries[0]!.tx), txidOf(payment(1234))]);
      await storage.mempool.remove([]);
      expect(await storage.mempool.load()).toEqual([better, entries[2], entries[3]]);
    });

    it('changes with the chain: what is confirmed goes, what returns stands in front', async () => {
      const [a, b, c, d] = [entry(1), entry(2), entry(3), entry(4)];
      const builder = new ChainBuilder({ miner: alice });
      await storage.mempool.add([a, b, c]);
      const genesis = new Replay().step({ connect: [builder.last.block] });
      await storage.chain.commit({ ...genesis, confirmed: [a, d].map(({ tx }) => txidOf(tx)) });
      expect(await storage.mempool.load()).toEqual([b, c]);
      const nothing = { ...new Replay().step({}), tip: undefined };
      await storage.chain.commit({ ...nothing, returnedToMempool: [d.tx, a.tx, c.tx] });
      await storage.chain.commit({ ...nothing, returnedToMempool: [payment(5)] });
      const returned = (amount: number) => ({ tx: payment(amount), receivedAtMs: NOW_MS, fee: 0 });
      // c was there: it keeps its fee and time, and moves to the front with the others.
      expect(await storage.mempool.load()).toEqual([returned(5), returned(4), returned(1), c, b]);
      await storage.mempool.add([entry(6)]);
      expect((await storage.mempool.load()).at(-1)).toEqual(entry(6));
    });
  });

  it('keeps peers with all that is known of them', async () => {
    const one = peerAt('http://one.example:8000');
    const two: StoredPeer = {
      url: 'http://[::1]:8001',
      isActive: false,
      failures: 3,
      lastSeenMs: NOW_MS,
      source: 'gossip',
      kind: 'mini-bitcoin',
      misbehaviour: 100,
      bannedUntilMs: NOW_MS + 86_400_001,
      banReason: 'its block breaks a rule: bad-cb-amount ’“äß"\\',
      height: -1,
      latencyMs: 12.345678901234567,
      bytesReceived: Number.MAX_SAFE_INTEGER,
      bytesSent: 2 ** 40 + 1,
    };
    await storage.peers.save([]);
    expect(await storage.peers.load()).toEqual([]);
    await storage.peers.save([one, two]);
    expect(await storage.peers.load()).toEqual([one, two]);
    // Replaced in its place; of several with one address the last counts.
    const changed: StoredPeer = { ...two, url: one.url, source: 'inbound', kind: 'original', height: 7 };
    await storage.peers.save([{ ...changed, failures: 9 }, peerAt('http://three'), changed]);
    expect(await storage.peers.load()).toEqual([changed, two, peerAt('http://three')]);
    await storage.peers.save([one]); // and what was known can become unknown again
    expect((await storage.peers.load())[0]).toEqual(one);
    await storage.peers.remove('http://three');
    await storage.peers.remove('http://nobody.example');
    expect(await storage.peers.load()).toEqual([one, two]);
  });

  it('keeps nothing of several peers when one of them does not fit', async () => {
    const before = await storage.peers.load();
    const peer = peerAt('http://fits.example');
    const longest = `http://${'x'.repeat(248)}`;
    for (const wrong of [
      { url: `${longest}x` },
      { url: 'http://\0' },
      { banReason: 'x'.repeat(501) },
      { banReason: '\0' },
      { failures: -1 },
      { failures: 2 ** 31 },
      { misbehaviour: -1 },
      { height: -2 },
      { height: 1.5 },
      { lastSeenMs: 1e15 },
      { bannedUntilMs: Number.NaN },
      { latencyMs: -1 },
      { latencyMs: Infinity },
      { bytesReceived: 2 ** 53 },
      { bytesSent: -1 },
    ] satisfies Partial<StoredPeer>[]) {
      const save = storage.peers.save([peer, { ...peer, url: 'http://wrong', ...wrong }]);
      await expect(save, JSON.stringify(wrong)).rejects.toThrow(RangeError);
    }
    expect(await storage.peers.load()).toEqual(before);
    const largest: StoredPeer = {
      ...peer,
      url: longest,
      banReason: 'x'.repeat(500),
      bannedUntilMs: 253_402_300_799_999,
      height: 2 ** 31 - 1,
      failures: 2 ** 31 - 1,
    };
    await storage.peers.save([largest]);
    expect((await storage.peers.load()).at(-1)).toEqual(largest);
  });

  it('adopts the parameters of the first run', async () => {
    expect(await storage.params.loadOrAdopt({})).toEqual({});
    expect(await storage.params.loadOrAdopt({ A: '1', B: '2' })).toEqual({ A: '1', B: '2' });
    expect(await storage.params.loadOrAdopt({ A: '5' })).toEqual({ A: '1', B: '2' });
  });

  it('forgets nothing over a restart', async () => {
    if (engine === 'memory') return; // it forgets all, as it should
    await storage.mempool.add([entry(7)]);
    const [mempool, peers, tip] = [
      await storage.mempool.load(),
      await storage.peers.load(),
      await storage.chain.loadTip(),
    ];
    expect(tip).toBeDefined();
    await storage.close();
    storage = await openStorage(place);
    expect(await storage.mempool.load()).toEqual(mempool);
    expect(await storage.peers.load()).toEqual(peers);
    expect(await storage.chain.loadTip()).toEqual(tip);
    await storage.maintain();
  });

  it('takes writes from many sides at once', async () => {
    const before = await storage.mempool.load();
    await Promise.all([
      ...[10, 11, 12, 13].map((amount) => storage.mempool.add([entry(amount)])),
      ...[1, 2, 3].map((n) =>
        storage.peers.save([{ ...peerAt(`http://p${n}`), failures: n, lastSeenMs: n }]),
      ),
      storage.maintain(),
      storage.chain.balance(alice.address),
    ]);
    expect(await storage.mempool.load()).toEqual([
      ...before,
      ...[10, 11, 12, 13].map((amount) => entry(amount)),
    ]);
  });
});
