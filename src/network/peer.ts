/**
 * One known peer: what is kept of it, how it stands now, and what we know that it has.
 */
import type { BlockHash, HeaderNode, Wtxid } from '../consensus/index.ts';
import { type Nearness, nearnessOf } from './address-policy.ts';
import { BAN_POINTS, Points } from './misbehaviour.ts';
import type { OriginalPeer } from './original-peer.ts';
import type { PeerLink } from './peer-link.ts';
import type { PeerTransport } from './peer-transport.ts';
import type { PeerKind, PeerSource, PeerState, PeerStatus, StoredPeer } from './ports.ts';
import { RecentSet } from './recent-set.ts';

/** A line that is up. */
export type Connection = {
  readonly transport: PeerTransport;
  readonly sinceMs: number;
} & (
  | { readonly kind: 'mini-bitcoin'; readonly link: PeerLink; readonly nodeId: string }
  | { readonly kind: 'original'; readonly original: OriginalPeer }
);

/** As many ids as a busy peer is told of in some minutes. */
const KNOWN_TRANSACTIONS = 20_000;
const KNOWN_BLOCKS = 1_000;
/** How much a new round trip counts against the ones before. */
const LATENCY_WEIGHT = 0.25;

export class Peer {
  readonly url: string;
  /** Only asked once, for a `POST /sync`: not kept, and told nothing. */
  readonly isTransient: boolean;
  source: PeerSource;
  /** How near the one is who told of it; undefined where the owner did. See address-policy.ts. */
  teller: Nearness | undefined;
  kind: PeerKind = 'unknown';
  isActive = true;
  failures = 0;
  lastSeenMs: number | undefined = undefined;
  readonly points: Points;
  bannedUntilMs: number | undefined = undefined;
  banReason: string | undefined = undefined;
  latencyMs: number | undefined = undefined;
  bytesReceived = 0;
  bytesSent = 0;

  connection: Connection | undefined = undefined;
  /** A handshake is under way. */
  isConnecting = false;
  /** It is of another network or ourselves. */
  isRefused = false;
  wasTried = false;
  /** When a hello in its name made us call it, lately. */
  readonly callBacksMs: number[] = [];
  nextAttemptAtMs = 0;
  lastError: string | undefined = undefined;
  nodeId: string | undefined = undefined;
  nodeName: string | undefined = undefined;
  agent: string | undefined = undefined;
  /** A session of its own with us, confirmed by it. */
  callsUs = false;

  // What it claims of its chain, and what it has shown.
  height: number | undefined = undefined;
  tipHash: string | undefined = undefined;
  chainWork: bigint | undefined = undefined;
  /** The best header that it has shown to have; null before the first. */
  best: HeaderNode | null = null;
  blocksInFlight = 0;
  /** Announcements of it that are being looked at. */
  announcementsOpen = 0;
  readonly knownTransactions = new RecentSet<Wtxid>(KNOWN_TRANSACTIONS);
  readonly knownBlocks = new RecentSet<BlockHash>(KNOWN_BLOCKS);

  constructor(
    url: string,
    options: { source: PeerSource; teller: Nearness | undefined; isTransient?: boolean; nowMs: number },
  ) {
    this.url = url;
    this.source = options.source;
    this.teller = options.teller;
    this.isTransient = options.isTransient ?? false;
    this.points = new Points(0, options.nowMs);
  }

  static fromStored(stored: StoredPeer, nowMs: number): Peer {
    const peer = new Peer(stored.url, {
      source: stored.source,
      teller: stored.source === 'owner' ? undefined : tellerAfterRestart(stored.url),
      nowMs,
    });
    const { kind, isActive, failures, lastSeenMs, height, latencyMs, bytesReceived, bytesSent } = stored;
    Object.assign(peer, {
      kind,
      isActive,
      failures,
      lastSeenMs,
      height,
      latencyMs,
      bytesReceived,
      bytesSent,
    });
    peer.bannedUntilMs = stored.bannedUntilMs;
    peer.banReason = stored.banReason;
    peer.points.add(Math.min(stored.misbehaviour, BAN_POINTS), nowMs);
    return peer;
  }

  /** The line of the kind that speaks our protocol; undefined while there is none. */
  get link(): PeerLink | undefined {
    return this.connection?.kind === 'mini-bitcoin' ? this.connection.link : undefined;
  }

  isBanned(nowMs: number): boolean {
    return this.bannedUntilMs !== undefined && this.bannedUntilMs > nowMs;
  }

  /** It said something. That alone forgives no failure: a good hello may be followed by nonsense, again and again. */
  seen(nowMs: number): void {
    this.lastSeenMs = nowMs;
    this.isActive = true;
  }

  /** It answered what it was asked. */
  answered(nowMs: number): void {
    this.seen(nowMs);
    this.failures = 0;
  }

  /** It took so long to answer a small question. */
  measured(elapsedMs: number): void {
    const before = this.latencyMs ?? elapsedMs;
    this.latencyMs = Math.round((before + LATENCY_WEIGHT * (elapsedMs - before)) * 100) / 100;
  }

  /** It says that its chain ends here. */
  claims(tip: { readonly height: number; readonly hash: string; readonly chain_work: string } | null): void {
    this.height = tip?.height ?? -1;
    this.tipHash = tip?.hash;
    this.chainWork = tip === null ? 0n : BigInt(tip.chain_work);
  }

  /** It has this header, and so all below it. */
  has(node: HeaderNode): void {
    this.knownBlocks.add(node.hash);
    if (this.best === null || this.best.invalid || node.chainWork > this.best.chainWork) this.best = node;
    if (node.chainWork <= (this.chainWork ?? -1n)) return;
    this.height = node.height;
    this.tipHash = node.hash;
    this.chainWork = node.chainWork;
  }

  state(nowMs: number): PeerState {
    if (this.isBanned(nowMs)) return 'banned';
    if (this.connection !== undefined) return 'connected';
    if (this.isConnecting) return 'connecting';
    if (this.isRefused) return 'refused';
    return this.wasTried ? 'waiting' : 'known';
  }

  stored(nowMs: number): StoredPeer {
    const isBanned = this.isBanned(nowMs);
    return {
      url: this.url,
      isActive: this.isActive,
      failures: this.failures,
      lastSeenMs: this.lastSeenMs,
      source: this.source,
      kind: this.kind,
      misbehaviour: this.points.at(nowMs),
      bannedUntilMs: isBanned ? this.bannedUntilMs : undefined,
      banReason: isBanned ? this.banReason : undefined,
      height: this.height,
      latencyMs: this.latencyMs,
      bytesReceived: this.bytesReceived,
      bytesSent: this.bytesSent,
    };
  }

  status(nowMs: number): PeerStatus {
    const state = this.state(nowMs);
    return {
      ...this.stored(nowMs),
      state,
      nodeId: this.nodeId,
      nodeName: this.nodeName,
      agent: this.agent,
      tipHash: this.tipHash,
      chainWork: this.chainWork,
      callsUs: this.callsUs,
      connectedAtMs: this.connection?.sinceMs,
      nextAttemptAtMs: state === 'waiting' || state === 'refused' ? this.nextAttemptAtMs : undefined,
      lastError: this.lastError,
      blocksInFlight: this.blocksInFlight,
    };
  }
}

/**
 * Who told of a peer is not kept. What was let in was allowed then, so its own nearness is a safe stand-in; a name may lead
 * into our own network, as those of containers do, but not to this machine.
 */
function tellerAfterRestart(url: string): Nearness {
  const nearness = nearnessOf(new URL(url).hostname);
  return nearness === 'name' ? 'private' : nearness;
}
