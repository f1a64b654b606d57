/**
 * New transactions: told by the ids of their full bytes, fetched in small batches from whoever told first.
 *
 * By *full bytes* (wtxid, as in BIP339), because a copy with a spoiled signature has the same txid as the good one. Who told of
 * it by txid, or remembered by txid that it was bad, could be kept from ever getting the good copy (PROTOCOL 2).
 *
 * A transaction is asked for once. If it does not come, the next one who told of it is asked. What was refused is remembered
 * until the next block, since a block may change the verdict.
 */
import { type Transaction, type Txid, txidOf, type Wtxid, wtxidOf } from '../consensus/index.ts';
import { MempoolBusyError, type Mempool } from '../mempool/index.ts';
import { MAX_TRANSACTIONS, type TransactionName } from './messages.ts';
import type { Offence } from './misbehaviour.ts';
import type { Peer } from './peer.ts';
import { RecentSet } from './recent-set.ts';

export interface TransactionRelayModules {
  readonly mempool: Mempool;
  readonly punish: (peer: Peer, offence: Offence, detail: string) => void;
  readonly failed: (peer: Peer, error: unknown) => void;
  /** False while we are far behind: then no coin of a new transaction is known here. */
  readonly isWanted: () => boolean;
}

/** Ids that wait to be asked for, of one peer. */
const MAX_WANTED = 50_000;
/** Others who told of the same transaction. */
const MAX_ALTERNATES = 8;
const REMEMBERED_REFUSALS = 20_000;

interface Wanted {
  /** Who is being asked, or will be. */
  peer: Peer;
  readonly alternates: Set<Peer>;
}

export class TransactionRelay {
  private readonly modules: TransactionRelayModules;
  private readonly wanted = new Map<Wtxid, Wanted>();
  private readonly queues = new Map<Peer, Set<Wtxid>>();
  private readonly fetching = new Set<Peer>();
  private readonly refused = new RecentSet<Wtxid>(REMEMBERED_REFUSALS);
  /** What waits in our mempool, by its full bytes. */
  private readonly ours = new Map<Wtxid, Txid>();

  constructor(modules: TransactionRelayModules) {
    this.modules = modules;
    for (const { tx } of modules.mempool.entries()) this.ours.set(wtxidOf(tx), txidOf(tx));
    modules.mempool.events.subscribe((event) => {
      if (event.type === 'accepted') this.ours.set(event.entry.wtxid, event.entry.txid);
      else this.ours.delete(event.entry.wtxid);
    });
  }

  /** Ids of all that waits here, parents before children. */
  mempoolIds(most: number): Wtxid[] {
    return this.modules.mempool
      .entries()
      .slice(0, most)
      .map(({ wtxid }) => wtxid);
  }

  /** A waiting transaction by either name. */
  find(name: TransactionName): Transaction | undefined {
    const txid = name.kind === 'txid' ? name.id : this.ours.get(name.id);
    return txid === undefined ? undefined : this.modules.mempool.get(txid)?.tx;
  }

  /** Refusals may not hold any more. */
  tipChanged(): void {
    this.refused.clear();
  }

  /** A peer tells of transactions. */
  announced(peer: Peer, wtxids: readonly Wtxid[]): void {
    for (const wtxid of wtxids) peer.knownTransactions.add(wtxid);
    if (!this.modules.isWanted()) return;
    for (const wtxid of wtxids) this.want(peer, wtxid);
    this.fetchFrom(peer);
  }

  /** Nothing comes from this peer any more: others are asked for what it was to send. */
  gone(peer: Peer): void {
    const queue = this.queues.get(peer);
    this.queues.delete(peer);
    for (const wtxid of queue ?? []) this.askAnother(wtxid, peer);
    for (const { alternates } of this.wanted.values()) alternates.delete(peer);
  }

  private want(peer: Peer, wtxid: Wtxid): void {
    if (this.ours.has(wtxid) || this.refused.has(wtxid) || this.modules.mempool.holdsOrphan(wtxid)) return;
    const wanted = this.wanted.get(wtxid);
    if (wanted !== undefined) {
      if (wanted.peer !== peer && wanted.alternates.size < MAX_ALTERNATES) wanted.alternates.add(peer);
      return;
    }
    const queue = this.queueOf(peer);
    if (queue.size >= MAX_WANTED) return;
    this.wanted.set(wtxid, { peer, alternates: new Set() });
    queue.add(wtxid);
  }

