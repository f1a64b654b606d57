/**
 * Who is called, when, and what is said first.
 *
 * Peers that the owner named are always wanted; those that said hello to us are called back, as long as there is room; of those
 * that others told of, only as many as it takes to have {@link WANTED_PEERS} lines. After a failure a peer is left alone for a
 * while, longer each time, and a little differently each time: nodes that lost each other must not all come back in one moment.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chainstate } from '../chainstate/index.ts';
import { isSameEndpoint } from './address-policy.ts';
import {
  differingParams,
  type HelloAnswer,
  type HelloRequest,
  readHelloAnswer,
  requireMatch,
} from './handshake.ts';
import type { InboundSessions } from './inbound-sessions.ts';
import { type MessageAbout, type MessageLog, noteTip } from './message-log.ts';
import { OriginalPeer } from './original-peer.ts';
import type { OwnIdentity } from './own-identity.ts';
import type { Peer } from './peer.ts';
import type { PeerBook } from './peer-book.ts';
import { PeerFailedError, PeerRefusedError } from './peer-errors.ts';
import { type CountMessage, PeerLink } from './peer-link.ts';
import type { PeerLog } from './peer-log.ts';
import { parseJson, PeerTransport, record } from './peer-transport.ts';

export interface ConnectorOptions {
  readonly maxPeers: number;
  /** Whether to call nodes that other peers tell of. */
  readonly discover: boolean;
  /** Deadline of small questions, milliseconds. */
  readonly timeoutMs: number;
  /** First wait after a failure; it doubles each time. */
  readonly firstRetryMs: number;
}

export interface ConnectorModules {
  readonly book: PeerBook;
  readonly sessions: InboundSessions;
  readonly identity: OwnIdentity;
  readonly chain: Chainstate;
  readonly clock: { nowMs(): number; nowS(): number };
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly log: PeerLog;
  readonly countMessage: CountMessage;
  readonly messages: MessageLog;
  readonly onBytes: (direction: 'sent' | 'received', bytes: number) => void;
  /** A line is up. */
  readonly onConnected: (peer: Peer) => void;
  /** A line was made anew while there was one, and the peer has said where its chain ends. */
  readonly onRenewed: (peer: Peer) => void;
  /** A line is down. */
  readonly onDisconnected: (peer: Peer) => void;
  readonly onFailed: (peer: Peer, error: unknown) => void;
}

/** Lines that a node tries to have by itself (Core: 8 full outbound connections). */
export const WANTED_PEERS = 8;
const TICK_MS = 250;
const CALLS_AT_ONCE = 8;
/** So often in such a span a hello makes us call. */
const CALL_BACKS = 4;
const CALL_BACK_SPAN_MS = 10_000;
const MAX_OWNED_RETRY_MS = 30_000;
const MAX_RETRY_MS = 300_000;
const REFUSED_RETRY_MS = 60_000;
/** A stranger that never answered so often is forgotten. */
const FAILURES_UNTIL_FORGOTTEN = 10;
/** Clocks further apart than this are worth a warning: blocks of one may be in the future of the other. */
const CLOCK_WARNING_S = 70 * 60;
const MAX_SMALL_BYTES = 65_536;

export class Connector {
  private readonly options: ConnectorOptions;
  private readonly modules: ConnectorModules;
  private readonly calling = new Map<Peer, Promise<void>>();
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(options: ConnectorOptions, modules: ConnectorModules) {
    this.options = options;
    this.modules = modules;
  }

  start(): void {
    this.timer = setInterval(() => this.callWhoIsDue(), TICK_MS);
    this.timer.unref();
    this.callWhoIsDue();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled(this.calling.values());
    for (const peer of this.modules.book.all()) this.close(peer);
  }

  /** Tries a peer in the next moment, whatever happened before. */
  callSoon(peer: Peer): void {
    peer.nextAttemptAtMs = 0;
    peer.isRefused = false;
    this.callWhoIsDue();
  }

  /**
   * Calls a peer now, where it is not connected. Several calls of one peer are one.
   * @throws PeerFailedError
   */
  connect(peer: Peer): Promise<void> {
    return this.calling.get(peer) ?? this.call(peer);
  }

  /**
   * Somebody said hello in the name of this peer: calls it to ask whether that is true, even where a line is up already.
   *
   * Attack: whoever says hello in the name of a third party makes us knock at that one's door. So we do it only so often.
   */
  callBack(peer: Peer): void {
    const nowMs = this.modules.clock.nowMs();
    while (peer.callBacksMs[0] !== undefined && nowMs - peer.callBacksMs[0] > CALL_BACK_SPAN_MS)
      peer.callBacksMs.shift();
    // A call that is under way may have begun before the hello came, and then does not ask.
    if (peer.callBacksMs.length >= CALL_BACKS) return;
    peer.callBacksMs.push(nowMs);
    const before = this.calling.get(peer) ?? Promise.resolve();
    before
      .catch(() => undefined)
      .then(() => {
        const isOpen = this.modules.sessions.unconfirmedCallOf(peer) !== undefined;
        const isWanted = peer.connection !== undefined || this.isWanted(peer);
        const isFree = !this.modules.signal.aborted && !this.calling.has(peer);
        return isOpen && isWanted && isFree ? this.call(peer) : undefined;
      })
      .catch(() => undefined); // told by `call` already
  }

