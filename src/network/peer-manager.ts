/**
 * The peers of this node: whom we know, whom we ask for a better chain, whom we tell what is new.
 *
 * This is the original's network, made reliable: peers are known by address, a new block or transaction is pushed to each of
 * them, and every SYNC_INTERVAL each is asked for its tip. A chain is fetched from where it leaves ours, not as a whole.
 */
import type { Chainstate } from '../chainstate/index.ts';
import {
  type BlockHash,
  blockHashOf,
  describeParams,
  fail,
  locatorHeights,
  ok,
  type Transaction,
  type Verdict,
} from '../consensus/index.ts';
import { PeerClient, PeerFailedError } from './peer-client.ts';
import { normalisePeerUrl } from './peer-url.ts';
import type { PeerStore, StoredPeer } from './ports.ts';

export interface PeerManagerOptions {
  readonly maxPeers: number;
  /** Seconds; 0 = only when asked. */
  readonly syncIntervalS: number;
}

export interface PeerManagerModules {
  readonly store: PeerStore;
  readonly chain: Chainstate;
  readonly clock: { nowMs(): number };
  readonly log: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
}

export interface SyncResult {
  /** Whether our tip changed. */
  readonly synced: boolean;
  readonly message: string;
  /** Our height afterwards; −1 when nothing changed (as the original answers). */
  readonly newHeight: number;
}

/** A peer with so many failures in a row is not active: it is asked again at each interval, but nothing is pushed to it. */
const FAILURES_UNTIL_INACTIVE = 3;
const BLOCKS_PER_REQUEST = 50;
/** Blocks and transactions that wait to be told to one peer; the oldest are dropped, syncing brings them anyway. */
const MAX_WAITING = 100;

interface Peer {
  readonly client: PeerClient;
  stored: StoredPeer;
  readonly waiting: (() => Promise<void>)[];
  sending: boolean;
}

export class PeerManager {
  private readonly options: PeerManagerOptions;
  private readonly modules: PeerManagerModules;
  private readonly peers = new Map<string, Peer>();
  private readonly shutdown = new AbortController();
  private readonly syncs = new Map<string, Promise<SyncResult>>();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(options: PeerManagerOptions, modules: PeerManagerModules) {
    this.options = options;
    this.modules = modules;
  }

  /** Loads known peers, adds those of the configuration, and begins to ask them at intervals. */
  async start(bootstrapPeers: readonly string[]): Promise<void> {
    for (const stored of await this.modules.store.load()) this.remember(stored);
    this.unsubscribe = this.modules.chain.events.subscribe((event) => {
      // What comes by syncing is no news to the network.
      if (event.type !== 'tip-changed' || this.syncs.size > 0) return;
      for (const { block } of event.connected.slice(-MAX_WAITING))
        this.tellAll((client) => client.sendBlock(block));
    });
    for (const url of bootstrapPeers) {
      const added = await this.add(url);
      if (!added.ok) this.modules.log.warn({ url, reason: added.reason }, `peer not added: ${added.detail}`);
    }
    if (this.options.syncIntervalS > 0) {
      this.timer = setInterval(
        () => this.inBackground(this.syncWithAll()),
        this.options.syncIntervalS * 1_000,
      );
      this.timer.unref();
      this.inBackground(this.syncWithAll());
    }
  }

  /** Ends all requests. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.unsubscribe?.();
    this.shutdown.abort();
    await Promise.allSettled(this.syncs.values());
  }

  /** Active peers, and all that are kept. */
  list(): { peers: string[]; stored: StoredPeer[] } {
    const stored = [...this.peers.values()].map((peer) => peer.stored);
    return { peers: stored.filter(({ isActive }) => isActive).map(({ url }) => url), stored };
  }

  /** Remembers a peer, over restarts too. Adding one again makes it active again. */
  async add(url: string): Promise<Verdict<{ url: string }>> {
    const normalised = normalisePeerUrl(url);
    if (!normalised.ok) return normalised;
    if (!this.peers.has(normalised.value) && this.peers.size >= this.options.maxPeers) {
      return fail('too-many-peers', `${this.peers.size} peers are known already (MAX_PEERS)`);
    }
    await this.update({
      url: normalised.value,
      isActive: true,
      failures: 0,
      lastSeenMs: this.peers.get(normalised.value)?.stored.lastSeenMs,
    });
    return ok({ url: normalised.value });
  }

  /**
   * Asks one peer, known or not, for a better chain and follows it.
   * @throws PeerFailedError when the peer does not answer or sends what cannot be used
   */
  async sync(url: string): Promise<SyncResult> {
    const normalised = normalisePeerUrl(url);
    if (!normalised.ok) throw new PeerFailedError(normalised.detail);
    const underWay = this.syncs.get(normalised.value);
    if (underWay !== undefined) return underWay;
    const sync = this.syncFrom(normalised.value).finally(() => this.syncs.delete(normalised.value));
    this.syncs.set(normalised.value, sync);
    return sync;
  }

  /** Tells all active peers of a transaction. Whoever has it answers 409, so it travels each way once. */
  announceTransaction(tx: Transaction): void {
    this.tellAll((client) => client.sendTransaction(tx));
  }

  private remember(stored: StoredPeer): Peer {
    const known = this.peers.get(stored.url);
    if (known !== undefined) {
      known.stored = stored;
      return known;
    }
    const peer: Peer = {
      stored,
      client: new PeerClient(stored.url, this.shutdown.signal),
      waiting: [],
      sending: false,
    };
    this.peers.set(stored.url, peer);
    return peer;
  }

