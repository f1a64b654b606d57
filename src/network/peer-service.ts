/**
 * What this node answers to other nodes: the other side of peer-link.ts. HTTP is elsewhere (src/api/routes/p2p.ts); here are
 * bytes in and bytes out.
 */
import type { Chainstate, ChainStore } from '../chainstate/index.ts';
import {
  type Block,
  type BlockHash,
  encodeBlock,
  encodeTransaction,
  txidOf,
  type Verdict,
} from '../consensus/index.ts';
import { type Nearness, mayTellOf, nearnessOf } from './address-policy.ts';
import type { BlockRelay } from './block-relay.ts';
import { encodeCompactBlock } from './compact-block.ts';
import {
  type AddressesMessage,
  type HelloAnswer,
  type HelloRequest,
  mismatch,
  type PingMessage,
} from './handshake.ts';
import { type InboundSession, type InboundSessions, MAX_ACTIVE } from './inbound-sessions.ts';
import { type MessageAbout, noteAnnouncement, noteTip, type OpenMessage } from './message-log.ts';
import {
  type Announcement,
  decodeAnnouncement,
  decodeBlockRequest,
  decodeBlockTransactionsRequest,
  decodeHash,
  decodeLocator,
  decodeTransactionRequest,
  encodeFrame,
  encodeHashes,
  encodeHeaders,
  MAX_HEADERS,
  MAX_MEMPOOL_IDS,
} from './messages.ts';
import type { Offence } from './misbehaviour.ts';
import type { OwnIdentity } from './own-identity.ts';
import type { Peer } from './peer.ts';
import type { PeerBook } from './peer-book.ts';
import type { CountMessage } from './peer-link.ts';
import { normalisePeerUrl } from './peer-url.ts';
import type { TransactionRelay } from './transaction-relay.ts';

/** A call of another node that is not answered as it wished. */
export class P2pRefusedError extends Error {
  override readonly name = 'P2pRefusedError';
  readonly status: number;
  readonly reason: P2pRefusalReason;

