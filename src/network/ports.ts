/**
 * What the network needs from the outside world, and what it tells of itself.
 */

/**
 * How we came to know a peer:
 * - `owner`: BOOTSTRAP_PEERS, `POST /peers/add`, `POST /sync`: kept and tried for ever, never pushed out by others;
 * - `inbound`: it said hello to us and named its address;
 * - `gossip`: another peer told of it. Nothing is believed of it before it was tried.
 */
export type PeerSource = 'owner' | 'inbound' | 'gossip';

/** What is at the other end: `original` is the Python program, which knows `/chain`, `POST /tx` and `POST /block` only. */
export type PeerKind = 'unknown' | 'mini-bitcoin' | 'original';

/** A peer as it is kept over restarts (table `peers`; the first four fields are those that the original's users know). */
export interface StoredPeer {
  /** Normalised base URL without a slash at the end, at most 255 characters. */
  readonly url: string;
  /** It answered when it was asked last. */
  readonly isActive: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Milliseconds since 1970 of the last answer; undefined when it never answered. */
  readonly lastSeenMs: number | undefined;
  readonly source: PeerSource;
  readonly kind: PeerKind;
  /** Points for bad behaviour, see misbehaviour.ts; 0 for a good peer. At 100 it is banned. */
  readonly misbehaviour: number;
  /** Milliseconds since 1970; undefined when it is not banned. */
  readonly bannedUntilMs: number | undefined;
  /** Why it was banned, one sentence; undefined when it is not. */
  readonly banReason: string | undefined;
  /** Height of its tip when it told last; −1 for an empty chain, undefined when it never told. */
  readonly height: number | undefined;
  /** Round trip of a small question in milliseconds, smoothed; undefined when it was never measured. */
  readonly latencyMs: number | undefined;
  /** Bodies of requests and answers, over all time. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
}

/** Keeps known peers. */
export interface PeerStore {
  load(): Promise<StoredPeer[]>;
  /** Adds or replaces them, in one transaction. */
  save(peers: readonly StoredPeer[]): Promise<void>;
  remove(url: string): Promise<void>;
}

/**
 * - `connected`: the handshake was made, it answers
 * - `connecting`: the handshake is under way
 * - `waiting`: it failed, or is not wanted now; it is tried again at `nextAttemptAtMs`
 * - `known`: heard of, never tried
 * - `refused`: of another network, or ourselves: `lastError` says what; tried again now and then
 * - `banned`: misbehaved, or the owner wants it so
 */
export type PeerState = 'connected' | 'connecting' | 'waiting' | 'known' | 'refused' | 'banned';

/** A peer as it stands at this moment. */
export interface PeerStatus extends StoredPeer {
  readonly state: PeerState;
  /** Its number for this run, from the handshake; undefined before, and for the original. */
  readonly nodeId: string | undefined;
  readonly nodeName: string | undefined;
  /** Name and version of its software, like `mini-bitcoin/0.1.0`. */
  readonly agent: string | undefined;
  readonly tipHash: string | undefined;
  /** Chain work that it claims, in expected hashes. */
  readonly chainWork: bigint | undefined;
  /** It has said hello to us and could call us. (That we could call it, `state` says.) */
  readonly callsUs: boolean;
  readonly connectedAtMs: number | undefined;
  readonly nextAttemptAtMs: number | undefined;
  /** What went wrong last, one sentence. */
  readonly lastError: string | undefined;
  /** Blocks that we are waiting for from it. */
  readonly blocksInFlight: number;
}

/** How far we are behind the best chain that we know headers of. */
export interface SyncProgress {
  /** `headers`: looking at headers; `blocks`: fetching bodies; `idle`: nothing better is known. */
  readonly state: 'idle' | 'headers' | 'blocks';
  /** Our height. */
  readonly height: number;
  /** Height of the best chain that is known, ours when idle. While `headers`, what the peer claims. */
  readonly targetHeight: number;
  /** 0 to 100; 100 when idle. */
  readonly percent: number;
  /** Blocks connected a second, over the last ten seconds; 0 when idle. */
  readonly blocksPerSecond: number;
  /** Undefined when it cannot be told. */
  readonly etaSeconds: number | undefined;
  /** From how many peers blocks are being fetched. */
  readonly peers: number;
}

export interface SyncResult {
  /** Whether our tip changed. */
  readonly synced: boolean;
  readonly message: string;
  /** Our height afterwards; −1 when nothing changed (as the original answers). */
  readonly newHeight: number;
}
