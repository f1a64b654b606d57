import { describe, expect, it } from 'vitest';
import { strangePeer, TestClock } from '../../test/support/scripted-peer.ts';
import { type InboundSession, InboundSessions } from './inbound-sessions.ts';
import { BAN_SECONDS } from './misbehaviour.ts';
import type { Peer } from './peer.ts';

const MINUTE_MS = 60_000;

function bench(maxSessions = 10): {
  sessions: InboundSessions;
  clock: TestClock;
  hello: (
    node: string,
    options?: { from?: string; call?: string; claims?: Peer },
  ) => InboundSession | undefined;
} {
  const clock = new TestClock();
  const sessions = new InboundSessions(maxSessions, clock.nowMs);
  const hello: ReturnType<typeof bench>['hello'] = (
    node,
    { from = '9.9.9.9', call = `${node} calls`, claims } = {},
  ) =>
    sessions.open({
      nodeId: node,
      nodeName: node,
      remoteAddress: from,
      callId: call,
      claimedPeer: claims,
    });
  return { sessions, clock, hello };
}

describe('a session', () => {
  it('is found by its token, and by no other', () => {
    const { sessions, hello } = bench();
    const [a, b] = [hello('a')!, hello('b')!];
    expect(a.token).toMatch(/^[0-9a-f]{32}$/);
    expect(a.token).not.toBe(b.token);
    expect(sessions.find(a.token)).toBe(a);
    expect(sessions.find('00'.repeat(16))).toBeUndefined();
    expect(sessions.find(undefined)).toBeUndefined();
    sessions.end(a);
    expect(sessions.find(a.token)).toBeUndefined();
    expect([...sessions.all()]).toEqual([b]);
  });

  it('is forgotten when nothing comes for ten minutes, as soon as somebody else comes', () => {
    const { sessions, clock, hello } = bench();
    const [quiet, busy] = [hello('quiet')!, hello('busy')!];
    clock.ms += 9 * MINUTE_MS;
    sessions.find(busy.token);
    clock.ms += 2 * MINUTE_MS;
    hello('new');
    expect(sessions.find(quiet.token)).toBeUndefined();
    expect(sessions.find(busy.token)).toBe(busy);
  });

  it('is one of three that a node may have; the oldest goes', () => {
    const { sessions, hello } = bench();
    const all = [1, 2, 3, 4, 5].map((i) => hello('a', { call: `call ${i}` })!);
    const elsewhere = hello('a', { from: '8.8.8.8' });
    expect([...sessions.all()]).toEqual([...all.slice(2), elsewhere]);
  });
});

describe('room', () => {
  it('is made by ending the oldest session of a stranger', () => {
    const { sessions, hello } = bench(3);
    const all = ['a', 'b', 'c', 'd', 'e'].map((node) => hello(node)!);
    expect([...sessions.all()]).toEqual(all.slice(2));
  });

  it('is kept for those that we know, and for what is being answered', () => {
    const { sessions, hello } = bench(3);
    const known = strangePeer('known');
    const first = hello('known', { claims: known })!;
    sessions.confirm(known, first.callId);
    const busy = hello('busy')!;
    busy.active++;
    hello('stranger');
    const latest = hello('another');
    expect([...sessions.all()]).toEqual([first, busy, latest]);
    latest!.active++;
    expect(hello('too many')).toBeUndefined();
    busy.active--;
    expect(hello('fits')).toBeDefined();
    expect(sessions.find(busy.token)).toBeUndefined();
    expect(sessions.size).toBe(3);
  });
});