  constructor(status: number, reason: P2pRefusalReason, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export type P2pRefusalReason =
  | 'protocol-version'
  | 'self-connection'
  | 'other-network'
  | 'peer-banned'
  | 'too-many-peers'
  | 'no-session'
  | 'malformed-message'
  | 'too-busy';

export interface PeerServiceModules {
  readonly chain: Chainstate;
  readonly store: Pick<ChainStore, 'readBlock' | 'readBlockBytes'>;
  readonly identity: OwnIdentity;
  readonly book: PeerBook;
  readonly sessions: InboundSessions;
  readonly blockRelay: BlockRelay;
  readonly transactionRelay: TransactionRelay;
  readonly clock: { nowMs(): number };
  readonly random: () => number;
  readonly countMessage: CountMessage;
  /** Somebody calls himself this peer. */
  readonly onHello: (peer: Peer) => void;
  readonly onPing: (peer: Peer) => void;
  readonly onAnnouncement: (peer: Peer, announcement: Announcement) => void;
  /** What an unknown caller did wrong counts against its session; of a known peer, against that. */
  readonly punish: (session: InboundSession, offence: Offence, detail: string) => void;
}

/** Blocks that were read or connected last: several peers ask for the same ones. */
const RECENT_BLOCKS = 16;
/** More than a hundred transactions can have that mempools take (policy.ts: 101,000 bytes). What does not fit is "not here". */
const MAX_TRANSACTIONS_BYTES = 11_000_000;
/** Blocks that are read in one query. More would be quicker, and a stranger could make us hold more of them. */
const BLOCKS_AT_ONCE = 4;
const MAX_ADDRESSES = 100;
/** Addresses of nodes that answered longer ago are not passed on. */
const FRESH_MS = 3 * 3_600_000;

export class PeerService {
  private readonly modules: PeerServiceModules;
  private readonly recent = new Map<BlockHash, Block>();

  constructor(modules: PeerServiceModules) {
    this.modules = modules;
  }

  /** A block that others will ask for in a moment. */
  remember(hash: BlockHash, block: Block): void {
    this.recent.delete(hash);
    this.recent.set(hash, block);
    for (const oldest of this.recent.keys()) {
      if (this.recent.size <= RECENT_BLOCKS) return;
      this.recent.delete(oldest);
    }
  }

  /** @throws P2pRefusedError */
  hello(request: HelloRequest, remoteAddress: string, message?: OpenMessage): HelloAnswer {
    const { identity, sessions, chain, countMessage, clock } = this.modules;
    countMessage('hello', 'received');
    if (message !== undefined) {
      message.caller = callerText(remoteAddress, request.node_name);
      noteTip(message.about, request.tip);
    }
    const why = mismatch(request, { nodeId: identity.nodeId, params: chain.params });
    if (why !== undefined) throw new P2pRefusedError(400, why.reason, addressed(why.detail));
    const claimedPeer = this.peerNamed(request, remoteAddress);
    const nowMs = clock.nowMs();
    // By address, never by the number that a caller gives itself: anybody may give that of a good node.
    if (sessions.isShunned(remoteAddress) || claimedPeer?.isBanned(nowMs) === true)
      throw new P2pRefusedError(403, 'peer-banned', 'this node does not talk to you for now');
    const session = sessions.open({
      nodeId: request.node_id,
      nodeName: request.node_name,
      remoteAddress,
      callId: request.call_id,
      claimedPeer,
    });
    if (session === undefined)
      throw new P2pRefusedError(503, 'too-many-peers', 'this node has as many peers as it takes');

    const { answers_call: answersCall } = request;
    if (claimedPeer !== undefined) {
      // Only the node at that address can know what we called it with.
      const isProven = answersCall !== null && identity.made(answersCall, claimedPeer.url);
      if (isProven) sessions.confirm(claimedPeer, request.call_id);
      if (!isProven || claimedPeer.connection === undefined) this.modules.onHello(claimedPeer);
    }
    if (message !== undefined) message.peer = session.peer?.url;
    return {
      ...identity.about(),
      session: session.token,
      confirms_call: answersCall !== null && identity.madeAny(answersCall),
    };
  }

  /** The session of a call, with its count of requests raised; the caller lowers it by {@link release}. @throws P2pRefusedError */
  enter(token: string | undefined, name: string, message?: OpenMessage): InboundSession {
    const session = this.modules.sessions.find(token);
    if (session === undefined)
      throw new P2pRefusedError(401, 'no-session', 'say hello first: POST /p2p/hello');
    if (message !== undefined) {
      message.peer = session.peer?.url;
      message.caller = callerText(session.remoteAddress, session.nodeName);
    }
    if (session.active >= MAX_ACTIVE)
      throw new P2pRefusedError(
        503,
        'too-busy',
        `at most ${MAX_ACTIVE} requests of one node are answered at a time`,
      );
    session.active++;
    this.modules.countMessage(name, 'received');
    return session;
  }

  release(session: InboundSession): void {
    session.active--;
  }

  ping(session: InboundSession, { tip }: PingMessage, about: MessageAbout = {}): PingMessage {
    const { peer } = session;
    noteTip(about, tip);
    if (peer !== undefined) {
      peer.claims(tip);
      this.modules.onPing(peer);
    }
    return { tip: this.modules.identity.tip() };
  }

  /** Headers of our active chain after the first block of the locator that is on it. @throws P2pRefusedError */
  headers(session: InboundSession, body: Uint8Array, about: MessageAbout = {}): Uint8Array {
    const locator = this.read(session, decodeLocator(body));
    const { headers } = this.modules.chain;
    const fork = headers.findFork(locator);
    const found = [];
    for (let height = (fork?.height ?? -1) + 1; found.length < MAX_HEADERS; height++) {
      const node = headers.activeAt(height);
      if (node === undefined) break;
      found.push(node.header);
    }
    about.headers = found.length;
    if (fork !== null) about.hash = fork.hash;
    return encodeHeaders(found);
  }

  /** Frames with the blocks, in the order asked. @throws P2pRefusedError */
  blocks(session: InboundSession, body: Uint8Array, about: MessageAbout = {}): AsyncIterable<Uint8Array> {
    const hashes = this.read(session, decodeBlockRequest(body));
    const missing = hashes.filter((hash) => !this.isServed(hash)).length;
    Object.assign(about, { blocks: hashes.length, ...(missing > 0 ? { missing } : {}) });
    if (hashes[0] !== undefined) about.hash = hashes[0];
    return this.blockFrames(hashes);
  }

  /** Frames with the transactions, in the order asked. @throws P2pRefusedError */
  transactions(session: InboundSession, body: Uint8Array, about: MessageAbout = {}): Uint8Array {
    const names = this.read(session, decodeTransactionRequest(body));
    about.transactions = names.length;
    const frames: Uint8Array[] = [];
    let bytes = 0;
    for (const name of names) {
      const tx = bytes < MAX_TRANSACTIONS_BYTES ? this.modules.transactionRelay.find(name) : undefined;
      const frame = encodeFrame(tx === undefined ? undefined : encodeTransaction(tx));
      if (tx === undefined) about.missing = (about.missing ?? 0) + 1;
      else about.txid ??= txidOf(tx);
      frames.push(frame);
      bytes += frame.length;
    }
    return Buffer.concat(frames);
  }

  mempool(about: MessageAbout = {}): Uint8Array {
    const ids = this.modules.transactionRelay.mempoolIds(MAX_MEMPOOL_IDS);
    about.transactions = ids.length;
    return encodeHashes(ids);
  }

  /** The block in short; nothing where we do not have it. @throws P2pRefusedError */
  async compactBlock(
    session: InboundSession,
    body: Uint8Array,
    about: MessageAbout = {},
  ): Promise<Uint8Array> {
    const hash = this.read(session, decodeHash(body));
    about.hash = hash;
    const block = await this.readBlock(hash);
    if (block === undefined) about.missing = 1;
    return block === undefined
      ? new Uint8Array()
      : encodeCompactBlock(this.modules.blockRelay.compact(block));
  }

  /** Frames with transactions of a block; no frame where we do not have it. @throws P2pRefusedError */
  async blockTransactions(
    session: InboundSession,
    body: Uint8Array,
    about: MessageAbout = {},
  ): Promise<Uint8Array> {
    const { maxBlockSizeBytes } = this.modules.chain.params;
    const { hash, indexes } = this.read(session, decodeBlockTransactionsRequest(body, maxBlockSizeBytes));
    Object.assign(about, { hash, transactions: indexes.length });
    const block = await this.readBlock(hash);
    if (block === undefined) return new Uint8Array();
    return Buffer.concat(
      indexes.map((index) => {
        const tx = block.transactions[index];
        return encodeFrame(tx === undefined ? undefined : encodeTransaction(tx));
      }),
    );
  }

  /** @throws P2pRefusedError */
  announce(session: InboundSession, body: Uint8Array, about: MessageAbout = {}): void {
    const announcement = this.read(session, decodeAnnouncement(body));
    noteAnnouncement(about, announcement);
    // Without a line to it there is no way to fetch what it tells of: it will notice that it must hand things over whole.
    if (session.peer !== undefined) this.modules.onAnnouncement(session.peer, announcement);
  }

  /** Some nodes that we have talked to, as far as the caller may hear of them. */
  addresses(session: InboundSession, about: MessageAbout = {}): AddressesMessage {
    const { book, clock, random } = this.modules;
    const listener = nearnessOf(session.remoteAddress);
    const fresh = [...book.all()].filter(
      (peer) =>
        peer !== session.peer &&
        peer.kind === 'mini-bitcoin' &&
        peer.lastSeenMs !== undefined &&
        clock.nowMs() - peer.lastSeenMs < FRESH_MS &&
        !peer.isBanned(clock.nowMs()) &&
        isOfUseTo(listener, peer.url),
    );
    const shuffled = fresh.map((peer) => ({ peer, key: random() })).sort((a, b) => a.key - b.key);
    const addresses = shuffled.slice(0, MAX_ADDRESSES).map(({ peer }) => peer.url);
    about.addresses = addresses.length;
    return { addresses };
  }

  private read<T>(session: InboundSession, verdict: Verdict<T>): T {
    if (verdict.ok) return verdict.value;
    this.modules.punish(session, 'malformed-message', `its message cannot be read: ${verdict.detail}`);
    throw new P2pRefusedError(422, 'malformed-message', verdict.detail);
  }

  private async *blockFrames(hashes: readonly BlockHash[]): AsyncGenerator<Uint8Array, void, undefined> {
    for (let start = 0; start < hashes.length; start += BLOCKS_AT_ONCE) {
      const portion = hashes.slice(start, start + BLOCKS_AT_ONCE);
      // Looked at now: while others are read, these may be forgotten.
      const recent = new Map(portion.map((hash) => [hash, this.recent.get(hash)]));
      const stored = portion.filter((hash) => recent.get(hash) === undefined && this.isServed(hash));
      const found = stored.length === 0 ? undefined : await this.modules.store.readBlockBytes(stored);
      for (const hash of portion) {
        const block = recent.get(hash);
        yield encodeFrame(block === undefined ? found?.get(hash) : encodeBlock(block));
      }
    }
  }

  private isServed(hash: BlockHash): boolean {
    const node = this.modules.chain.headers.get(hash);
    return node?.hasBody === true && !node.invalid;
  }

  private async readBlock(hash: BlockHash): Promise<Block | undefined> {
    const recent = this.recent.get(hash);
    if (recent !== undefined) return recent;
    return this.isServed(hash) ? this.modules.store.readBlock(hash) : undefined;
  }

  /** The peer that a caller says it is; undefined where it names no address that we may call on its word. */
  private peerNamed({ url, port }: HelloRequest, remoteAddress: string): Peer | undefined {
    const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
    const named = url ?? (port === null ? undefined : `http://${host}:${port}`);
    if (named === undefined) return undefined;
    const normalised = normalisePeerUrl(named);
    if (!normalised.ok) return undefined;
    const { identity, book } = this.modules;
    if (normalised.value === identity.address.url) return undefined;
    const teller = nearnessOf(remoteAddress);
    if (!mayTellOf(teller, nearnessOf(new URL(normalised.value).hostname))) return undefined;
    return book.learn(normalised.value, 'inbound', teller);
  }
}

/** A stranger, for people. The name is its own word. */
function callerText(remoteAddress: string, nodeName: string): string {
  return nodeName === '' ? remoteAddress : `${remoteAddress} (${nodeName})`;
}

/** An address in our own network is of no use to somebody outside of it, and none of his business. */
function isOfUseTo(listener: Nearness, url: string): boolean {
  const told = nearnessOf(new URL(url).hostname);
  if (told === 'name') return true;
  if (listener === 'public') return told === 'public';
  return listener === 'loopback' || told !== 'loopback';
}

/** The same sentence, seen from the other side. */
function addressed(detail: string): string {
  return detail
    .replace(/^it speaks/, 'the caller speaks')
    .replace(/^it is of/, 'the caller is of')
    .replace(/^it is this node itself/, 'you are calling yourself');
}
