/**
 * What a change of the chain does to the waiting transactions, at once and without waiting for anything
 * (Core: removeForBlock, removeForReorg, DisconnectedBlockTransactions).
 *
 *   1. What a connected block contains leaves; what conflicts with it leaves with everything that hangs on it.
 *   2. What spends an output of a block that is gone leaves *for now*: its parent must come back before it can.
 *   3. What could not be in the next block any more (locktime, maturity; only after a reorg) leaves too.
 *   4. The transactions of the blocks that are gone, and then those of 2, are to be tried again, parents first.
 *
 * So at every moment all that is in the mempool is valid for the next block.
 */
import { isCoinbase, outpointKey, type Transaction, type Txid, txidOf } from '../consensus/index.ts';
import { isMinable, type MempoolEntry } from './entry.ts';
import type { EntryPool } from './entry-pool.ts';
import type { BlocksChange, HeightedBlock, RemovalCause } from './verdicts.ts';

/** An entry that left. */
export interface Departure {
  readonly entry: MempoolEntry;
  readonly cause: RemovalCause;
  readonly by: Txid | undefined;
}

/** A transaction that is to be tried again; `receivedAtMs` where it waited here before. */
export interface Returning {
  readonly tx: Transaction;
  readonly receivedAtMs: number | undefined;
}

/**
 * @param nextHeight height of the block after the new tip
 * @param medianTimePast of the new tip, seconds
 */
export function applyBlocks(
  pool: EntryPool,
  change: BlocksChange,
  nextHeight: number,
  medianTimePast: number,
): { departures: Departure[]; returning: Returning[] } {
  const departures: Departure[] = [];
  const connected = paymentsOf(change.connected);
  for (const tx of connected) removeFor(tx, pool, departures);
  if (change.disconnected.length === 0) return { departures, returning: [] };

  const confirmed = new Set(connected.map(txidOf));
  const gone = paymentsOf(change.disconnected).filter((tx) => !confirmed.has(txidOf(tx)));
  const goneCoinbases = change.disconnected.flatMap(({ block }) => block.transactions.filter(isCoinbase));
  const unsettled = new Set<MempoolEntry>();
  for (const tx of [...goneCoinbases, ...gone]) {
    for (const index of tx.outputs.keys()) {
      const spender = pool.spenderOf(outpointKey(txidOf(tx), index));
      if (spender !== undefined) unsettled.add(spender);
    }
  }
  for (const entry of pool.values()) {
    if (!isMinable(entry, nextHeight, medianTimePast)) unsettled.add(entry);
  }
  const leaving = pool.removeWithDescendants(unsettled);
  for (const entry of leaving) departures.push({ entry, cause: 'reorg', by: undefined });
  return {
    departures,
    returning: [
      ...gone.map((tx) => ({ tx, receivedAtMs: undefined })),
      ...leaving.map(({ tx, receivedAtMs }) => ({ tx, receivedAtMs })),
    ],
  };
}

function removeFor(tx: Transaction, pool: EntryPool, departures: Departure[]): void {
  const txid = txidOf(tx);
  const confirmed = pool.get(txid);
  if (confirmed !== undefined) {
    pool.removeConfirmed(confirmed);
    departures.push({ entry: confirmed, cause: 'confirmed', by: undefined });
    return;
  }
  for (const { prevTxid, prevIndex } of tx.inputs) {
    const conflict = pool.spenderOf(outpointKey(prevTxid, prevIndex));
    if (conflict === undefined) continue;
    for (const entry of pool.removeWithDescendants([conflict])) {
      departures.push({ entry, cause: 'conflict', by: txid });
    }
  }
}

/** All transactions but the coinbases, in the order of the chain, in whatever order the blocks are listed. */
function paymentsOf(blocks: readonly HeightedBlock[]): Transaction[] {
  return [...blocks]
    .sort((a, b) => a.height - b.height)
    .flatMap(({ block }) => block.transactions.filter((tx) => !isCoinbase(tx)));
}
