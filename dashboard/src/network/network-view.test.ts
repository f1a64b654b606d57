import { describe, expect, test } from 'vitest';
import type {
  EventMessage,
  PeerMessage,
  SnapshotMessage,
  StoredPeer,
} from '../../../src/protocol/schemas.ts';
import { type ChainView, NOTHING_KNOWN } from '../app/chain-view.ts';
import {
  agreementOf,
  applyMessage,
  heldOf,
  joined,
  KEPT_MESSAGES,
  NOTHING_HEARD,
  placesOf,
} from './network-view.ts';

const peer = (url: string, more: Partial<StoredPeer> = {}): StoredPeer =>
  ({ url, state: 'connected', height: null, tip_hash: null, chain_work: null, ...more }) as StoredPeer;
const said = (...numbers: number[]): PeerMessage[] => numbers.map((number) => ({ number }) as PeerMessage);
const event = (data: unknown): EventMessage => ({ type: 'event', data }) as EventMessage;
const urls = (view: typeof NOTHING_HEARD): unknown => view.peers?.map(({ url }) => url);

describe('the view of the network', () => {
  const start = applyMessage(NOTHING_HEARD, {
    type: 'snapshot',
    data: { peers: { peers: [peer('http://b'), peer('http://a')] }, messages: { messages: said(1, 2) } },
  } as unknown as SnapshotMessage);

  test('has peers by address, and changes them', () => {
    expect(urls(start)).toEqual(['http://a', 'http://b']);
    const change = event({ type: 'peers-changed', changed: [peer('http://aa')], removed: ['http://b'] });
    const once = applyMessage(start, change);
    expect(urls(once)).toEqual(['http://a', 'http://aa']);
    expect(applyMessage(once, change)).toEqual(once);
  });

  test('has messages by number, each once, and a bounded number of them', () => {
    const logged = event({ type: 'messages-logged', messages: said(2, 3), skipped: 0 });
    expect(applyMessage(start, logged).messages).toEqual(said(1, 2, 3));
    expect(joined(said(5, 6), said(1, 2))).toEqual(said(1, 2, 5, 6));
    const many = joined([], said(...Array.from({ length: 2 * KEPT_MESSAGES }, (_, i) => i + 1)));
    expect([many.length, many.at(-1)?.number]).toEqual([KEPT_MESSAGES, 2 * KEPT_MESSAGES]);
  });

  test('a paused list gets what fills its gap, and nothing newer', () => {
    expect(heldOf(said(1, 5), said(1, 2, 3, 5, 6))).toEqual(said(1, 2, 3, 5));
    expect(heldOf([], said(1))).toEqual([]);
  });

  test('says who is ahead, behind or on another branch', () => {
    const block = (status: string, work: string): unknown => ({ status, chain_work: work });
    const chain = {
      ...NOTHING_KNOWN,
      ...{ height: 10, tipHash: 't10' },
      blocks: new Map([
        ['t10', block('active', '110')],
        ['t9', block('active', '100')],
        ['s9', block('valid-fork', '99')],
      ]),
    } as ChainView;
    const told = (
      height: number | null,
      tip_hash: string | null = null,
      chain_work: string | null = null,
    ): unknown => agreementOf(peer('http://a', { height, tip_hash, chain_work }), chain);
    expect(told(null)).toBe('unknown');
    expect(told(-1)).toBe('empty');
    expect(told(10, 't10', '110')).toBe('same');
    expect(told(9, 'x', '111')).toBe('ahead');
    expect(told(12)).toBe('ahead');
    expect(told(9, 't9', '100')).toBe('behind');
    expect(told(9, 's9', '99')).toBe('branch');
    expect(told(10, 'unheard', '110')).toBe('branch');
    expect(told(3, 'old', '30')).toBe('behind');
    expect(agreementOf(peer('http://a', { height: -1 }), { ...chain, height: -1 })).toBe('same');
  });

  test('places peers around the node, or below it where it is narrow', () => {
    expect(placesOf(2, false).peers.map(({ x, y }) => [Math.round(x), Math.round(y)])).toEqual([
      [88, 50],
      [12, 50],
    ]);
    const narrow = placesOf(3, true);
    expect(narrow.own.x).toBe(50);
    expect(narrow.peers.map(({ x }) => x)).toEqual([25, 75, 50]);
  });
});
