/**
 * The network of this node, put together: whom it knows (peer-book), whom it calls (connector), who calls it (peer-service),
 * how it catches up (header-sync, block-sync) and how news travels (block-relay, transaction-relay).
 *
 * docs/network.md tells the messages. To read the code in order: messages, handshake, peer, peer-link, connector; header-sync,
 * block-sync; block-relay, compact-block, transaction-relay; misbehaviour; and this file.
 */
import type { ChainEvent, Chainstate, ChainStore } from '../chainstate/index.ts';
import { fail, ok, type Verdict } from '../consensus/index.ts';
import type { Mempool } from '../mempool/index.ts';
import { BlockRelay } from './block-relay.ts';
import { BlockSync, type BlockSyncOptions, DEFAULT_BLOCK_SYNC } from './block-sync.ts';
import { CatchUp } from './catch-up.ts';
import { Conduct } from './conduct.ts';
import { Connector } from './connector.ts';
import { askForAddresses } from './gossip.ts';
import { HeaderSync } from './header-sync.ts';
import { InboundSessions } from './inbound-sessions.ts';
import { MessageLog } from './message-log.ts';
import type { Announcement } from './messages.ts';
import type { Offence } from './misbehaviour.ts';
import { NetworkCounters } from './network-counters.ts';
import { Outbox } from './outbox.ts';
import { type OwnAddress, OwnIdentity } from './own-identity.ts';
import { Peer } from './peer.ts';
import { PeerBook } from './peer-book.ts';
import { PeerFailedError, throwIfFailed } from './peer-errors.ts';
import type { PeerLog } from './peer-log.ts';
import { PeerService } from './peer-service.ts';
import { normalisePeerUrl } from './peer-url.ts';
import type { PeerStatus, PeerStore, SyncProgress, SyncResult } from './ports.ts';
import { TransactionRelay } from './transaction-relay.ts';

export interface NetworkOptions {
  readonly maxPeers: number;
  /** Seconds between two looks at each peer's tip; 0 = never by itself. */
  readonly syncIntervalS: number;
  /** Whether to call nodes that other peers tell of. */
  readonly discover: boolean;
  /** Chains with less work than this are not followed, in expected hashes. */
  readonly minimumChainWork: bigint;
  readonly nodeName: string;
  /** Software and version, `mini-bitcoin/0.1.0`. */
  readonly agent: string;
  /** Deadline of small questions, milliseconds; default 10 s. */
  readonly timeoutMs?: number;
  readonly firstRetryMs?: number;
  readonly blockSync?: Partial<BlockSyncOptions>;
}

export interface NetworkModules {
  readonly store: PeerStore;
  readonly chain: Chainstate;
  readonly chainStore: Pick<ChainStore, 'readBlock' | 'readBlockBytes'>;
  readonly mempool: Mempool;
  readonly clock: { nowMs(): number; nowS(): number };
  /** 0 up to 1. */
  readonly random: () => number;
  readonly log: PeerLog;
  /** Work that nobody waits for has failed for a reason that lies in this node: it should stop. */
  readonly onBackgroundError: (error: unknown) => void;
}

const GOSSIP_INTERVAL_MS = 10 * 60_000;
const TELL_PROGRESS_MS = 5_000;
/** Announcements of one peer that are looked at at the same time. */
const MAX_OPEN_ANNOUNCEMENTS = 32;

export class Network {
  /** Sums for metrics. */
  readonly counters = new NetworkCounters();
  /** What was said lately. */
  readonly messages: MessageLog;
  /** What other nodes are answered. */
  readonly service: PeerService;
  private readonly options: NetworkOptions;
  private readonly modules: NetworkModules;
  private readonly shutdown = new AbortController();
  private readonly identity: OwnIdentity;
  private readonly book: PeerBook;
  private readonly sessions: InboundSessions;
  private readonly connector: Connector;
  private readonly conduct: Conduct;
  private readonly headerSync: HeaderSync;
  private readonly blockSync: BlockSync;
  private readonly catchUp: CatchUp;
  private readonly blockRelay: BlockRelay;
  private readonly transactionRelay: TransactionRelay;
  private readonly outboxes = new Map<Peer, Outbox>();
  /** Peers that are asked once, for a `POST /sync`. */
  private readonly transients = new Set<Peer>();
  private readonly background = new Set<Promise<void>>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly unsubscribers: (() => void)[] = [];
  /** Connected blocks were not told of while we caught up. */
  private owesTip = false;

