/**
 * A commit whose outcome is known, even when the connection breaks in the middle of it.
 */
import type { ChainChange, ChainStore, StoredTip } from './ports.ts';

/** The store failed in a way that leaves open what it holds. Nothing is lost; only a restart can tell. */
export class StoreUnusableError extends Error {
  override readonly name = 'StoreUnusableError';
}

/**
 * Commits a change of the tip. When the connection breaks during COMMIT nobody knows whether it was done: ask the store.
 * @throws StoreUnusableError where that fails too: memory and disk may differ then (the disk is intact)
 * @throws what the store threw, when the change was not made
 */
export async function commitOrFindDone(
  store: Pick<ChainStore, 'commit' | 'loadTip'>,
  change: ChainChange,
): Promise<void> {
  try {
    await store.commit(change);
  } catch (error) {
    let stored: StoredTip | undefined;
    try {
      stored = await store.loadTip();
    } catch {
      throw new StoreUnusableError('the store failed and could not be asked for its tip; restart the node', {
        cause: error,
      });
    }
    if (stored?.hash !== change.tip?.hash) throw error;
  }
}
