/**
 * All known peers, and what is kept of them over restarts.
 *
 * Attack (address spam): whoever tells of made-up addresses would fill memory and disk, and push out the good ones (eclipse).
 * So the book has room for {@link MAX_KNOWN}; what the owner added stays; of the others, those that never answered go first,
 * and one peer can fill only a part of what is free.
 */
import { fail, ok, type Verdict } from '../consensus/index.ts';
import type { Nearness } from './address-policy.ts';
import { Peer } from './peer.ts';
import { normalisePeerUrl } from './peer-url.ts';
import type { PeerSource, PeerStatus, PeerStore } from './ports.ts';

/** Peers in the book. */
export const MAX_KNOWN = 1_000;
const SAVE_AFTER_MS = 2_000;

export interface PeerBookModules {
  readonly store: PeerStore;
  readonly clock: { nowMs(): number };
  /** Saving failed in the background; the next change tries again. */
  readonly onSaveFailed: (error: unknown) => void;
}

export class PeerBook {
  private readonly peers = new Map<string, Peer>();
  /** Other addresses of connected peers, that lead to the same place. */
  private readonly aliases = new Map<string, Peer>();
  private readonly dirty = new Set<Peer>();
  private readonly maxOwned: number;
  private readonly modules: PeerBookModules;
  private saving: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(maxOwned: number, modules: PeerBookModules) {
    this.maxOwned = maxOwned;
    this.modules = modules;
  }

  async load(): Promise<void> {
    const nowMs = this.modules.clock.nowMs();
    for (const stored of await this.modules.store.load())
      this.peers.set(stored.url, Peer.fromStored(stored, nowMs));
  }

  get size(): number {
    return this.peers.size;
  }

  all(): IterableIterator<Peer> {
    return this.peers.values();
  }

  /** @param url normalised */
  get(url: string): Peer | undefined {
    return this.peers.get(url);
  }

  connected(): Peer[] {
    return [...this.peers.values()].filter(({ connection }) => connection !== undefined);
  }

  /** As they stand: connected ones first, then in the order in which we came to know them. */
  list(): PeerStatus[] {
    const nowMs = this.modules.clock.nowMs();
    const all = [...this.peers.values()].map((peer) => peer.status(nowMs));
    return [...all.filter(isConnected), ...all.filter((peer) => !isConnected(peer))];
  }

  /**
   * The owner's word: it is kept, whatever it does. The same peer again where it is known.
   * @returns `malformed-field`, `too-many-peers`
   */
  own(url: string): Verdict<Peer> {
    const normalised = normalisePeerUrl(url);
    if (!normalised.ok) return normalised;
    const known = this.peers.get(normalised.value);
    const owned = [...this.peers.values()].filter(({ source }) => source === 'owner').length;
    if (known?.source !== 'owner' && owned >= this.maxOwned)
      return fail('too-many-peers', `${owned} peers were added already (MAX_PEERS)`);
    if (known !== undefined) {
      known.source = 'owner';
      known.teller = undefined;
      this.touch(known);
      return ok(known);
    }
    return ok(this.insert(normalised.value, 'owner', undefined));
  }

  /** Somebody's word. @returns undefined where there is no room; the known one where it is known */
  learn(url: string, source: 'inbound' | 'gossip', teller: Nearness): Peer | undefined {
    const known = this.peers.get(url) ?? this.connectedAs(url);
    if (known !== undefined) return known;
    if (this.peers.size >= MAX_KNOWN && !this.dropWorst()) return undefined;
    return this.insert(url, source, teller);
  }

  /** `alias` turned out to be another name of `peer`, to which a line is up: whoever gives that name means this peer. */
  async addAlias(alias: Peer, peer: Peer): Promise<void> {
    if (alias.source === 'owner') return; // his own word stays
    for (const oldest of this.aliases.keys()) {
      if (this.aliases.size < MAX_KNOWN) break;
      this.aliases.delete(oldest);
    }
    this.aliases.set(alias.url, peer);
    await this.remove(alias);
  }

  private connectedAs(url: string): Peer | undefined {
    const peer = this.aliases.get(url);
    if (peer === undefined || (peer.connection !== undefined && this.peers.get(peer.url) === peer))
      return peer;
    this.aliases.delete(url);
    return undefined;
  }

  /** Something of it has changed that is kept. */
  touch(peer: Peer): void {
    if (peer.isTransient) return;
    this.dirty.add(peer);
    this.timer ??= setTimeout(() => {
      this.save().catch(this.modules.onSaveFailed);
    }, SAVE_AFTER_MS).unref();
  }

  /** Takes it out, on disk too. */
  async remove(peer: Peer): Promise<void> {
    this.peers.delete(peer.url);
    this.dirty.delete(peer);
    await this.inTurn(() => this.modules.store.remove(peer.url));
  }

  /** When it resolves, all changes so far are on disk. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.inTurn(async () => {
      const nowMs = this.modules.clock.nowMs();
      const changed = [...this.dirty].filter((peer) => this.peers.get(peer.url) === peer);
      this.dirty.clear();
      if (changed.length === 0) return;
      try {
        await this.modules.store.save(changed.map((peer) => peer.stored(nowMs)));
      } catch (error) {
        for (const peer of changed) this.dirty.add(peer);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.save();
    clearTimeout(this.timer);
  }

  /** One write after the other: a removal must not overtake the saving of the same peer. */
  private inTurn(write: () => Promise<void>): Promise<void> {
    const result = this.saving.then(write);
    this.saving = result.catch(() => undefined);
    return result;
  }

  private insert(url: string, source: PeerSource, teller: Nearness | undefined): Peer {
    const peer = new Peer(url, { source, teller, nowMs: this.modules.clock.nowMs() });
    this.peers.set(url, peer);
    this.touch(peer);
    return peer;
  }

  /** @returns whether there is room now */
  private dropWorst(): boolean {
    const nowMs = this.modules.clock.nowMs();
    let worst: Peer | undefined;
    for (const peer of this.peers.values()) {
      const isKept = peer.source === 'owner' || peer.connection !== undefined || peer.isConnecting;
      // A ban must not be lifted by flooding the book.
      if (isKept || peer.isBanned(nowMs) || peer.lastSeenMs !== undefined) continue;
      if (worst === undefined || peer.failures > worst.failures) worst = peer;
    }
    if (worst === undefined) return false;
    this.remove(worst).catch(this.modules.onSaveFailed);
    return true;
  }
}

function isConnected({ state }: PeerStatus): boolean {
  return state === 'connected';
}