  constructor(options: NetworkOptions, modules: NetworkModules) {
    const { chain, mempool, clock, log } = modules;
    const { signal } = this.shutdown;
    this.options = options;
    this.modules = modules;
    const punish = (peer: Peer, offence: Offence, detail: string): void =>
      this.conduct.punish(peer, offence, detail);
    const failed = (peer: Peer, error: unknown): void => this.conduct.failed(peer, error);
    const peers = (): Iterable<Peer> => this.reachable();
    const nowMs = (): number => clock.nowMs();
    const countMessage = this.counters.message.bind(this.counters);

    this.messages = new MessageLog(nowMs);
    this.identity = new OwnIdentity(options, chain, () => clock.nowS());
    this.book = new PeerBook(options.maxPeers, {
      store: modules.store,
      clock,
      onSaveFailed: (error) => log.warn({ err: error }, 'peers could not be saved'),
    });
    this.sessions = new InboundSessions(3 * Math.max(1, options.maxPeers), nowMs);
    this.headerSync = new HeaderSync({
      chain,
      clock,
      signal,
      minimumChainWork: options.minimumChainWork,
      onHeaders: () => this.blockSync.pump(),
    });
    this.blockSync = new BlockSync(
      { ...DEFAULT_BLOCK_SYNC, ...options.blockSync },
      {
        ...{ chain, clock, signal, peers, punish, failed },
        changed: (peer) => this.inBackground(peer, () => this.catchUp.with(peer)),
        onFatal: modules.onBackgroundError,
      },
    );
    this.catchUp = new CatchUp({
      ...{ chain, mempool, clock, signal },
      chainStore: modules.chainStore,
      minimumChainWork: options.minimumChainWork,
      identity: this.identity,
      headerSync: this.headerSync,
      blockSync: this.blockSync,
      reachable: peers,
      inBackground: (peer, work) => this.inBackground(peer, work),
      touch: (peer) => this.book.touch(peer),
    });
    const blockTimeoutMs = options.blockSync?.blockTimeoutMs ?? DEFAULT_BLOCK_SYNC.blockTimeoutMs;
    this.blockRelay = new BlockRelay({
      ...{ chain, mempool, peers, punish, failed, blockTimeoutMs },
      headerSync: this.headerSync,
      blockSync: this.blockSync,
      count: (outcome) => this.counters.compactBlock(outcome),
    });
    this.transactionRelay = new TransactionRelay({
      ...{ mempool, punish, failed },
      isWanted: () => !this.catchUp.isFarBehind(),
    });
    this.connector = new Connector(
      {
        maxPeers: options.maxPeers,
        discover: options.discover,
        timeoutMs: options.timeoutMs ?? 10_000,
        firstRetryMs: options.firstRetryMs ?? 500,
      },
      {
        ...{ chain, clock, signal, log, countMessage, messages: this.messages },
        random: modules.random,
        book: this.book,
        sessions: this.sessions,
        identity: this.identity,
        onBytes: (direction, bytes) => this.counters.bytes(direction, bytes),
        onConnected: (peer) => this.connected(peer),
        onRenewed: (peer) => this.catchUp.lookAtTip(peer),
        onDisconnected: (peer) => this.disconnected(peer),
        onFailed: failed,
      },
    );
    this.conduct = new Conduct({
      ...{ clock, log, signal },
      book: this.book,
      sessions: this.sessions,
      connector: this.connector,
      counters: this.counters,
    });
    this.service = new PeerService({
      ...{ chain, clock, countMessage },
      random: modules.random,
      store: modules.chainStore,
      identity: this.identity,
      book: this.book,
      sessions: this.sessions,
      blockRelay: this.blockRelay,
      transactionRelay: this.transactionRelay,
      onHello: (peer) => this.connector.callBack(peer),
      onPing: (peer) => this.catchUp.lookAtTip(peer),
      onAnnouncement: (peer, announcement) => this.announced(peer, announcement),
      punish: (session, offence, detail) => this.conduct.punishCaller(session, offence, detail),
    });
  }

  // --- Starting and stopping ------------------------------------------------------------------------------------------

  /** Loads known peers. To be called before the API listens. */
  async load(): Promise<void> {
    await this.book.load();
  }

  /** Begins to call peers. @param address where others reach this node */
  start(address: OwnAddress, bootstrapPeers: readonly string[]): void {
    const { chain, mempool, log } = this.modules;
    this.identity.address = address;
    this.unsubscribers.push(
      chain.events.subscribe((event) => this.chainChanged(event)),
      mempool.events.subscribe((event) => {
        if (event.type !== 'accepted') return;
        for (const outbox of this.outboxes.values()) outbox.transaction(event.entry.tx);
      }),
    );
    for (const url of bootstrapPeers) {
      const added = this.book.own(url);
      if (!added.ok) log.warn({ url, reason: added.reason }, `peer not added: ${added.detail}`);
    }
    this.connector.start();
    const { syncIntervalS, discover } = this.options;
    if (syncIntervalS > 0) this.every(syncIntervalS * 1_000, (peer) => this.ask(peer));
    this.timers.push(setInterval(() => this.tellProgress(), TELL_PROGRESS_MS).unref());
    if (discover) this.every(GOSSIP_INTERVAL_MS, (peer) => this.askForAddresses(peer));
  }