  /** Ends the line; others learn of it. */
  disconnect(peer: Peer, why: string): void {
    if (!this.close(peer)) return;
    peer.lastError = why;
    this.modules.onDisconnected(peer);
  }

  /** When a peer is tried again, after a failure. */
  postpone(peer: Peer): void {
    const { random, clock } = this.modules;
    const most = peer.source === 'owner' ? MAX_OWNED_RETRY_MS : MAX_RETRY_MS;
    const doubled = this.options.firstRetryMs * 2 ** Math.min(20, Math.max(0, peer.failures - 1));
    const waitMs = peer.isRefused ? REFUSED_RETRY_MS : Math.min(most, doubled);
    peer.nextAttemptAtMs = clock.nowMs() + waitMs * (0.5 + random());
  }

  private callWhoIsDue(): void {
    if (this.modules.signal.aborted) return;
    const nowMs = this.modules.clock.nowMs();
    const wanted = [...this.modules.book.all()].filter(
      (peer) =>
        peer.connection === undefined &&
        !this.calling.has(peer) &&
        !peer.isBanned(nowMs) &&
        peer.nextAttemptAtMs <= nowMs,
    );
    const rank = { owner: 0, inbound: 1, gossip: 2 } as const;
    // Of those that others told of, any may be the next: whoever tells of many must not come first.
    const order = wanted
      .map((peer) => ({ peer, key: rank[peer.source] + this.modules.random() }))
      .sort((a, b) => a.key - b.key);
    for (const { peer } of order) {
      if (this.calling.size >= CALLS_AT_ONCE) return;
      if (this.isWanted(peer)) this.call(peer).catch(() => undefined); // told by `call` already
    }
  }

  private isWanted(peer: Peer): boolean {
    if (peer.source === 'owner') return true;
    const lines = this.modules.book.connected().length + this.calling.size;
    if (peer.source === 'inbound') return lines < this.options.maxPeers;
    return this.options.discover && lines < Math.min(WANTED_PEERS, this.options.maxPeers);
  }

  private call(peer: Peer): Promise<void> {
    peer.isConnecting = peer.connection === undefined;
    peer.wasTried = true;
    const call = this.handshake(peer)
      .catch((error: unknown) => {
        this.failed(peer, error);
        throw error;
      })
      .finally(() => {
        peer.isConnecting = false;
        this.calling.delete(peer);
        this.modules.book.touch(peer);
      });
    this.calling.set(peer, call);
    return call;
  }

  private failed(peer: Peer, error: unknown): void {
    if (this.modules.signal.aborted) return;
    peer.isRefused = error instanceof PeerRefusedError;
    this.modules.onFailed(peer, error);
    if (
      peer.source !== 'owner' &&
      !peer.isTransient &&
      peer.lastSeenMs === undefined &&
      peer.failures >= FAILURES_UNTIL_FORGOTTEN
    )
      this.modules.book.remove(peer).catch(() => undefined);
  }

  private async handshake(peer: Peer): Promise<void> {
    const { signal, onBytes, clock, messages } = this.modules;
    const transport = new PeerTransport({
      baseUrl: peer.url,
      teller: peer.teller,
      signal,
      timeoutMs: this.options.timeoutMs,
      onBytes: (direction, bytes) => {
        if (direction === 'sent') peer.bytesSent += bytes;
        else peer.bytesReceived += bytes;
        onBytes(direction, bytes);
      },
      openMessage: (kind, about) => messages.open({ direction: 'out', kind, peer: peer.url, about }),
    });
    try {
      const startedMs = clock.nowMs();
      await this.sayHello(peer, transport);
      peer.measured(clock.nowMs() - startedMs);
    } catch (error) {
      await transport.close();
      throw error;
    }
  }

  private async sayHello(peer: Peer, transport: PeerTransport): Promise<void> {
    const { identity, sessions, chain, countMessage } = this.modules;
    const answers = sessions.unconfirmedCallOf(peer);
    const { url, port } = peer.isTransient ? { url: null, port: null } : identity.address;
    const request: HelloRequest = {
      ...identity.about(),
      url,
      port,
      call_id: identity.newCall(peer.url),
      answers_call: answers ?? null,
    };
    countMessage('hello', 'sent');
    const about: MessageAbout = {};
    let answer: HelloAnswer;
    try {
      const call = {
        method: 'POST',
        path: '/p2p/hello',
        body: request,
        maxBytes: MAX_SMALL_BYTES,
        about,
      } as const;
      answer = await transport.ask(call, (bytes) => {
        const theirs = readHelloAnswer(parseJson(bytes));
        noteTip(about, theirs.tip);
        return theirs;
      });
    } catch (error) {
      if (!(error instanceof PeerFailedError) || error.status === undefined) throw error;
      if (error.status === 404 || error.status === 405) {
        await this.meetOriginal(peer, transport);
        return;
      }
      if (error.reason === 'other-network') throw await this.otherNetwork(transport, error);
      if (REFUSALS.has(error.reason ?? ''))
        throw new PeerRefusedError(error.message, { reason: error.reason });
      throw error;
    }
    requireMatch(answer, { nodeId: identity.nodeId, params: chain.params });
    await this.requireOnlyLine(peer, answer.node_id);
    if (answers !== undefined && answer.confirms_call) sessions.confirm(peer, answers);
    peer.nodeId = answer.node_id;
    peer.nodeName = answer.node_name;
    peer.agent = answer.agent;
    peer.claims(answer.tip);
    this.compareClocks(peer, answer.time);
    const link = new PeerLink(transport, {
      session: answer.session,
      maxBlockSizeBytes: chain.params.maxBlockSizeBytes,
      countMessage,
    });
    this.up(peer, { kind: 'mini-bitcoin', link, nodeId: answer.node_id, transport });
  }

