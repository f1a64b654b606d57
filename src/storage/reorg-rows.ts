/**
 * What a reorganisation means for the rows of coins and transactions: the difference between before and after.
 *
 * Two branches from one fork mostly hold the same payments: each side of a split network confirmed what it had heard of. A
 * payment that leaves with one branch and comes back with the other, at the same height, leaves exactly the same rows. Taking
 * them away and putting them back would cost what connecting both branches costs; so only what differs is written.
 *
 *     branch that leaves          branch that joins
 *     h+1  coinbase A, p, q       coinbase B, p, q         rows of p and q stay, A's go, B's come
 *     h+2  coinbase A'            coinbase B', r           r is new
 */
import type { ChainChange } from '../chainstate/ports.ts';
import {
  outpointKey,
  txidOf,
  type Block,
  type Coin,
  type CoinChanges,
  type CoinEntry,
  type Outpoint,
  type OutpointKey,
  type Txid,
} from '../consensus/index.ts';
import { invariant, type HistoricCoin, type TransactionRow } from './change-plan.ts';

export interface ReorgRows {
  /** Coins that are unspent before and not after, or not in the same way. */
  readonly coinsToDelete: readonly Outpoint[];
  readonly coinsToInsert: readonly CoinEntry[];
  /** Likewise of spent coins. */
  readonly spentToDelete: readonly Outpoint[];
  readonly spentToInsert: readonly HistoricCoin[];
  /** Unspent before, spent after. */
  readonly moved: readonly HistoricCoin[];
  readonly transactionsToDelete: readonly Txid[];
  readonly transactionsToInsert: readonly TransactionRow[];
}

/** The row of a coin: unspent, or spent at a height by somebody. */
interface CoinRow {
  readonly outpoint: Outpoint;
  readonly coin: Coin;
  readonly spent: { readonly height: number; readonly by: Txid } | undefined;
}

interface BranchBlock {
  readonly height: number;
  readonly block: Block;
  readonly coins: CoinChanges;
}

/** @param change one that disconnects blocks */
export function reorgRows(change: ChainChange): ReorgRows {
  const leaving = change.disconnected.toReversed();
  const joining = change.connected;
  const rows = emptyRows();
  const staying = compareTransactions(rows, leaving, joining);
  const before = rowsOf(leaving, staying);
  const after = rowsOf(joining, staying);
  // A coin of which one side says nothing is as both sides have it without their own: unspent where it exists.
  const firstHeight = leaving[0]?.height ?? Infinity;
  const onBothSides = (row: CoinRow): CoinRow | undefined =>
    isOnBothSides(row, firstHeight, staying) ? { ...row, spent: undefined } : undefined;
  for (const [key, row] of before) addDifference(rows, row, after.get(key) ?? onBothSides(row));
  for (const [key, row] of after) if (!before.has(key)) addDifference(rows, onBothSides(row), row);
  return rows;
}

type Growing<T> = { -readonly [Name in keyof T]: T[Name] extends readonly (infer Item)[] ? Item[] : never };

function emptyRows(): Growing<ReorgRows> {
  return {
    ...{ coinsToDelete: [], coinsToInsert: [], spentToDelete: [], spentToInsert: [], moved: [] },
    ...{ transactionsToDelete: [], transactionsToInsert: [] },
  };
}

/**
 * The coins that a branch touches, as it leaves them, without what both branches do at the same height: a staying transaction
 * creates the same rows in both, and has spent the same coins. What such a row says never reaches the database, so its
 * constraints cannot see it: that a branch spends what is there, and once, is looked at here for all others.
 * @param blocks lowest first
 * @throws StorageInvariantError for a branch that contradicts itself
 */
function rowsOf(blocks: readonly BranchBlock[], staying: ReadonlySet<Txid>): Map<OutpointKey, CoinRow> {
  const rows = new Map<OutpointKey, CoinRow>();
  const firstHeight = blocks[0]?.height ?? Infinity;
  for (const { height, coins } of blocks) {
    for (const { outpoint, coin } of coins.created) {
      if (staying.has(outpoint.txid)) continue;
      rows.set(outpointKey(outpoint.txid, outpoint.index), { outpoint, coin, spent: undefined });
    }
    for (const spentCoin of coins.spent) {
      const { outpoint, coin, spentBy } = spentCoin;
      const common = isOnBothSides(spentCoin, firstHeight, staying);
      if (common && staying.has(spentBy)) continue;
      const key = outpointKey(outpoint.txid, outpoint.index);
      const known = rows.get(key);
      invariant(
        known === undefined ? common : known.spent === undefined,
        () => `the block at height ${height} spends coin ${key}, which is not there`,
      );
      rows.set(key, { outpoint, coin: known?.coin ?? coin, spent: { height, by: spentBy } });
    }
  }
  return rows;
}

/** Whether a coin comes from before the fork, or from a transaction that both branches have at the same height. */
function isOnBothSides(
  { outpoint, coin }: { readonly outpoint: Outpoint; readonly coin: Coin },
  firstHeight: number,
  staying: ReadonlySet<Txid>,
): boolean {
  return coin.height < firstHeight || staying.has(outpoint.txid);
}

function addDifference(
  rows: Growing<ReorgRows>,
  before: CoinRow | undefined,
  after: CoinRow | undefined,
): void {
  if (before !== undefined && after !== undefined && isSame(before, after)) return;
  if (before !== undefined && before.spent === undefined && after?.spent !== undefined) {
    if (before.coin.height === after.coin.height) {
      rows.moved.push(historic(after, after.spent));
      return;
    }
  }
  if (before !== undefined)
    (before.spent === undefined ? rows.coinsToDelete : rows.spentToDelete).push(before.outpoint);
  if (after === undefined) return;
  if (after.spent === undefined) rows.coinsToInsert.push({ outpoint: after.outpoint, coin: after.coin });
  else rows.spentToInsert.push(historic(after, after.spent));
}

/** The rest of a coin is committed to by its outpoint. */
function isSame(a: CoinRow, b: CoinRow): boolean {
  return (
    a.coin.height === b.coin.height && a.spent?.height === b.spent?.height && a.spent?.by === b.spent?.by
  );
}

function historic({ outpoint, coin }: CoinRow, spent: { height: number; by: Txid }): HistoricCoin {
  return { outpoint, coin, spentBy: spent.by, spentHeight: spent.height };
}

/** Finds the rows of the index of transactions that change. @returns those that both branches have at the same height */
function compareTransactions(
  rows: Growing<ReorgRows>,
  leaving: readonly BranchBlock[],
  joining: readonly BranchBlock[],
): ReadonlySet<Txid> {
  const staying = new Set<Txid>();
  const before = new Map(leaving.map(({ height, block }) => [height, positionsIn(block)]));
  for (const { height, block } of joining) {
    const positions = before.get(height);
    block.transactions.forEach((tx, position) => {
      const txid = txidOf(tx);
      const positionBefore = positions?.get(txid);
      if (positionBefore !== undefined) staying.add(txid);
      if (positionBefore === position) return;
      if (positionBefore !== undefined) rows.transactionsToDelete.push(txid);
      rows.transactionsToInsert.push({ txid, height, position });
    });
  }
  for (const positions of before.values())
    for (const txid of positions.keys()) if (!staying.has(txid)) rows.transactionsToDelete.push(txid);
  return staying;
}

function positionsIn(block: Block): Map<Txid, number> {
  return new Map(block.transactions.map((tx, position) => [txidOf(tx), position]));
}