  private async update(stored: StoredPeer): Promise<void> {
    this.remember(stored);
    await this.modules.store.save(stored);
  }

  private async noteAnswer(url: string, answered: boolean): Promise<void> {
    const peer = this.peers.get(url);
    if (peer === undefined || this.isStopped()) return;
    const failures = answered ? 0 : peer.stored.failures + 1;
    await this.update({
      url,
      failures,
      isActive: failures < FAILURES_UNTIL_INACTIVE,
      lastSeenMs: answered ? this.modules.clock.nowMs() : peer.stored.lastSeenMs,
    });
  }

  /** One peer after the other is told one thing after the other; a slow peer delays nobody else. */
  private tellAll(tell: (client: PeerClient) => Promise<void>): void {
    for (const peer of this.peers.values()) {
      if (!peer.stored.isActive) continue;
      peer.waiting.push(() => tell(peer.client));
      if (peer.waiting.length > MAX_WAITING) peer.waiting.shift();
      if (!peer.sending) this.inBackground(this.sendWaiting(peer));
    }
  }

  private async sendWaiting(peer: Peer): Promise<void> {
    peer.sending = true;
    try {
      for (let next = peer.waiting.shift(); next !== undefined; next = peer.waiting.shift()) {
        const answered = await next().then(
          () => true,
          // A refusal is an answer: it is there, and has its own opinion.
          (error: unknown) => error instanceof PeerFailedError && error.status !== undefined,
        );
        await this.noteAnswer(peer.stored.url, answered);
      }
    } finally {
      peer.sending = false;
    }
  }

  /** Work that nobody waits for. What can fail in it is the store; the next attempt will tell again. */
  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.isStopped()) this.modules.log.warn({ err: error }, 'work on a peer failed');
    });
  }

  private isStopped(): boolean {
    return this.shutdown.signal.aborted;
  }

  private async syncWithAll(): Promise<void> {
    for (const url of this.peers.keys()) {
      if (this.isStopped()) return;
      try {
        const { synced, newHeight } = await this.sync(url);
        if (synced) this.modules.log.info({ url, height: newHeight }, 'synced with a peer');
      } catch (error) {
        if (!this.isStopped()) this.modules.log.warn({ url }, `sync failed: ${(error as Error).message}`);
      }
    }
  }

  private async syncFrom(url: string): Promise<SyncResult> {
    const client = this.peers.get(url)?.client ?? new PeerClient(url, this.shutdown.signal);
    try {
      const result = await this.follow(client);
      await this.noteAnswer(url, true);
      return result;
    } catch (error) {
      if (error instanceof PeerFailedError) await this.noteAnswer(url, false);
      throw error;
    }
  }

  private async follow(client: PeerClient): Promise<SyncResult> {
    const { chain } = this.modules;
    const unchanged = (message: string): SyncResult => ({ synced: false, message, newHeight: -1 });
    await this.requireSameNetwork(client);
    const theirs = await client.tip();
    if (theirs.height < 0) return unchanged('Peer has empty chain');
    const tipBefore = chain.tip;
    if (theirs.hash !== null && chain.headers.get(theirs.hash as BlockHash)?.hasBody === true) {
      return unchanged(
        `Chain work is not better than current ${tipBefore?.chainWork ?? 0n}: its tip is known here`,
      );
    }

    let from = (await this.lastCommonHeight(client, theirs.height)) + 1;
    while (from <= theirs.height && !this.isStopped()) {
      const portion = await client.blocksFrom(from, BLOCKS_PER_REQUEST);
      if (portion.length === 0) break;
      for (const { block, height } of portion) {
        const verdict = await chain.acceptBlock(block);
        if (!verdict.ok && verdict.class !== 'duplicate') {
          throw new PeerFailedError(
            `its block at height ${height} is invalid: ${verdict.reason} (${verdict.detail})`,
          );
        }
      }
      from += portion.length;
    }
    if (chain.tip === tipBefore)
      return unchanged(`Chain work is not better than current ${tipBefore?.chainWork ?? 0n}`);
    return { synced: true, message: 'Chain imported successfully', newHeight: chain.height };
  }

  /**
   * Nodes with other chain parameters are another network.
   * @throws PeerFailedError naming what differs
   */
  private async requireSameNetwork(client: PeerClient): Promise<void> {
    const theirs = await client.params();
    if (theirs === undefined) return;
    const differences = Object.entries(describeParams(this.modules.chain.params))
      .map(([name, ours]) => ({ name, ours, other: String(theirs[name.toLowerCase()]) }))
      .filter(({ ours, other }) => ours !== other)
      .map(({ name, ours, other }) => `${name} is ${other.slice(0, 80)} there, ${ours} here`);
    if (differences.length > 0)
      throw new PeerFailedError(`it is of another network: ${differences.join('; ')}`);
  }

  /** The highest block, among those that a locator names, which both chains have; −1 when there is none. */
  private async lastCommonHeight(client: PeerClient, theirHeight: number): Promise<number> {
    const { headers } = this.modules.chain;
    for (const height of locatorHeights(Math.min(this.modules.chain.height, theirHeight))) {
      const [theirs] = await client.blocksFrom(height, 1);
      if (theirs === undefined) continue;
      const ours = headers.get(blockHashOf(theirs.block.header));
      if (ours !== undefined && headers.isActive(ours)) return height;
    }
    return -1;
  }
}
