/**
 * Disconnecting a block: the exact reverse of connecting it (Core: DisconnectBlock).
 *
 * What a block created can be read off the block; what it spent cannot, so that was kept as *undo* when it was connected.
 * The cost is that of the block, however long the chain and however many coins there are.
 */
import type { Block } from './block.ts';
import type { CoinChanges, SpentCoin } from './coins.ts';
import { coinsCreatedBy } from './connect-block.ts';
import { isCoinbase, txidOf } from './transaction.ts';

/**
 * The changes that the block made, rebuilt from the block and its undo, ready to be taken back.
 * @throws Error when undo and block do not belong together: the database is not what we wrote, and going on would
 *         corrupt the coins
 */
export function disconnectBlock(block: Block, height: number, undo: readonly SpentCoin[]): CoinChanges {
  const undoByOutpoint = new Map(
    undo.map((entry) => [`${entry.outpoint.txid}:${entry.outpoint.index}`, entry]),
  );
  const spent: SpentCoin[] = [];
  for (const tx of block.transactions) {
    if (isCoinbase(tx)) continue;
    for (const { prevTxid, prevIndex } of tx.inputs) {
      const entry = undoByOutpoint.get(`${prevTxid}:${prevIndex}`);
      if (entry === undefined)
        throw new Error(`invariant: no undo for ${prevTxid}:${prevIndex}, spent by ${txidOf(tx)}`);
      spent.push(entry);
    }
  }
  if (spent.length !== undo.length) {
    throw new Error(
      `invariant: block at height ${height} spends ${spent.length} coins, its undo has ${undo.length}`,
    );
  }
  return { created: block.transactions.flatMap((tx) => coinsCreatedBy(tx, height)), spent };
}
