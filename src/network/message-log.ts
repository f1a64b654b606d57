/**
 * What this node and its peers said to each other lately: for people who want to see the protocol at work.
 *
 * Each request and its answer are one message. Of what stood in them only counts and names are kept, no bodies and no sessions;
 * of all messages, the latest. To note one costs one small object.
 */
import { blockHashOf } from '../consensus/index.ts';
import type { PeerMessageKind } from '../protocol/peer-messages.ts';
import type { TipClaim } from './handshake.ts';
import type { Announcement } from './messages.ts';

/** What a message was about; only what fits is there. */
export interface MessageAbout {
  height?: number;
  /** A block; the first one of several. */
  hash?: string;
  /** A transaction; the first one of several. */
  txid?: string;
  headers?: number;
  blocks?: number;
  transactions?: number;
  addresses?: number;
  /** Of what was asked for, so much was not there. */
  missing?: number;
}

export type MessageOutcome = 'ok' | 'refused' | 'failed';

/** A message that is over. */
export interface LoggedMessage {
  readonly number: number;
  readonly atMs: number;
  /** `out`: we called; `in`: we were called. */
  readonly direction: 'out' | 'in';
  readonly kind: PeerMessageKind;
  /** URL of the peer; undefined for a caller that nobody has confirmed. */
  readonly peer: string | undefined;
  /** Who called, for people: an address, and a name that it gives itself. */
  readonly caller: string | undefined;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly durationMs: number;
  readonly outcome: MessageOutcome;
  readonly status: number | undefined;
  readonly detail: string | undefined;
  readonly about: Readonly<MessageAbout>;
}

export interface MessageFilter {
  /** Only messages with a higher number. */
  readonly after?: number | undefined;
  /** Only messages with a lower number. */
  readonly before?: number | undefined;
  readonly peer?: string | undefined;
  readonly kind?: PeerMessageKind | undefined;
}

/** Messages that are remembered. */
const KEPT_MESSAGES = 500;
/** Characters of a sentence of somebody else that are kept. */
const MAX_DETAIL = 300;

/** A message that is under way. Who handles it fills in what it knows. */
export class OpenMessage {
  readonly direction: 'out' | 'in';
  readonly kind: PeerMessageKind;
  peer: string | undefined;
  caller: string | undefined;
  about: MessageAbout;
  bytesSent = 0;
  bytesReceived = 0;
  private readonly log: (message: Omit<LoggedMessage, 'number'>) => void;
  private readonly atMs: number;
  private readonly startedMs = performance.now();
  private isOver = false;

  constructor(
    opening: {
      readonly direction: 'out' | 'in';
      readonly kind: PeerMessageKind;
      readonly peer?: string | undefined;
      readonly caller?: string | undefined;
      readonly about?: MessageAbout | undefined;
    },
    atMs: number,
    log: (message: Omit<LoggedMessage, 'number'>) => void,
  ) {
    this.direction = opening.direction;
    this.kind = opening.kind;
    this.peer = opening.peer;
    this.caller = opening.caller;
    this.about = opening.about ?? {};
    this.atMs = atMs;
    this.log = log;
  }

  /** It is over. Only the first call counts. */
  end(
    outcome: MessageOutcome,
    { status, detail }: { status?: number | undefined; detail?: string | undefined } = {},
  ): void {
    if (this.isOver) return;
    this.isOver = true;
    const { direction, kind, peer, caller, about, bytesSent, bytesReceived, atMs, startedMs } = this;
    this.log({
      ...{ direction, kind, peer, caller, about, bytesSent, bytesReceived, atMs, outcome, status },
      durationMs: performance.now() - startedMs,
      detail: detail?.slice(0, MAX_DETAIL),
    });
  }
}

export class MessageLog {
  private readonly nowMs: () => number;
  /** A ring: message n stands at (n − 1) modulo its length. */
  private readonly kept: LoggedMessage[] = [];
  private readonly listeners = new Set<() => void>();
  private last = 0;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Number of the latest message; 0 before the first. */
  get latest(): number {
    return this.last;
  }

  /** Number of the oldest message that is kept; 0 before the first. */
  get oldest(): number {
    return this.last === 0 ? 0 : this.last - this.kept.length + 1;
  }

  /** A message begins. */
  open(opening: ConstructorParameters<typeof OpenMessage>[0]): OpenMessage {
    return new OpenMessage(opening, this.nowMs(), (message) => this.note(message));
  }

  /** The latest messages that fit, lowest number first. */
  list(filter: MessageFilter, most: number): LoggedMessage[] {
    const { peer, kind } = filter;
    const lowest = Math.max(this.oldest, (filter.after ?? 0) + 1);
    const found: LoggedMessage[] = [];
    for (let number = Math.min(this.last, (filter.before ?? Infinity) - 1); number >= lowest; number--) {
      const message = this.kept[(number - 1) % KEPT_MESSAGES];
      if (message === undefined || found.length >= most) break;
      if (peer !== undefined && message.peer !== peer) continue;
      if (kind !== undefined && message.kind !== kind) continue;
      found.push(message);
    }
    return found.reverse();
  }

  /**
   * Tells that there is something new, for each message: whoever wants to know more looks for it later.
   * @returns a function that ends it
   */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private note(message: Omit<LoggedMessage, 'number'>): void {
    const number = ++this.last;
    this.kept[(number - 1) % KEPT_MESSAGES] = { number, ...message };
    for (const listener of this.listeners) listener();
  }
}

/** The end of a chain that somebody tells of. */
export function noteTip(about: MessageAbout, tip: TipClaim): void {
  about.height = tip?.height ?? -1;
  if (tip !== null) about.hash = tip.hash;
}

export function noteAnnouncement(about: MessageAbout, { headers, wtxids }: Announcement): void {
  const last = headers.at(-1);
  if (last !== undefined) Object.assign(about, { headers: headers.length, hash: blockHashOf(last) });
  if (wtxids.length > 0) about.transactions = wtxids.length;
}
