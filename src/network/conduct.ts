/**
 * What becomes of peers that fail or misbehave: points, bans, lines that end, and the next attempt.
 */
import type { Connector } from './connector.ts';
import type { InboundSession, InboundSessions } from './inbound-sessions.ts';
import { BAN_POINTS, BAN_SECONDS, type Offence, OFFENCES } from './misbehaviour.ts';
import type { NetworkCounters } from './network-counters.ts';
import type { Peer } from './peer.ts';
import type { PeerBook } from './peer-book.ts';
import { PeerFailedError, PeerMisbehavedError } from './peer-errors.ts';
import type { PeerLog } from './peer-log.ts';

export interface ConductModules {
  readonly book: PeerBook;
  readonly sessions: InboundSessions;
  readonly connector: Connector;
  readonly counters: NetworkCounters;
  readonly clock: { nowMs(): number };
  readonly log: PeerLog;
  readonly signal: AbortSignal;
}

/** As many characters of a reason as are kept. Part of it are a stranger's words. */
const MAX_REASON = 200;

export class Conduct {
  private readonly modules: ConductModules;

  constructor(modules: ConductModules) {
    this.modules = modules;
  }

  /** A request to a peer failed, or what it sent was wrong. */
  failed(peer: Peer, error: unknown): void {
    const { signal, log, connector, book } = this.modules;
    if (signal.aborted) return;
    if (!(error instanceof PeerFailedError)) {
      log.warn({ err: error, url: peer.url }, 'work on a peer failed for a reason of our own');
      return;
    }
    if (error instanceof PeerMisbehavedError) this.punish(peer, error.offence, error.message);
    peer.lastError = oneLine(error.message);
    // It is alive and busy, or has another opinion: the line stays.
    if (error.status !== undefined && error.reason !== 'no-session' && peer.connection !== undefined) return;
    peer.failures++;
    peer.isActive = false;
    // After a restart it does not know us any more: that is no reason to wait.
    if (error.reason !== 'no-session') connector.postpone(peer);
    connector.disconnect(peer, peer.lastError);
    book.touch(peer);
  }

  punish(peer: Peer, offence: Offence, detail: string): void {
    const { clock, counters, book, log } = this.modules;
    const points = peer.points.add(OFFENCES[offence].points, clock.nowMs());
    const said = oneLine(detail);
    peer.lastError = said;
    counters.offence(offence);
    book.touch(peer);
    log.warn({ url: peer.url, offence, points }, `a peer misbehaves: ${said}`);
    if (points >= BAN_POINTS) this.ban(peer, BAN_SECONDS, `${offence}: ${said}`);
  }

  /** What a caller did wrong counts against its peer where it is known, else against its session. */
  punishCaller(session: InboundSession, offence: Offence, detail: string): void {
    const { sessions, log, counters } = this.modules;
    if (session.peer !== undefined) {
      this.punish(session.peer, offence, detail);
      return;
    }
    counters.offence(offence);
    if (sessions.punish(session, offence)) log.warn({ offence }, `a caller is shunned: ${oneLine(detail)}`);
  }

  /** @returns until when, milliseconds since 1970 */
  ban(peer: Peer, seconds: number, reason: string): number {
    const { clock, log, counters, sessions, connector, book } = this.modules;
    const untilMs = clock.nowMs() + seconds * 1_000;
    peer.bannedUntilMs = untilMs;
    peer.banReason = oneLine(reason);
    peer.isActive = false;
    counters.ban();
    log.warn({ url: peer.url, seconds }, `banned a peer: ${peer.banReason}`);
    sessions.endAllOf(peer);
    connector.disconnect(peer, `banned: ${peer.banReason}`);
    book.touch(peer);
    return untilMs;
  }

  pardon(peer: Peer): void {
    peer.bannedUntilMs = undefined;
    peer.banReason = undefined;
    peer.points.reset(this.modules.clock.nowMs());
    this.modules.book.touch(peer);
  }
}

/** A sentence that may hold a stranger's words: short, and without what a terminal or database would stumble over. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, MAX_REASON);
}
