import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, TestClock } from '../../test/support/scripted-peer.ts';
import { createMemoryStorage } from '../storage/index.ts';
import { MAX_KNOWN, PeerBook } from './peer-book.ts';
import { Peer } from './peer.ts';
import type { PeerStore, StoredPeer } from './ports.ts';

const MANY = Array.from({ length: MAX_KNOWN }, (_, i) => `http://10.0.${i >> 8}.${i & 255}:8000`);

function bench(options: { store?: PeerStore; maxOwned?: number } = {}): {
  book: PeerBook;
  store: PeerStore;
  clock: TestClock;
  failures: unknown[];
} {
  const { store = createMemoryStorage().peers, maxOwned = 8 } = options;
  const clock = new TestClock();
  const failures: unknown[] = [];
  const book = new PeerBook(maxOwned, { store, clock, onSaveFailed: (error) => failures.push(error) });
  return { book, store, clock, failures };
}

const urlsOf = (peers: Iterable<{ readonly url: string }>): string[] => [...peers].map(({ url }) => url);
const learn = (book: PeerBook, url: string): Peer | undefined => book.learn(url, 'gossip', 'public');

function owned(book: PeerBook, url: string): Peer {
  const verdict = book.own(url);
  if (!verdict.ok) throw new Error(verdict.detail);
  return verdict.value;
}

describe('what the owner says', () => {
  it('is written in one spelling, and is one peer however often it is said', () => {
    const { book } = bench();
    const peer = owned(book, ' HTTP://Example.com:80/ ');
    expect(peer.url).toBe('http://example.com');
    expect(owned(book, 'http://example.com')).toBe(peer);
    expect(book.get('http://example.com')).toBe(peer);
    expect(book.size).toBe(1);
    expect(book.own('no address')).toMatchObject({ ok: false, reason: 'malformed-field' });
  });

  it('fits up to MAX_PEERS; what others told of does not count', () => {
    const { book } = bench({ maxOwned: 2 });
    learn(book, 'http://gossip:1');
    owned(book, 'http://a:1');
    owned(book, 'http://b:1');
    expect(book.own('http://c:1')).toMatchObject({
      ok: false,
      reason: 'too-many-peers',
      detail: '2 peers were added already (MAX_PEERS)',
    });
    expect(book.own('http://gossip:1').ok).toBe(false);
    expect(book.own('http://a:1').ok).toBe(true);
  });

  it('makes his own what others told of: it may lead anywhere then, and is kept so', async () => {
    const { book, store } = bench();
    const peer = learn(book, 'http://a:1')!;
    await book.save();
    expect(owned(book, 'http://a:1')).toBe(peer);
    expect(peer).toMatchObject({ source: 'owner', teller: undefined });
    await book.save();
    expect(await store.load()).toMatchObject([{ url: 'http://a:1', source: 'owner' }]);
  });
});

describe('room in the book', () => {
  it('is made by forgetting who never answered, those with the most failures first', () => {
    const { book, clock } = bench();
    for (const url of MANY) learn(book, url);
    book.get(MANY[500]!)!.failures = 3;
    book.get(MANY[700]!)!.failures = 2;
    expect(learn(book, 'http://new-1:1')).toBeDefined();
    expect(book.get(MANY[500]!)).toBeUndefined();
    learn(book, 'http://new-2:1');
    expect(book.get(MANY[700]!)).toBeUndefined();
    learn(book, 'http://new-3:1');
    expect(book.get(MANY[0]!)).toBeUndefined();
    expect(book.size).toBe(MAX_KNOWN);
    // What answered once is better than what only was told of.
    for (const peer of book.all()) peer.answered(clock.nowMs());
    expect(learn(book, 'http://new-4:1')).toBeUndefined();
    expect(book.size).toBe(MAX_KNOWN);
  });

  it('is never made of what the owner added, of lines, or of bans', () => {
    const { book, clock } = bench({ maxOwned: MAX_KNOWN });
    const kept = MANY.slice(0, 4).map((url) => learn(book, url)!);
    owned(book, kept[0]!.url);
    connect(kept[1]!, {});
    kept[2]!.isConnecting = true;
    kept[3]!.bannedUntilMs = clock.nowMs() + 1_000;
    for (const peer of kept) peer.failures = 9;
    for (const url of MANY.slice(4)) owned(book, url);
    expect(learn(book, 'http://new:1')).toBeUndefined();
    clock.ms += 1_000; // the ban is over
    expect(learn(book, 'http://new:1')).toBeDefined();
    expect(book.get(kept[3]!.url)).toBeUndefined();
    for (const peer of kept.slice(0, 3)) expect(book.get(peer.url)).toBe(peer);
  });

  it('does not grow for what is known', () => {
    const { book } = bench();
    const peer = learn(book, 'http://a:1');
    expect(book.learn('http://a:1', 'inbound', 'loopback')).toBe(peer);
    expect(peer).toMatchObject({ source: 'gossip', teller: 'public' });
  });
});

