/**
 * The tree of headers, as the store has it.
 */
import type { HeaderTree } from '../consensus/index.ts';
import type { ChainStore, StoredTip } from './ports.ts';

/** Fills an empty tree and sets its active tip. Reads no blocks and no coins. @returns the tip */
export async function loadHeaderTree(
  store: Pick<ChainStore, 'loadHeaders' | 'loadTip'>,
  headers: HeaderTree,
): Promise<StoredTip | undefined> {
  for await (const portion of store.loadHeaders()) {
    for (const stored of portion) {
      const node = headers.addHeader(stored.header, stored.hash);
      if (stored.invalidReason !== undefined) headers.markInvalid(node, stored.invalidReason);
      if (stored.hasBody) headers.addBody(node);
    }
  }
  const tip = await store.loadTip();
  if (tip === undefined) return undefined;
  const node = headers.get(tip.hash);
  if (node === undefined) throw new Error(`invariant: the header of the tip ${tip.hash} is not stored`);
  headers.setActiveTip(node);
  return tip;
}