describe('whose a session is', () => {
  it('is known once the peer has confirmed the very call', () => {
    const { sessions, hello } = bench();
    const [peer, other] = [strangePeer('a'), strangePeer('b')];
    const [session, second] = [hello('a', { claims: peer })!, hello('a', { call: '2nd', claims: peer })!];
    expect(session.peer).toBeUndefined();
    sessions.confirm(other, session.callId); // somebody else's word
    sessions.confirm(peer, 'another call');
    expect(session.peer).toBeUndefined();
    expect(peer.callsUs).toBe(false);
    sessions.confirm(peer, session.callId);
    expect(session.peer).toBe(peer);
    expect(second.peer).toBeUndefined();
    expect(peer.callsUs).toBe(true);
    expect(other.callsUs).toBe(false);
  });

  it('is not known while its call is the latest unconfirmed one', () => {
    const { sessions, hello } = bench();
    const peer = strangePeer('a');
    expect(sessions.unconfirmedCallOf(peer)).toBeUndefined();
    hello('a', { call: 'first', claims: peer });
    hello('b', { call: 'else' });
    hello('a', { call: 'second', claims: peer });
    expect(sessions.unconfirmedCallOf(peer)).toBe('second');
    sessions.confirm(peer, 'second');
    expect(sessions.unconfirmedCallOf(peer)).toBe('first');
  });

  it('may turn out to be somebody known by another name', () => {
    const { sessions, hello } = bench();
    const [alias, peer] = [strangePeer('alias'), strangePeer('peer')];
    const session = hello('a', { claims: alias })!;
    sessions.reassign(alias, peer);
    expect(sessions.unconfirmedCallOf(peer)).toBe(session.callId);
    sessions.confirm(alias, session.callId);
    expect(session.peer).toBeUndefined();
    sessions.confirm(peer, session.callId);
    expect(session.peer).toBe(peer);
    sessions.reassign(peer, alias); // what is proven stays
    expect(session.claimedPeer).toBe(peer);
  });

  it('tells whether it can call us: it cannot once its last session is gone', () => {
    const { sessions, hello } = bench();
    const peer = strangePeer('a');
    const two = ['1', '2'].map((call) => hello('a', { call, claims: peer })!);
    for (const { callId } of two) sessions.confirm(peer, callId);
    sessions.end(two[0]!);
    expect(peer.callsUs).toBe(true);
    sessions.end(two[1]!);
    expect(peer.callsUs).toBe(false);
  });

  it('ends with it: all that it opened, and all that were opened in its name', () => {
    const { sessions, hello } = bench();
    const peer = strangePeer('a');
    const proven = hello('a', { call: '1', claims: peer })!;
    sessions.confirm(peer, proven.callId);
    hello('liar', { call: '2', claims: peer });
    const other = hello('b');
    sessions.endAllOf(peer);
    expect([...sessions.all()]).toEqual([other]);
    expect(peer.callsUs).toBe(false);
  });
});

describe('a stranger that misbehaves', () => {
  it('is shut out by its address for a day, when it has cost enough', () => {
    const { sessions, clock, hello } = bench();
    const session = hello('bad')!;
    expect(sessions.punish(session, 'malformed-message')).toBe(false);
    expect(sessions.find(session.token)).toBe(session);
    expect(sessions.isShunned('9.9.9.9')).toBe(false);
    expect(sessions.punish(session, 'malformed-message')).toBe(true);
    expect(sessions.find(session.token)).toBeUndefined();
    expect(sessions.isShunned('9.9.9.9')).toBe(true);
    expect(sessions.isShunned('8.8.8.8')).toBe(false);
    clock.ms += BAN_SECONDS * 1_000 - 1;
    expect(sessions.isShunned('9.9.9.9')).toBe(true);
    clock.ms += 1;
    expect(sessions.isShunned('9.9.9.9')).toBe(false);
  });

  it('costs no other node its name: whoever gives a good number harms only himself', () => {
    const { sessions, hello } = bench();
    const good = hello('good', { from: '8.8.8.8' })!;
    const liar = hello('good', { from: '9.9.9.9' })!;
    sessions.punish(liar, 'invalid-block');
    expect(sessions.isShunned('good')).toBe(false);
    expect(sessions.find(good.token)).toBe(good);
    expect(hello('good', { from: '8.8.8.8' })).toBeDefined();
  });

  it('on this machine costs its session only: all nodes here have one address', () => {
    const { sessions, hello } = bench();
    for (const from of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      const session = hello('bad', { from })!;
      expect(sessions.punish(session, 'invalid-block')).toBe(true);
      expect(sessions.isShunned(from)).toBe(false);
      expect(sessions.find(session.token)).toBeUndefined();
    }
  });

  it('is one of a thousand that are remembered at most', () => {
    const { sessions, hello } = bench(2_000);
    const addresses = Array.from({ length: 1_001 }, (_, i) => `20.0.${i >> 8}.${i & 255}`);
    for (const from of addresses) sessions.punish(hello(from, { from })!, 'invalid-block');
    expect(addresses.filter((address) => !sessions.isShunned(address))).toEqual([addresses[0]]);
  });
});
