/**
 * Peers that tell of addresses: of too many, and of those that are none of their business.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { askForAddresses } from '../../src/network/gossip.ts';
import { PeerFailedError } from '../../src/network/index.ts';
import { Peer } from '../../src/network/peer.ts';
import { MAX_KNOWN, PeerBook } from '../../src/network/peer-book.ts';
import { PeerLink } from '../../src/network/peer-link.ts';
import { PeerTransport } from '../../src/network/peer-transport.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import {
  builderOf,
  expectToGoOn,
  peerOf,
  sceneAt,
  untilBanned,
  untilPeer,
} from '../support/bad-peer-scene.ts';
import { saying } from '../support/evil-deeds.ts';
import { EvilPeer } from '../support/evil-peer.ts';
import { until } from '../support/running-node.ts';

const tip = builderOf().extend(3).last;
const discovering = { DISCOVER_PEERS: 'true' };

/** Addresses of this machine where nobody listens: the victim may call them, and hears so at once. */
const silentAddress = (i: number): string => `http://127.${1 + (i >> 8)}.${i & 255}.9:1`;
const silentAddresses = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => silentAddress(i));

/** Never to be called on somebody's word. */
const FORBIDDEN = [
  'http://169.254.169.254', // metadata services of clouds
  'http://[fe80::1]:8000',
  'http://0.0.0.0:8000',
  'http://224.0.0.1:8000',
  'http://[::ffff:169.254.169.254]',
];
/** None of the business of a peer on the Internet. */
const INSIDE = [
  'http://127.0.0.1:5432',
  'http://localhost:5432',
  'http://db.localhost',
  'http://[::1]:8000',
  'http://10.0.0.7:8000',
  'http://192.168.1.1',
  'http://172.16.0.1',
  'http://100.64.0.1',
  'http://[fd00::1]',
  'http://[::ffff:10.0.0.1]',
  'http://0x7f.1:80',
  'http://2130706433/',
];

describe('a node', () => {
  it('takes a thousand addresses in one answer for what they are', async () => {
    const scene = await sceneAt(tip, discovering);
    const evil = await EvilPeer.start(tip);
    evil.addresses.push(...silentAddresses(1_000));
    await evil.hello(scene.victim);
    await untilBanned(scene.victim, evil, /malformed-message: its list of addresses|oversized-answer/);
    expect((await scene.victim.client.peers()).stored_peers.length).toBe(2);
    await expectToGoOn(scene);
  });

  it('takes a part of the addresses that a peer tells of, and counts on none of them', async () => {
    const scene = await sceneAt(tip, discovering);
    const evil = await EvilPeer.start(tip);
    evil.addresses.push(...silentAddresses(100));
    await evil.hello(scene.victim);
    await until(async () => (await scene.victim.client.peers()).stored_peers.length > 2);
    const { stored_peers: all, peers } = await scene.victim.client.peers();
    const heard = all.filter(({ source }) => source === 'gossip');
    expect(heard.length).toBeLessThanOrEqual(50);
    expect(heard.every(({ is_active: isActive, state }) => !isActive || state !== 'connected')).toBe(true);
    expect(new Set(peers)).toEqual(new Set([scene.honest.url, evil.url]));
    await expectToGoOn(scene);
  });

  it('calls nobody at forbidden addresses, whoever tells of them', async () => {
    const scene = await sceneAt(tip, discovering);
    const evil = await EvilPeer.start(tip);
    evil.addresses.push(...FORBIDDEN, silentAddress(1));
    await evil.hello(scene.victim);
    await untilPeer(scene.victim, { url: silentAddress(1) }, () => true);
    for (const url of FORBIDDEN) await evil.hello(scene.victim, { url });
    const { stored_peers: all } = await scene.victim.client.peers();
    expect(new Set(all.map(({ url }) => url))).toEqual(
      new Set([scene.honest.url, evil.url, silentAddress(1)]),
    );
    await expectToGoOn(scene);
  });

  it('has a book of a bounded number of peers, however many hellos name themselves', async () => {
    const scene = await sceneAt(tip, { MAX_PEERS: '4' });
    const evil = await EvilPeer.start(tip);
    // Past HTTP, which takes longer than all the rest.
    const { p2p } = scene.victim.node.services;
    for (const url of silentAddresses(MAX_KNOWN + 50))
      p2p.hello({ ...evil.about(), url, port: null, call_id: evil.nodeId, answers_call: null }, '127.0.0.1');
    expect((await scene.victim.client.peers()).stored_peers.length).toBeLessThanOrEqual(MAX_KNOWN);
    expect(await peerOf(scene.victim, scene.honest)).toMatchObject({ state: 'connected' });
    await expectToGoOn(scene);
  });
});