  /** Ends all lines and requests; what is to be kept is kept when it resolves. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    for (const unsubscribe of this.unsubscribers) unsubscribe();
    this.shutdown.abort();
    this.blockSync.close();
    for (const outbox of this.outboxes.values()) outbox.close();
    await this.connector.stop();
    await Promise.allSettled(this.background);
    await this.book.close();
  }

  // --- For the owner --------------------------------------------------------------------------------------------------

  list(): readonly PeerStatus[] {
    return this.book.list();
  }

  async add(url: string): Promise<Verdict<{ url: string }>> {
    const added = this.book.own(url);
    if (!added.ok) return added;
    const peer = added.value;
    this.conduct.pardon(peer);
    peer.failures = 0;
    peer.isActive = true;
    this.book.touch(peer);
    await this.book.save();
    this.connector.callSoon(peer);
    return ok({ url: peer.url });
  }

  async remove(url: string): Promise<Verdict<{ url: string }>> {
    const found = this.find(url);
    if (!found.ok) return found;
    this.connector.disconnect(found.value, 'the owner removed it');
    this.sessions.endAllOf(found.value);
    await this.book.remove(found.value);
    return ok({ url: found.value.url });
  }

  async ban(
    url: string,
    { seconds, reason }: { readonly seconds: number; readonly reason: string },
  ): Promise<Verdict<{ url: string; untilMs: number }>> {
    const normalised = normalisePeerUrl(url);
    if (!normalised.ok) return normalised;
    const peer = this.book.learn(normalised.value, 'gossip', 'public');
    if (peer === undefined) return fail('too-many-peers', 'as many peers are known as fit; remove one first');
    const untilMs = this.conduct.ban(peer, seconds, reason);
    await this.book.save();
    return ok({ url: peer.url, untilMs });
  }

  async unban(url: string): Promise<Verdict<{ url: string }>> {
    const found = this.find(url);
    if (!found.ok) return found;
    const peer = found.value;
    if (!peer.isBanned(this.modules.clock.nowMs())) return fail('peer-unknown', `${peer.url} is not banned`);
    this.conduct.pardon(peer);
    this.book.touch(peer);
    await this.book.save();
    this.connector.callSoon(peer);
    return ok({ url: peer.url });
  }

  /**
   * Asks one peer, known or not, for a better chain and follows it.
   * @throws PeerFailedError when it does not answer, or sends what cannot be used
   */
  async sync(url: string): Promise<SyncResult> {
    const normalised = normalisePeerUrl(url);
    if (!normalised.ok) throw new PeerFailedError(normalised.detail);
    const { chain, clock } = this.modules;
    const nowMs = clock.nowMs();
    const peer =
      this.book.get(normalised.value) ??
      new Peer(normalised.value, { source: 'owner', teller: undefined, isTransient: true, nowMs });
    if (peer.isBanned(nowMs))
      throw new PeerFailedError(`it is banned here (${peer.banReason ?? 'no reason was given'})`);
    const tipBefore = chain.tip;
    if (peer.isTransient) this.transients.add(peer);
    try {
      if (peer.connection === undefined) await this.connector.connect(peer);
      peer.lastError = undefined;
      await this.catchUp.with(peer);
      await this.blockSync.whenIdle();
      throwIfFailed(peer);
    } finally {
      if (this.transients.delete(peer)) this.connector.disconnect(peer, 'it was asked once');
    }
    if (chain.tip === tipBefore) {
      if (peer.height === -1) return { synced: false, message: 'Peer has empty chain', newHeight: -1 };
      const message = `Chain work is not better than current ${tipBefore?.chainWork ?? 0n}`;
      return { synced: false, message, newHeight: -1 };
    }
    return { synced: true, message: 'Chain imported successfully', newHeight: chain.height };
  }

  progress(): SyncProgress {
    return this.catchUp.progress();
  }

  /** Many blocks behind the best chain that is known. */
  get isFarBehind(): boolean {
    return this.catchUp.isFarBehind();
  }

  // --- Lines ----------------------------------------------------------------------------------------------------------

  private *reachable(): Generator<Peer, void> {
    for (const peer of this.book.all()) if (peer.connection !== undefined) yield peer;
    for (const peer of this.transients) if (peer.connection !== undefined) yield peer;
  }

