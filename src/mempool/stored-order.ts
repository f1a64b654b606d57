/**
 * The order in which stored transactions can be accepted again. The store keeps the order of arrival, but a transaction that
 * came back from a disconnected block was stored after the children that wait for it.
 */
import { type Txid, txidOf } from '../consensus/index.ts';
import type { StoredMempoolTransaction } from './ports.ts';

/** Generations: those of the first have no parents among the stored, those of the next have theirs in the first, and so on. */
export function generationsOf(stored: readonly StoredMempoolTransaction[]): StoredMempoolTransaction[][] {
  const byTxid = new Map(stored.map((item) => [txidOf(item.tx), item]));
  const openParents = new Map<Txid, number>();
  const children = new Map<Txid, Txid[]>();
  let generation: Txid[] = [];
  for (const [txid, { tx }] of byTxid) {
    const parents = new Set(tx.inputs.map((input) => input.prevTxid).filter((parent) => byTxid.has(parent)));
    for (const parent of parents) {
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [txid]);
      else siblings.push(txid);
    }
    openParents.set(txid, parents.size);
    if (parents.size === 0) generation.push(txid);
  }

  const generations: StoredMempoolTransaction[][] = [];
  while (generation.length > 0) {
    generations.push(generation.map((txid) => byTxid.get(txid) as StoredMempoolTransaction));
    const next: Txid[] = [];
    for (const txid of generation) {
      for (const child of children.get(txid) ?? []) {
        const open = (openParents.get(child) ?? 0) - 1;
        openParents.set(child, open);
        if (open === 0) next.push(child);
      }
    }
    generation = next;
  }
  return generations;
}