describe('a peer on the Internet', () => {
  /** An evil peer that passes for one with a public address: the rules go by the address that the book has. */
  async function publicPeer(): Promise<{ evil: EvilPeer; peer: Peer; book: PeerBook }> {
    const evil = await EvilPeer.start(tip);
    const clock = { nowMs: () => Date.now() };
    const storage = createMemoryStorage(clock);
    const book = new PeerBook(8, { store: storage.peers, clock, onSaveFailed: () => undefined });
    const peer = new Peer('http://198.51.100.1:8000', {
      source: 'gossip',
      teller: 'public',
      nowMs: clock.nowMs(),
    });
    const transport = transportTo(evil.url, undefined);
    const { session } = (await transport.json({
      method: 'POST',
      path: '/p2p/hello',
      body: {},
      maxBytes: 10_000,
    })) as { session: string };
    const link = new PeerLink(transport, {
      session,
      maxBlockSizeBytes: 1_000_000,
      countMessage: () => undefined,
    });
    peer.connection = { kind: 'mini-bitcoin', link, nodeId: evil.nodeId, transport, sinceMs: clock.nowMs() };
    return { evil, peer, book };
  }

  function transportTo(baseUrl: string, teller: 'public' | undefined): PeerTransport {
    const { signal } = new AbortController();
    const transport = new PeerTransport({ baseUrl, teller, signal, timeoutMs: 5_000 });
    onTestFinished(() => transport.close());
    return transport;
  }

  it.each([...FORBIDDEN, ...INSIDE])('may not tell of %s', async (url) => {
    const { evil, peer, book } = await publicPeer();
    evil.addresses.push(url);
    await expect(askForAddresses(peer, book, null)).rejects.toMatchObject({ offence: 'address-spam' });
    expect(book.size).toBe(0);
  });

  it.each(['file:///etc/passwd', 'ftp://198.51.100.2', 'http://user:word@198.51.100.2', 'x'])(
    'may not tell of %s, which is no address',
    async (url) => {
      const { evil, peer, book } = await publicPeer();
      evil.addresses.push(url);
      await expect(askForAddresses(peer, book, null)).rejects.toMatchObject({ offence: 'address-spam' });
      expect(book.size).toBe(0);
    },
  );

  it('that tells of others for ever fills the book, and no more; what the owner named stays', async () => {
    const { evil, peer, book } = await publicPeer();
    const owned = book.own('http://203.0.113.7:8000');
    if (!owned.ok) throw new Error(owned.detail);
    for (let round = 0; round < 30; round++) {
      const addresses = Array.from({ length: 100 }, (_, i) => `http://198.51.${round}.${i}:8000`);
      evil.misdeeds.set('addresses', saying({ addresses }));
      await askForAddresses(peer, book, null);
      expect(book.size).toBeLessThanOrEqual(Math.min(MAX_KNOWN, 1 + 50 * (round + 1)));
    }
    expect(book.size).toBe(MAX_KNOWN);
    expect(book.get(owned.value.url)).toBe(owned.value);
  });

  it('may tell of a name, but not lead us into our own network by it', async () => {
    const canary = await EvilPeer.start(tip);
    const transport = transportTo(canary.url.replace('127.0.0.1', 'localhost'), 'public');
    const call = transport.bytes({ method: 'POST', path: '/p2p/hello', body: {}, maxBytes: 10_000 });
    await expect(call).rejects.toBeInstanceOf(PeerFailedError);
    await expect(call).rejects.toThrow(/localhost leads to an address that a peer may not tell of/);
    expect(canary.asked).toEqual([]);
  });
});