  private connected(peer: Peer): void {
    if (peer.isTransient) return;
    const outbox = new Outbox(peer, {
      failed: (error) => this.conduct.failed(peer, error),
      nowMs: () => this.modules.clock.nowMs(),
    });
    this.outboxes.set(peer, outbox);
    this.inBackground(peer, () => this.catchUp.handOver(peer, outbox));
    this.inBackground(peer, async () => {
      await this.catchUp.with(peer);
      peer.answered(this.modules.clock.nowMs());
      await this.exchangeMempools(peer);
      if (this.options.discover) await this.askForAddresses(peer);
    });
  }

  private disconnected(peer: Peer): void {
    this.outboxes.get(peer)?.close();
    this.outboxes.delete(peer);
    this.transactionRelay.gone(peer);
    this.book.touch(peer);
    this.blockSync.pump();
    if (!peer.isTransient)
      this.modules.log.info({ url: peer.url }, `disconnected from a peer: ${peer.lastError ?? ''}`);
  }

  private find(url: string): Verdict<Peer> {
    const normalised = normalisePeerUrl(url);
    if (!normalised.ok) return normalised;
    const peer = this.book.get(normalised.value);
    return peer === undefined ? fail('peer-unknown', `${normalised.value} is not known here`) : ok(peer);
  }

  // --- News -----------------------------------------------------------------------------------------------------------

  private announced(peer: Peer, { headers, wtxids }: Announcement): void {
    this.transactionRelay.announced(peer, wtxids);
    // What does not fit now is found when the peer is asked for its tip.
    if (headers.length === 0 || peer.announcementsOpen >= MAX_OPEN_ANNOUNCEMENTS) return;
    peer.announcementsOpen++;
    this.inBackground(peer, () =>
      this.blockRelay.announced(peer, headers).finally(() => peer.announcementsOpen--),
    );
  }

  private chainChanged(event: ChainEvent): void {
    if (event.type !== 'tip-changed') return;
    this.transactionRelay.tipChanged();
    for (const { hash, block } of event.connected) this.service.remember(hash, block);
    this.owesTip ||= this.catchUp.isFarBehind();
    if (this.catchUp.isFarBehind()) return;
    for (const { block } of event.connected) for (const outbox of this.outboxes.values()) outbox.block(block);
    if (!this.owesTip) return;
    // We have arrived: now the transactions that wait elsewhere are of interest.
    this.owesTip = false;
    this.modules.log.info({ height: event.tip.height }, 'caught up with the best chain that is known');
    for (const peer of this.book.connected()) this.inBackground(peer, () => this.exchangeMempools(peer));
  }

  private async exchangeMempools(peer: Peer): Promise<void> {
    if (peer.link === undefined || this.catchUp.isFarBehind()) return;
    this.transactionRelay.announced(peer, await peer.link.mempoolIds());
  }

  // --- How ------------------------------------------------------------------------------------------------------------

  /** What we learn, and what it learns, without anybody telling. */
  private async ask(peer: Peer): Promise<void> {
    await this.catchUp.ask(peer);
    if (peer.callsUs) return;
    // It cannot tell us what is new, or fetch what we tell it.
    await this.exchangeMempools(peer);
    const outbox = this.outboxes.get(peer);
    if (outbox !== undefined) await this.catchUp.handOver(peer, outbox);
  }

  private askForAddresses(peer: Peer): Promise<void> {
    return askForAddresses(peer, this.book, this.identity.address.url);
  }

  private tellProgress(): void {
    if (!this.isFarBehind) return;
    const { height, targetHeight, percent, blocksPerSecond, etaSeconds, peers } = this.progress();
    const rate = Math.round(blocksPerSecond);
    const left = etaSeconds === undefined ? '' : `, about ${etaSeconds} s left`;
    this.modules.log.info(
      { height, targetHeight, percent, blocksPerSecond: rate, peers },
      `catching up: block ${height} of ${targetHeight} (${percent} %), ${rate} blocks/s${left}`,
    );
  }

  /** Does something with each connected peer, at intervals. */
  private every(ms: number, work: (peer: Peer) => Promise<void>): void {
    const timer = setInterval(() => {
      for (const peer of this.book.connected()) this.inBackground(peer, () => work(peer));
    }, ms);
    timer.unref();
    this.timers.push(timer);
  }

  /** Work on a peer that nobody waits for. What goes wrong counts against the peer. */
  private inBackground(peer: Peer, work: () => Promise<void>): void {
    const task: Promise<void> = work()
      .catch((error: unknown) => this.conduct.failed(peer, error))
      .finally(() => this.background.delete(task));
    this.background.add(task);
  }
}
