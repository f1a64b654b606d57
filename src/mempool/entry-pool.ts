/**
 * The waiting transactions in memory, and the indexes over them: by txid, by the coins they spend, by address, and as a
 * graph. Synchronous and without opinions: what may come in has been decided before.
 */
import type { Address, OutpointKey, Txid } from '../consensus/index.ts';
import { ArrivalList } from './arrival-list.ts';
import { inOrder, type MempoolEntry, type PackageTotals } from './entry.ts';
import { descendantsOf, EntryGraph } from './entry-graph.ts';

/** An addition that has been tried out: graph and sums show it, the other indexes do not yet. */
export interface StagedEntry {
  /** False when there is no room for it: then {@link undo} is the only way on. */
  readonly fits: boolean;
  /** What must leave to make room, oldest first. */
  readonly evicted: readonly MempoolEntry[];
  /** The evicted packages, each as it was when its turn came. */
  readonly evictedPackages: readonly PackageTotals[];
  commit(): void;
  /** Everything is as it was before. */
  undo(): void;
}

export class EntryPool {
  private readonly byTxid = new Map<Txid, MempoolEntry>();
  private readonly spenders = new Map<OutpointKey, MempoolEntry>();
  private readonly byAddress = new Map<Address, Set<MempoolEntry>>();
  private readonly graph = new EntryGraph();
  private readonly arrivals = new ArrivalList();
  private bytesTotal = 0;
  private feesTotal = 0;
  private lastSequence = 0;

  get size(): number {
    return this.byTxid.size;
  }

  /** Full bytes of all together. */
  get bytes(): number {
    return this.bytesTotal;
  }

  /** Base units. */
  get fees(): number {
    return this.feesTotal;
  }

  get(txid: Txid): MempoolEntry | undefined {
    return this.byTxid.get(txid);
  }

  spenderOf(key: OutpointKey): MempoolEntry | undefined {
    return this.spenders.get(key);
  }

  /** Entries that pay to an address or spend its coins. */
  touching(address: Address): Iterable<MempoolEntry> {
    return this.byAddress.get(address) ?? [];
  }

  /** In the order of acceptance. */
  values(): MapIterator<MempoolEntry> {
    return this.byTxid.values();
  }

  /** Those accepted after the one with this sequence number, in that order. Nothing may come or go meanwhile. */
  acceptedAfter(sequence: number): Generator<MempoolEntry, void> {
    return this.arrivals.after(sequence);
  }

  /** From the first that a miner wants to the last, as far as the caller goes on. Nothing may come or go meanwhile. */
  byMiningScore(): Generator<MempoolEntry, void> {
    return this.graph.byMiningScore();
  }

  nextSequence(): number {
    return ++this.lastSequence;
  }

  /**
   * Tries what happens when `entry` comes, `replaced` go (with their descendants, all listed) and the worst packages are
   * thrown out until the rest fits into `maxBytes` (Core: TrimToSize).
   */
  stage(entry: MempoolEntry, replaced: Iterable<MempoolEntry>, maxBytes: number): StagedEntry {
    const removed: MempoolEntry[] = [];
    const evicted: MempoolEntry[] = [];
    const evictedPackages: PackageTotals[] = [];
    let bytes = this.bytesTotal + entry.sizeBytes;
    const unlink = (leaving: MempoolEntry): void => {
      this.graph.unlinkLeaf(leaving);
      removed.push(leaving);
      bytes -= leaving.sizeBytes;
    };

    for (const leaving of inOrder(replaced).reverse()) unlink(leaving);
    this.graph.link(entry);
    while (bytes > maxBytes) {
      const worst = this.graph.worst();
      if (worst === undefined) break;
      evictedPackages.push({ ...worst.withDescendants });
      for (const leaving of inOrder(descendantsOf([worst])).reverse()) {
        unlink(leaving);
        evicted.push(leaving);
      }
    }

    const fits = !evicted.includes(entry);
    return {
      fits,
      evicted: inOrder(evicted),
      evictedPackages,
      commit: () => {
        if (!fits) throw new Error(`invariant: ${entry.txid} does not fit`);
        for (const leaving of removed) this.forget(leaving);
        this.remember(entry);
      },
      undo: () => {
        // Exactly backwards, so that every entry finds its relatives as they were when it left.
        for (const leaving of removed.reverse()) if (leaving !== entry) this.graph.link(leaving);
        if (fits) this.graph.unlinkLeaf(entry);
      },
    };
  }

  /** Takes out entries with all that hangs on them. @returns all of them, oldest first */
  removeWithDescendants(roots: Iterable<MempoolEntry>): MempoolEntry[] {
    const leaving = inOrder(descendantsOf(roots));
    for (const entry of leaving.toReversed()) {
      this.graph.unlinkLeaf(entry);
      this.forget(entry);
    }
    return leaving;
  }

  /** Takes out an entry that a block contains; its ancestors have left before, its children stay. */
  removeConfirmed(entry: MempoolEntry): void {
    this.graph.unlinkRoot(entry);
    this.forget(entry);
  }

  private remember(entry: MempoolEntry): void {
    this.byTxid.set(entry.txid, entry);
    this.arrivals.add(entry);
    for (const key of entry.spentKeys) this.spenders.set(key, entry);
    for (const address of addressesOf(entry)) {
      const entries = this.byAddress.get(address);
      if (entries === undefined) this.byAddress.set(address, new Set([entry]));
      else entries.add(entry);
    }
    this.bytesTotal += entry.sizeBytes;
    this.feesTotal += entry.fee;
  }

  private forget(entry: MempoolEntry): void {
    this.byTxid.delete(entry.txid);
    this.arrivals.remove(entry);
    for (const key of entry.spentKeys) this.spenders.delete(key);
    for (const address of addressesOf(entry)) {
      const entries = this.byAddress.get(address);
      entries?.delete(entry);
      if (entries?.size === 0) this.byAddress.delete(address);
    }
    this.bytesTotal -= entry.sizeBytes;
    this.feesTotal -= entry.fee;
  }
}

function addressesOf(entry: MempoolEntry): Set<Address> {
  const addresses = new Set<Address>();
  for (const { coin } of entry.spent) addresses.add(coin.pubkeyHash);
  for (const { pubkeyHash } of entry.tx.outputs) addresses.add(pubkeyHash);
  return addresses;
}
