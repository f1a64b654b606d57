import { afterEach, describe, expect, it } from 'vitest';
import { EASY_PARAMS } from '../../test/support/chain-builder.ts';
import { connect, openMemoryChain, TestClock } from '../../test/support/scripted-peer.ts';
import { createMemoryStorage } from '../storage/index.ts';
import { Conduct } from './conduct.ts';
import { Connector } from './connector.ts';
import { InboundSessions } from './inbound-sessions.ts';
import { BAN_SECONDS } from './misbehaviour.ts';
import { NetworkCounters } from './network-counters.ts';
import { OwnIdentity } from './own-identity.ts';
import type { Peer } from './peer.ts';
import { MessageLog } from './message-log.ts';
import { PeerBook } from './peer-book.ts';
import { PeerFailedError, PeerMisbehavedError, PeerRefusedError } from './peer-errors.ts';
import { PeerTransport } from './peer-transport.ts';

const aborts: AbortController[] = [];
afterEach(() => {
  for (const abort of aborts.splice(0)) abort.abort();
});

/** The real book, sessions and connector; nobody is ever called. */
async function bench() {
  const { chain, clock } = await openMemoryChain(EASY_PARAMS, { clock: new TestClock() });
  const abort = new AbortController();
  aborts.push(abort);
  const { signal } = abort;
  const warnings: string[] = [];
  const note = (_details: object, message: string): void => void warnings.push(message);
  const log = { debug: () => undefined, info: () => undefined, warn: note };
  const book = new PeerBook(8, { store: createMemoryStorage().peers, clock, onSaveFailed: () => undefined });
  const sessions = new InboundSessions(24, clock.nowMs);
  const counters = new NetworkCounters();
  const disconnected: Peer[] = [];
  const connector = new Connector(
    { maxPeers: 8, discover: false, timeoutMs: 1_000, firstRetryMs: 1_000 },
    {
      ...{ book, sessions, chain, clock, signal, log },
      identity: new OwnIdentity({ nodeName: 'n', agent: 'a' }, chain, clock.nowS),
      random: () => 0.5,
      countMessage: () => undefined,
      messages: new MessageLog(() => clock.nowMs()),
      onBytes: () => undefined,
      onConnected: () => undefined,
      onRenewed: () => undefined,
      onDisconnected: (peer) => disconnected.push(peer),
      onFailed: () => undefined,
    },
  );
  const conduct = new Conduct({ ...{ book, sessions, connector, counters, clock, log, signal } });
  const known = book.own('http://peer:1');
  if (!known.ok) throw new Error(known.detail);
  const peer = known.value;
  const lineUp = (): void => {
    connect(peer, {}, clock.nowMs());
    const transport = new PeerTransport({ baseUrl: peer.url, teller: undefined, signal, timeoutMs: 1_000 });
    peer.connection = { ...peer.connection!, transport };
  };
  lineUp();
  return { abort, book, clock, conduct, counters, disconnected, lineUp, peer, sessions, warnings };
}

