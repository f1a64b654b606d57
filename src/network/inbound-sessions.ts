/**
 * Sessions of those who said hello to us: which node a call comes from, and what it may.
 *
 * A caller is a stranger until the address that it named has confirmed that it made the call (see handshake.ts); only then does
 * what it does wrong count against that peer. Until then it counts against the session alone, and against the address that it
 * comes from. The number that a node gives itself proves nothing: anybody may give that of another.
 */
import { randomBytes } from 'node:crypto';
import { isLoopbackHost } from './address-policy.ts';
import { BAN_POINTS, BAN_SECONDS, OFFENCES, type Offence, Points } from './misbehaviour.ts';
import type { Peer } from './peer.ts';

export interface InboundSession {
  readonly token: string;
  readonly nodeId: string;
  readonly nodeName: string;
  readonly remoteAddress: string;
  readonly callId: string;
  /** Its address in our book; undefined where it named none that we may call. */
  claimedPeer: Peer | undefined;
  /** The peer that this session belongs to, once that has confirmed it. */
  peer: Peer | undefined;
  lastSeenMs: number;
  /** Requests of it that are being answered now. */
  active: number;
  readonly points: Points;
}

/** Requests of one session at the same time; more are told to come back. */
export const MAX_ACTIVE = 12;
/** Sessions that one node may have. */
const SESSIONS_PER_NODE = 3;
const IDLE_MS = 10 * 60_000;
/** Addresses that are refused for a while. */
const MAX_SHUNNED = 1_000;

export class InboundSessions {
  private readonly sessions = new Map<string, InboundSession>();
  private readonly shunned = new Map<string, number>();
  private readonly maxSessions: number;
  private readonly nowMs: () => number;

  constructor(maxSessions: number, nowMs: () => number) {
    this.maxSessions = maxSessions;
    this.nowMs = nowMs;
  }

  get size(): number {
    return this.sessions.size;
  }

  all(): IterableIterator<InboundSession> {
    return this.sessions.values();
  }

  /** Opens a session. @returns undefined where there is no room */
  open(caller: {
    nodeId: string;
    nodeName: string;
    remoteAddress: string;
    callId: string;
    claimedPeer: Peer | undefined;
  }): InboundSession | undefined {
    const nowMs = this.nowMs();
    for (const session of this.sessions.values()) if (nowMs - session.lastSeenMs > IDLE_MS) this.end(session);
    const own = [...this.sessions.values()].filter(
      ({ nodeId, remoteAddress }) => nodeId === caller.nodeId && remoteAddress === caller.remoteAddress,
    );
    // Not only one: requests under the one before may still be on their way.
    for (const oldest of own.slice(0, Math.max(0, own.length - SESSIONS_PER_NODE + 1))) this.end(oldest);
    if (this.sessions.size >= this.maxSessions && !this.endLeastWanted()) return undefined;
    const session: InboundSession = {
      ...caller,
      token: randomBytes(16).toString('hex'),
      peer: undefined,
      lastSeenMs: nowMs,
      active: 0,
      points: new Points(0, nowMs),
    };
    this.sessions.set(session.token, session);
    return session;
  }

  /** Attack (hello flood): strangers must not keep those out that we know. The oldest that no peer stands for goes. */
  private endLeastWanted(): boolean {
    for (const session of this.sessions.values()) {
      if (session.peer !== undefined || session.active > 0) continue;
      this.end(session);
      return true;
    }
    return false;
  }

  /** The session of a call; undefined where there is none (any more). */
  find(token: string | undefined): InboundSession | undefined {
    const session = token === undefined ? undefined : this.sessions.get(token);
    if (session !== undefined) session.lastSeenMs = this.nowMs();
    return session;
  }

  end(session: InboundSession): void {
    this.sessions.delete(session.token);
    const { peer } = session;
    if (peer !== undefined && ![...this.sessions.values()].some((other) => other.peer === peer))
      peer.callsUs = false;
  }

  endAllOf(peer: Peer): void {
    for (const session of this.sessions.values())
      if (session.peer === peer || session.claimedPeer === peer) this.end(session);
  }

  /** Marks the sessions that a call made as this peer's. */
  confirm(peer: Peer, callId: string): void {
    for (const session of this.sessions.values()) {
      if (session.callId !== callId || session.claimedPeer !== peer) continue;
      session.peer = peer;
      peer.callsUs = true;
    }
  }

  /** The address that these named is another one of this peer. */
  reassign(from: Peer, to: Peer): void {
    for (const session of this.sessions.values()) {
      if (session.claimedPeer === from && session.peer === undefined) session.claimedPeer = to;
    }
  }

  /** The `call_id` of the latest call that named this peer as its maker, and has not been confirmed. */
  unconfirmedCallOf(peer: Peer): string | undefined {
    let latest: InboundSession | undefined;
    for (const session of this.sessions.values())
      if (session.claimedPeer === peer && session.peer === undefined) latest = session;
    return latest?.callId;
  }

  /** A caller that no peer stands for did something wrong. @returns whether it is shunned from now on */
  punish(session: InboundSession, offence: Offence): boolean {
    const nowMs = this.nowMs();
    if (session.points.add(OFFENCES[offence].points, nowMs) < BAN_POINTS) return false;
    // On one machine all nodes have one address: shunning it would shun the good ones, too.
    if (!isLoopbackHost(session.remoteAddress)) this.shun(session.remoteAddress, BAN_SECONDS);
    this.end(session);
    return true;
  }

  /** Refuses hellos from an address for a while. */
  private shun(address: string, seconds: number): void {
    this.shunned.delete(address);
    this.shunned.set(address, this.nowMs() + seconds * 1_000);
    for (const oldest of this.shunned.keys()) {
      if (this.shunned.size <= MAX_SHUNNED) break;
      this.shunned.delete(oldest);
    }
  }

  isShunned(address: string): boolean {
    return (this.shunned.get(address) ?? 0) > this.nowMs();
  }
}