describe('two names of one peer', () => {
  it('are one, for as long as the line is up', async () => {
    const { book, store } = bench();
    const [peer, alias] = [owned(book, 'http://name:1'), learn(book, 'http://10.0.0.1:1')!];
    await book.save();
    connect(peer, {});
    await book.addAlias(alias, peer);
    expect(urlsOf(book.all())).toEqual(['http://name:1']);
    expect(urlsOf(await store.load())).toEqual(['http://name:1']);
    expect(learn(book, 'http://10.0.0.1:1')).toBe(peer);
    peer.connection = undefined;
    const again = learn(book, 'http://10.0.0.1:1');
    expect(again).not.toBe(peer);
    expect(again?.url).toBe('http://10.0.0.1:1');
  });

  it('stay two where the owner named both', async () => {
    const { book } = bench();
    const [peer, other] = [owned(book, 'http://name:1'), owned(book, 'http://10.0.0.1:1')];
    await book.addAlias(other, peer);
    expect(book.size).toBe(2);
  });
});

describe('the list', () => {
  it('has connected ones first, the rest in the order in which they became known', () => {
    const { book } = bench();
    const peers = ['c', 'a', 'd', 'b'].map((name) => learn(book, `http://${name}:1`)!);
    connect(peers[2]!, {});
    connect(peers[3]!, {});
    expect(urlsOf(book.list())).toEqual(['http://d:1', 'http://b:1', 'http://c:1', 'http://a:1']);
    expect(urlsOf(book.connected())).toEqual(['http://d:1', 'http://b:1']);
  });
});

describe('what is kept over a restart', () => {
  it('is everything but the line', async () => {
    const { book, store, clock } = bench();
    const good = owned(book, 'http://good:1');
    Object.assign(good, { kind: 'mini-bitcoin', bytesReceived: 5, bytesSent: 6, nodeName: 'good' });
    good.answered(clock.nowMs());
    good.measured(12.5);
    good.claims({ height: 7, hash: '00'.repeat(32), chain_work: '8' });
    const bad = learn(book, 'http://bad:1')!;
    bad.failures = 2;
    bad.points.add(40, clock.nowMs());
    Object.assign(bad, { bannedUntilMs: clock.nowMs() + 5_000, banReason: 'it lied', isActive: false });
    await book.save();

    const again = bench({ store });
    await again.book.load();
    expect(again.book.get('http://good:1')).toMatchObject({
      ...{ source: 'owner', kind: 'mini-bitcoin', failures: 0, isActive: true, height: 7, latencyMs: 12.5 },
      ...{ bytesReceived: 5, bytesSent: 6, lastSeenMs: clock.nowMs(), nodeName: undefined },
    });
    const badAgain = again.book.get('http://bad:1')!;
    expect(badAgain.isBanned(clock.nowMs())).toBe(true);
    expect(badAgain).toMatchObject({ source: 'gossip', failures: 2, banReason: 'it lied', isActive: false });
    expect(badAgain.points.at(clock.nowMs())).toBe(40);
    expect(badAgain.state(clock.nowMs() + 5_000)).toBe('known');
  });

  it.each<[string, Peer['teller']]>([
    ['http://127.0.0.1:1', 'loopback'],
    ['http://10.0.0.1:1', 'private'],
    ['http://[2001:db8::1]:1', 'public'],
    ['http://name:1', 'private'],
  ])('judges what others told of by where it is: %s', async (url, teller) => {
    const { book, store } = bench();
    book.learn(url, 'gossip', 'loopback');
    await book.save();
    const again = bench({ store });
    await again.book.load();
    expect(again.book.get(url)?.teller).toBe(teller);
  });

  it('is what changed, and nothing of peers that are asked once', async () => {
    const writes: string[][] = [];
    const inner = createMemoryStorage().peers;
    const store: PeerStore = {
      ...inner,
      save: async (peers) => {
        writes.push(urlsOf(peers));
        await inner.save(peers);
      },
    };
    const { book } = bench({ store });
    owned(book, 'http://a:1');
    const b = owned(book, 'http://b:1');
    await book.save();
    await book.save();
    book.touch(b);
    const once = { source: 'owner', teller: undefined, isTransient: true, nowMs: 0 } as const;
    book.touch(new Peer('http://once:1', once));
    await book.close();
    expect(writes).toEqual([['http://a:1', 'http://b:1'], ['http://b:1']]);
  });
});