  private queueOf(peer: Peer): Set<Wtxid> {
    let queue = this.queues.get(peer);
    if (queue === undefined) this.queues.set(peer, (queue = new Set()));
    return queue;
  }

  private fetchFrom(peer: Peer): void {
    if (this.fetching.has(peer) || (this.queues.get(peer)?.size ?? 0) === 0) return;
    this.fetching.add(peer);
    this.fetchAll(peer)
      .catch((error: unknown) => this.modules.failed(peer, error))
      .finally(() => {
        this.fetching.delete(peer);
        // What came in the last moment, unless the peer is gone.
        if (peer.link !== undefined) this.fetchFrom(peer);
        else this.gone(peer);
      });
  }

  private async fetchAll(peer: Peer): Promise<void> {
    const queue = this.queueOf(peer);
    while (queue.size > 0 && peer.link !== undefined) {
      const batch = [...queue].slice(0, MAX_TRANSACTIONS);
      let found: readonly (Transaction | undefined)[] = [];
      try {
        found = await peer.link.transactions(batch.map((id) => ({ kind: 'wtxid', id })));
      } finally {
        for (const [i, wtxid] of batch.entries()) {
          queue.delete(wtxid);
          if (found[i] === undefined) this.askAnother(wtxid, peer);
          else this.wanted.delete(wtxid);
        }
      }
      await this.take(
        peer,
        found.filter((tx) => tx !== undefined),
      );
    }
  }

  private askAnother(wtxid: Wtxid, peer: Peer): void {
    const wanted = this.wanted.get(wtxid);
    if (wanted?.peer !== peer) return;
    this.wanted.delete(wtxid);
    const [next, ...others] = [...wanted.alternates].filter(({ link }) => link !== undefined);
    if (next === undefined) return;
    this.wanted.set(wtxid, { peer: next, alternates: new Set(others) });
    this.queueOf(next).add(wtxid);
    this.fetchFrom(next);
  }

  /** Hands transactions to the mempool. All at once: their writes then go together. */
  private async take(peer: Peer, transactions: readonly Transaction[]): Promise<void> {
    const missing = await Promise.all(transactions.map((tx) => this.takeOne(peer, tx)));
    // A parent may have been in the same batch.
    const parents = [...new Set(missing.flat())].filter((txid) => !this.modules.mempool.has(txid));
    if (parents.length > 0) await this.fetchParents(peer, parents);
  }

  /** @returns parents that are unknown here */
  private async takeOne(peer: Peer, tx: Transaction): Promise<readonly Txid[]> {
    const { mempool, punish } = this.modules;
    let verdict;
    try {
      verdict = await mempool.accept(tx, { source: peer.url });
    } catch (error) {
      if (error instanceof MempoolBusyError) return [];
      throw error;
    }
    if (verdict.ok) return [];
    if (verdict.heldAsOrphan) return verdict.missingParents;
    switch (verdict.class) {
      case 'consensus':
      case 'mutated':
      case 'malformed':
        punish(peer, 'invalid-transaction', `${txidOf(tx)}: ${verdict.reason} (${verdict.detail})`);
        this.refused.add(wtxidOf(tx));
        break;
      case 'policy':
      case 'time-future':
      case 'missing-inputs':
      case 'missing-parent':
        this.refused.add(wtxidOf(tx));
        break;
      case 'duplicate':
        break;
    }
    return [];
  }

  /** Who sent a child has its parents. One generation at a time, and never more than a chain in a mempool can be long. */
  private async fetchParents(peer: Peer, parents: readonly Txid[], generation = 0): Promise<void> {
    if (generation >= this.modules.mempool.policy.maxAncestors || peer.link === undefined) return;
    const names = parents.slice(0, MAX_TRANSACTIONS).map((id): TransactionName => ({ kind: 'txid', id }));
    const found = (await peer.link.transactions(names)).filter((tx) => tx !== undefined);
    const missing = await Promise.all(found.map((tx) => this.takeOne(peer, tx)));
    const next = [...new Set(missing.flat())].filter((txid) => !this.modules.mempool.has(txid));
    if (next.length > 0) await this.fetchParents(peer, next, generation + 1);
  }
}