describe('a request that fails', () => {
  it('ends the line, and makes the peer wait twice as long each time', async () => {
    const { conduct, peer, clock, disconnected, lineUp } = await bench();
    const waits = [1, 2, 3, 4].map(() => {
      lineUp();
      conduct.failed(peer, new PeerFailedError('the connection was cut'));
      return peer.nextAttemptAtMs - clock.nowMs();
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(disconnected.length).toBe(4);
    expect(peer).toMatchObject({ failures: 4, isActive: false, lastError: 'the connection was cut' });
    expect(peer.points.at(clock.nowMs())).toBe(0);
    for (let i = 0; i < 20; i++) conduct.failed(peer, new PeerFailedError('gone'));
    expect(peer.nextAttemptAtMs - clock.nowMs()).toBe(30_000); // of the owner: never longer
  });

  it('leaves the line where the peer answered with a refusal', async () => {
    const { conduct, peer, disconnected } = await bench();
    conduct.failed(peer, new PeerFailedError('it answered 503', { status: 503 }));
    expect(peer.connection).toBeDefined();
    expect(disconnected).toEqual([]);
    expect(peer).toMatchObject({ failures: 0, isActive: true, lastError: 'it answered 503' });
  });

  it('is no reason to wait where the peer has restarted and does not know us any more', async () => {
    const { conduct, peer, disconnected } = await bench();
    conduct.failed(peer, new PeerFailedError('who are you?', { status: 401, reason: 'no-session' }));
    expect(disconnected).toEqual([peer]);
    expect(peer.nextAttemptAtMs).toBe(0);
  });

  it('before there was a line counts, refusal or not', async () => {
    const { conduct, peer } = await bench();
    peer.connection = undefined;
    conduct.failed(peer, new PeerRefusedError('it is of another network', { reason: 'other-network' }));
    conduct.failed(peer, new PeerFailedError('it answered 500', { status: 500 }));
    expect(peer.failures).toBe(2);
  });

  it('for a reason of our own is not the peer’s fault', async () => {
    const { conduct, peer, warnings, disconnected } = await bench();
    conduct.failed(peer, new TypeError('undefined is not a function'));
    expect(warnings).toEqual(['work on a peer failed for a reason of our own']);
    expect(disconnected).toEqual([]);
    expect(peer).toMatchObject({ failures: 0, lastError: undefined });
  });

  it('because the node stops is not told at all', async () => {
    const { abort, conduct, peer, disconnected } = await bench();
    abort.abort();
    conduct.failed(peer, new PeerFailedError('the connection was cut'));
    expect(disconnected).toEqual([]);
    expect(peer.failures).toBe(0);
  });
});

describe('misbehaviour', () => {
  it('costs points, and the line where a request failed by it', async () => {
    const { conduct, peer, clock, counters, disconnected } = await bench();
    conduct.failed(peer, new PeerMisbehavedError('malformed-message', 'it sent what cannot be read'));
    expect(peer.points.at(clock.nowMs())).toBe(50);
    expect(disconnected).toEqual([peer]);
    expect(counters.offences.get('malformed-message')).toBe(1);
    expect(peer.isBanned(clock.nowMs())).toBe(false);
  });

  it('of a hundred points is a ban for a day, with its reason', async () => {
    const { conduct, peer, clock, counters, disconnected, book } = await bench();
    conduct.punish(peer, 'stalled', 'it took too long');
    expect(disconnected).toEqual([]);
    conduct.punish(peer, 'invalid-block', 'block of height 3: bad-cb-amount');
    expect(disconnected).toEqual([peer]);
    expect(counters.bans).toBe(1);
    expect(peer.banReason).toBe('invalid-block: block of height 3: bad-cb-amount');
    expect(peer.state(clock.nowMs() + BAN_SECONDS * 1_000 - 1)).toBe('banned');
    expect(peer.isBanned(clock.nowMs() + BAN_SECONDS * 1_000)).toBe(false);
    await book.save();
  });

  it('is forgiven with time: twenty points an hour apart ban nobody', async () => {
    const { conduct, peer, clock } = await bench();
    for (let i = 0; i < 50; i++) {
      conduct.punish(peer, 'stalled', 'it took too long');
      clock.ms += 3_600_000;
    }
    expect(peer.isBanned(clock.nowMs())).toBe(false);
  });

  it('is told in one short line, whatever the peer says', async () => {
    const { conduct, peer, warnings } = await bench();
    conduct.punish(peer, 'invalid-block', `\u001b[31mred\r\nnew line\u0000\u0085${'x'.repeat(500)}`);
    for (const text of [peer.lastError!, peer.banReason!]) {
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      expect(text.replace('banned: ', '').length).toBeLessThanOrEqual(200);
    }
    expect(warnings[0]).toMatch(/^a peer misbehaves: {1,2}\[31mred new line x/);
  });
});

describe('a caller', () => {
  const hello = (sessions: InboundSessions, peer: Peer | undefined) =>
    sessions.open({
      nodeId: 'id',
      nodeName: 'name',
      remoteAddress: '9.9.9.9',
      callId: 'call',
      claimedPeer: peer,
    })!;

  it('that only claims to be a peer harms himself', async () => {
    const { conduct, peer, sessions, clock, counters, warnings } = await bench();
    const session = hello(sessions, peer);
    conduct.punishCaller(session, 'malformed-message', 'garbage');
    expect(warnings).toEqual([]);
    conduct.punishCaller(session, 'malformed-message', 'garbage');
    expect(peer.points.at(clock.nowMs())).toBe(0);
    expect(sessions.isShunned('9.9.9.9')).toBe(true);
    expect(counters.offences.get('malformed-message')).toBe(2);
    expect(warnings).toEqual(['a caller is shunned: garbage']);
  });

  it('that has proven to be a peer is judged as that', async () => {
    const { conduct, peer, sessions, clock, disconnected } = await bench();
    const session = hello(sessions, peer);
    sessions.confirm(peer, 'call');
    conduct.punishCaller(session, 'invalid-block', 'bad');
    expect(peer.isBanned(clock.nowMs())).toBe(true);
    expect(disconnected).toEqual([peer]);
    expect(sessions.find(session.token)).toBeUndefined();
    expect(sessions.isShunned('9.9.9.9')).toBe(false);
  });
});

describe('the owner', () => {
  it('bans for as long as he likes, and pardons', async () => {
    const { conduct, peer, clock, sessions, counters } = await bench();
    peer.points.add(60, clock.nowMs());
    expect(conduct.ban(peer, 10, 'I do not like it')).toBe(clock.nowMs() + 10_000);
    expect(peer).toMatchObject({ banReason: 'I do not like it', isActive: false, connection: undefined });
    expect(counters.bans).toBe(1);
    conduct.pardon(peer);
    expect(peer.isBanned(clock.nowMs())).toBe(false);
    expect(peer.banReason).toBeUndefined();
    expect(peer.points.at(clock.nowMs())).toBe(0);
    expect(sessions.size).toBe(0);
  });
});