/** A store whose writes end when the test says so. */
function slowStore(): {
  store: PeerStore;
  rows: Map<string, StoredPeer>;
  log: string[];
  next: (error?: Error) => Promise<void>;
} {
  const rows = new Map<string, StoredPeer>();
  const log: string[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const turn = (): Promise<void> => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  return {
    rows,
    log,
    store: {
      load: async () => [...rows.values()],
      save: async (peers) => {
        log.push(`save ${urlsOf(peers).join(' ')}`);
        await turn();
        for (const peer of peers) rows.set(peer.url, peer);
      },
      remove: async (url) => {
        log.push(`remove ${url}`);
        await turn();
        rows.delete(url);
      },
    },
    next: async (error) => {
      const first = waiting.shift();
      if (error === undefined) first?.resolve();
      else first?.reject(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('writing', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('waits for a moment, and takes what comes meanwhile along', async () => {
    const { store } = bench();
    const { book } = bench({ store });
    owned(book, 'http://a:1');
    await vi.advanceTimersByTimeAsync(1_999);
    expect(await store.load()).toEqual([]);
    owned(book, 'http://b:1');
    await vi.advanceTimersByTimeAsync(1);
    expect(urlsOf(await store.load())).toEqual(['http://a:1', 'http://b:1']);
    book.touch(book.get('http://a:1')!);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that fails is told, and done again with the next change', async () => {
    const slow = slowStore();
    const { book, failures } = bench({ store: slow.store });
    owned(book, 'http://a:1');
    await vi.advanceTimersByTimeAsync(2_000);
    const broken = new Error('the disk is full');
    await slow.next(broken);
    expect(failures).toEqual([broken]);
    owned(book, 'http://b:1');
    await vi.advanceTimersByTimeAsync(2_000);
    await slow.next();
    expect([...slow.rows.keys()].sort()).toEqual(['http://a:1', 'http://b:1']);
    expect(failures.length).toBe(1);
  });

  it('that fails at the end is the caller’s to know', async () => {
    const slow = slowStore();
    const { book } = bench({ store: slow.store });
    owned(book, 'http://a:1');
    const closing = book.close();
    const expected = expect(closing).rejects.toThrow('the disk is full');
    await new Promise((resolve) => setImmediate(resolve));
    await slow.next(new Error('the disk is full'));
    await expected;
  });

  it('is done one after the other: a removal does not overtake the saving of the same peer', async () => {
    const slow = slowStore();
    const { book } = bench({ store: slow.store });
    const peer = owned(book, 'http://a:1');
    const saving = book.save();
    await new Promise((resolve) => setImmediate(resolve)); // the write has begun
    const removal = book.remove(peer);
    await new Promise((resolve) => setImmediate(resolve));
    expect(slow.log).toEqual(['save http://a:1']);
    await slow.next();
    await slow.next();
    await Promise.all([saving, removal]);
    expect(slow.log).toEqual(['save http://a:1', 'remove http://a:1']);
    expect(slow.rows.size).toBe(0);
  });

  it('leaves out what was removed in the meantime, and keeps what came back', async () => {
    const slow = slowStore();
    const { book } = bench({ store: slow.store });
    const peer = owned(book, 'http://a:1');
    const removal = book.remove(peer);
    book.touch(peer); // a late answer of a peer that is gone
    const again = owned(book, 'http://a:1');
    expect(again).not.toBe(peer);
    const saving = book.save();
    await slow.next();
    await slow.next();
    await slow.next();
    await Promise.all([removal, saving]);
    expect(slow.log).toEqual(['remove http://a:1', 'save http://a:1']);
    expect(slow.rows.size).toBe(1);
  });
});

describe('any history', () => {
  it('ends with the store as the book is', async () => {
    const steps = fc.array(
      fc.record({
        kind: fc.constantFrom('own', 'learn', 'remove', 'touch', 'save'),
        which: fc.nat({ max: 4 }),
      }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { book, store } = bench();
        for (const { kind, which } of all) {
          const url = `http://peer-${which}:1`;
          const known = book.get(url);
          if (kind === 'own') owned(book, url);
          else if (kind === 'learn') learn(book, url);
          else if (kind === 'save') await book.save();
          else if (known !== undefined && kind === 'remove') await book.remove(known);
          else if (known !== undefined) {
            known.bytesSent++;
            book.touch(known);
          }
        }
        await book.close();
        const rows = await store.load();
        const inBook = [...book.all()].map((peer) => peer.stored(0));
        const byUrl = (a: StoredPeer, b: StoredPeer): number => a.url.localeCompare(b.url);
        expect(rows.toSorted(byUrl)).toEqual(inBook.toSorted(byUrl));
      }),
      { numRuns: 60 },
    );
  });
});
