/**
 * Orphan transactions: their parents are unknown here, but may be on their way (Core: TxOrphanage).
 *
 * Attacks:
 *   - filling memory: nobody can check an orphan, so anybody can make them. Their number, bytes and time are bounded;
 *   - pushing out the orphans of others: where there are too many, the source that holds most loses its oldest;
 *   - poisoning: they are kept by their full bytes (wtxid), so a copy with a spoiled signature stands beside the good one
 *     and does not take its place.
 */
import {
  outpointKey,
  type OutpointKey,
  type Transaction,
  transactionSize,
  type Txid,
  txidOf,
  type Wtxid,
  wtxidOf,
} from '../consensus/index.ts';
import type { MempoolPolicy } from './policy.ts';

/** A transaction that waits for its parents. */
export interface Orphan {
  readonly tx: Transaction;
  /** Who sent it; undefined where nobody said. */
  readonly source: string | undefined;
}

interface Held extends Orphan {
  readonly sizeBytes: number;
  readonly expiresAtMs: number;
  readonly missingParents: readonly Txid[];
}

/** No single orphan may be larger, in bytes: it could not be accepted later either (see the ancestor limit). Core: 100 kB. */
const MAX_ORPHAN_BYTES_EACH = 100_000;

export class OrphanPool {
  private readonly policy: Pick<MempoolPolicy, 'maxOrphans' | 'maxOrphanBytes' | 'orphanExpiryMs'>;
  /** Oldest first. */
  private readonly held = new Map<Wtxid, Held>();
  private readonly byParent = new Map<Txid, Set<Wtxid>>();
  private bytesTotal = 0;

  constructor(policy: Pick<MempoolPolicy, 'maxOrphans' | 'maxOrphanBytes' | 'orphanExpiryMs'>) {
    this.policy = policy;
  }

  get size(): number {
    return this.held.size;
  }

  get bytes(): number {
    return this.bytesTotal;
  }

  has(wtxid: Wtxid): boolean {
    return this.held.has(wtxid);
  }

  /** Could it be held at all? */
  accepts(tx: Transaction): boolean {
    const size = transactionSize(tx);
    return this.policy.maxOrphans > 0 && size <= Math.min(MAX_ORPHAN_BYTES_EACH, this.policy.maxOrphanBytes);
  }

  /** Holds a transaction; others may have to go. @returns whether it is held now */
  add(tx: Transaction, missingParents: readonly Txid[], source: string | undefined, nowMs: number): boolean {
    const wtxid = wtxidOf(tx);
    if (this.held.has(wtxid)) return true;
    if (!this.accepts(tx)) return false;
    this.expire(nowMs);
    const sizeBytes = transactionSize(tx);
    const expiresAtMs = nowMs + this.policy.orphanExpiryMs;
    this.held.set(wtxid, { tx, source, sizeBytes, expiresAtMs, missingParents });
    this.bytesTotal += sizeBytes;
    for (const parent of missingParents) {
      const waiting = this.byParent.get(parent);
      if (waiting === undefined) this.byParent.set(parent, new Set([wtxid]));
      else waiting.add(wtxid);
    }
    while (this.held.size > this.policy.maxOrphans || this.bytesTotal > this.policy.maxOrphanBytes) {
      this.remove(this.oldestOfBusiestSource());
    }
    return this.held.has(wtxid);
  }

  /** Takes out those that wait for this parent, oldest first, to be tried again. */
  takeChildrenOf(parent: Txid): Orphan[] {
    const waiting = this.byParent.get(parent);
    if (waiting === undefined) return [];
    const taken: Orphan[] = [];
    for (const wtxid of [...waiting]) {
      const orphan = this.held.get(wtxid);
      if (orphan !== undefined) taken.push(orphan);
      this.remove(wtxid);
    }
    return taken;
  }

  /** Drops those that a block made pointless: it contains them, or spends what they would spend (Core: EraseForBlock). */
  dropConfirmed(transactions: readonly Transaction[]): void {
    if (this.held.size === 0) return;
    const txids = new Set<Txid>();
    const spent = new Set<OutpointKey>();
    for (const tx of transactions) {
      txids.add(txidOf(tx));
      for (const { prevTxid, prevIndex } of tx.inputs) spent.add(outpointKey(prevTxid, prevIndex));
    }
    for (const [wtxid, { tx }] of this.held) {
      const pointless =
        txids.has(txidOf(tx)) ||
        tx.inputs.some(({ prevTxid, prevIndex }) => spent.has(outpointKey(prevTxid, prevIndex)));
      if (pointless) this.remove(wtxid);
    }
  }

  expire(nowMs: number): void {
    for (const [wtxid, { expiresAtMs }] of this.held) if (expiresAtMs <= nowMs) this.remove(wtxid);
  }

  private oldestOfBusiestSource(): Wtxid {
    const counts = new Map<string | undefined, number>();
    for (const { source } of this.held.values()) counts.set(source, (counts.get(source) ?? 0) + 1);
    const most = Math.max(...counts.values());
    for (const [wtxid, { source }] of this.held) if (counts.get(source) === most) return wtxid;
    throw new Error('invariant: no orphan to drop');
  }

  private remove(wtxid: Wtxid): void {
    const orphan = this.held.get(wtxid);
    if (orphan === undefined) return;
    this.held.delete(wtxid);
    this.bytesTotal -= orphan.sizeBytes;
    for (const parent of orphan.missingParents) {
      const waiting = this.byParent.get(parent);
      waiting?.delete(wtxid);
      if (waiting?.size === 0) this.byParent.delete(parent);
    }
  }
}
