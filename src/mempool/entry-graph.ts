/**
 * Who spends whose outputs among the waiting transactions, with sums over ancestors and descendants that are kept up to
 * date step by step: a change costs the size of the family (bounded by the limits), never that of the mempool.
 *
 *        A ─┬─> B ──> D          ancestors of D: A, B, C
 *           └─> C ──┘            descendants of A: B, C, D
 *
 * Two ways to leave, and both keep the sums of the others exact:
 *   unlinkLeaf  nothing hangs on it any more: replaced, evicted, conflicting (children leave before their parents)
 *   unlinkRoot  nothing is above it any more: confirmed (parents leave before their children)
 * (Core: UpdateForRemoveFromMempool.)
 */
import { addTo, isMinedBefore, keepingScore, type MempoolEntry, subtractFrom } from './entry.ts';
import { compareFeeRates } from './fee-rate.ts';
import { Heap } from './heap.ts';

/** `parents` and everything above them. */
export function ancestorsOf(parents: Iterable<MempoolEntry>): Set<MempoolEntry> {
  const found = new Set(parents);
  // A Set visits what is added while it is walked, so this reaches everything.
  for (const entry of found) for (const parent of entry.parents) found.add(parent);
  return found;
}

/** `roots` and everything below them. */
export function descendantsOf(roots: Iterable<MempoolEntry>): Set<MempoolEntry> {
  const found = new Set(roots);
  for (const entry of found) for (const child of entry.children) found.add(child);
  return found;
}

export class EntryGraph {
  /** The entry that is worth least together with what hangs on it comes first; of equals the newest. */
  private readonly worstFirst = new Heap<MempoolEntry>(
    (a, b) => {
      const order = compareFeeRates(keepingScore(a), keepingScore(b));
      return order === 0 ? a.sequence > b.sequence : order < 0;
    },
    (entry, index) => {
      entry.heapIndex = index;
    },
  );

  /** What a miner wants most comes first. */
  private readonly bestFirst = new Heap<MempoolEntry>(isMinedBefore, (entry, index) => {
    entry.miningIndex = index;
  });

  /** From the first that a miner wants to the last, as far as the caller goes on. Nothing may come or go meanwhile. */
  byMiningScore(): Generator<MempoolEntry, void> {
    return this.bestFirst.inOrder();
  }

  /** The root of the package to throw out first. */
  worst(): MempoolEntry | undefined {
    return this.worstFirst.peek();
  }

  /** Adds an entry that has no children here. Its own sums over ancestors are right already. */
  link(entry: MempoolEntry): void {
    for (const parent of entry.parents) parent.children.add(entry);
    if (entry.parents.size > 0) {
      for (const ancestor of ancestorsOf(entry.parents)) {
        addTo(ancestor.withDescendants, entry);
        this.worstFirst.reorderAt(ancestor.heapIndex);
      }
    }
    this.worstFirst.push(entry);
    this.bestFirst.push(entry);
  }

  /** Takes out an entry without children; {@link link} puts it back exactly as it was. */
  unlinkLeaf(entry: MempoolEntry): void {
    if (entry.children.size > 0) throw new Error(`invariant: ${entry.txid} still has children`);
    for (const parent of entry.parents) parent.children.delete(entry);
    if (entry.parents.size > 0) {
      for (const ancestor of ancestorsOf(entry.parents)) {
        subtractFrom(ancestor.withDescendants, entry);
        this.worstFirst.reorderAt(ancestor.heapIndex);
      }
    }
    this.forget(entry);
  }

  /** Takes out an entry without parents; its children stay. */
  unlinkRoot(entry: MempoolEntry): void {
    if (entry.parents.size > 0) throw new Error(`invariant: ${entry.txid} still has parents`);
    for (const descendant of descendantsOf(entry.children)) {
      subtractFrom(descendant.withAncestors, entry);
      this.bestFirst.reorderAt(descendant.miningIndex);
    }
    for (const child of entry.children) child.parents.delete(entry);
    this.forget(entry);
  }

  private forget(entry: MempoolEntry): void {
    this.worstFirst.removeAt(entry.heapIndex);
    this.bestFirst.removeAt(entry.miningIndex);
  }
}