  /** It said that we are of another network: what differs, seen from here? */
  private async otherNetwork(transport: PeerTransport, refusal: PeerFailedError): Promise<PeerRefusedError> {
    const { reason } = refusal;
    const theirs = await transport
      .json({ method: 'GET', path: '/params', maxBytes: MAX_SMALL_BYTES })
      .then(record, () => undefined);
    if (theirs === undefined) return new PeerRefusedError(refusal.message, { reason });
    const differences = differingParams(theirs, this.modules.chain.params);
    return new PeerRefusedError(`it is of another network: ${differences.join('; ')}`, { reason });
  }

  /** Nobody answers to our hello: is it a plain MiniBitcoinPy node? */
  private async meetOriginal(peer: Peer, transport: PeerTransport): Promise<void> {
    const original = new OriginalPeer(transport, this.modules.chain.params.maxBlockSizeBytes);
    const { nodeName, height, hash } = await original.tip();
    peer.nodeName = nodeName;
    peer.agent = 'MiniBitcoinPy';
    peer.height = height;
    peer.tipHash = hash;
    this.up(peer, { kind: 'original', original, transport });
  }

  /** One node may be known under two addresses; one line to it is enough. */
  private async requireOnlyLine(peer: Peer, nodeId: string): Promise<void> {
    if (peer.isTransient) return;
    for (const other of this.modules.book.all()) {
      if (other === peer || other.connection === undefined || other.nodeId !== nodeId) continue;
      // The number alone proves nothing: a liar could give that of a good node, and keep us from it.
      if (!(await isSameEndpoint(peer.url, other.url))) continue;
      // Calls in the name of this address are the other's, if it says so where *we* reach it.
      this.modules.sessions.reassign(peer, other);
      await this.modules.book.addAlias(peer, other);
      this.callBack(other);
      throw new PeerRefusedError(`it is the node that is known as ${other.url} already`, {
        reason: 'same-node',
      });
    }
  }

  private up(
    peer: Peer,
    line:
      | { kind: 'mini-bitcoin'; link: PeerLink; nodeId: string; transport: PeerTransport }
      | { kind: 'original'; original: OriginalPeer; transport: PeerTransport },
  ): void {
    const { clock, log, signal } = this.modules;
    if (signal.aborted || peer.isBanned(clock.nowMs()))
      throw new PeerFailedError('it is not wanted any more');
    const before = peer.connection;
    peer.kind = line.kind;
    peer.connection = { ...line, sinceMs: before?.sinceMs ?? clock.nowMs() };
    peer.isRefused = false;
    peer.lastError = undefined;
    peer.seen(clock.nowMs());
    if (before !== undefined) {
      // Requests on the old line may still be under way: it is closed when they have had their time.
      sleep(this.options.timeoutMs, undefined, { ref: false })
        .then(() => before.transport.close())
        .catch(() => undefined);
      // What it wanted to tell us while its own line was down is lost: its tip says whether there was anything.
      this.modules.onRenewed(peer);
      return;
    }
    log.info(
      { url: peer.url, peer: peer.nodeName, kind: peer.kind, height: peer.height },
      'connected to a peer',
    );
    this.modules.onConnected(peer);
  }

  private close(peer: Peer): boolean {
    const { connection } = peer;
    if (connection === undefined) return false;
    peer.connection = undefined;
    peer.best = null;
    connection.transport.close().catch(() => undefined);
    return true;
  }

  private compareClocks(peer: Peer, theirS: number): void {
    const offsetS = theirS - this.modules.clock.nowS();
    // Said, and not used: a clock that follows its peers can be led astray by them (time dilation attack).
    if (Math.abs(offsetS) > CLOCK_WARNING_S)
      this.modules.log.warn(
        { url: peer.url, offsetS },
        `the clock of a peer differs by ${Math.round(offsetS / 60)} minutes from ours; one of the two is wrong`,
      );
  }
}

/** Refusals that stay the same if one asks again in a moment. */
const REFUSALS: ReadonlySet<string> = new Set([
  'protocol-version',
  'self-connection',
  'other-network',
  'peer-banned',
]);
