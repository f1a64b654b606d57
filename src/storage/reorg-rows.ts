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
  const before = rowsOf(leaving);
  const after = rowsOf(change.connected);
  // A coin of which one side says nothing is as it was at the fork: unspent where it existed.
  const rows = emptyRows();
  for (const [key, row] of before) addDifference(rows, row, after.get(key) ?? atFork(row, leaving));
  for (const [key, row] of after)
    if (!before.has(key)) addDifference(rows, atFork(row, change.connected), row);
  addTransactions(rows, leaving, change.connected);
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
 * The coins that a branch touches, as it leaves them. What is the same on both sides never reaches the database, so its
 * constraints cannot see it: that a branch spends what is there, and once, is looked at here.
 * @param blocks lowest first
 * @throws StorageInvariantError for a branch that contradicts itself
 */
function rowsOf(blocks: readonly BranchBlock[]): Map<OutpointKey, CoinRow> {
  const rows = new Map<OutpointKey, CoinRow>();
  const firstHeight = blocks[0]?.height ?? Infinity;
  for (const { height, coins } of blocks) {
    for (const { outpoint, coin } of coins.created)
      rows.set(outpointKey(outpoint.txid, outpoint.index), { outpoint, coin, spent: undefined });
    for (const { outpoint, coin, spentBy } of coins.spent) {
      const key = outpointKey(outpoint.txid, outpoint.index);
      const known = rows.get(key);
      invariant(
        known === undefined ? coin.height < firstHeight : known.spent === undefined,
        () => `the block at height ${height} spends coin ${key}, which is not there`,
      );
      rows.set(key, { outpoint, coin: known?.coin ?? coin, spent: { height, by: spentBy } });
    }
  }
  return rows;
}

/** A coin that a branch touches, before it did: it existed unless the branch created it. */
function atFork(row: CoinRow, branch: readonly BranchBlock[]): CoinRow | undefined {
  const firstHeight = branch[0]?.height ?? Infinity;
  return row.coin.height >= firstHeight ? undefined : { ...row, spent: undefined };
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

function addTransactions(
  rows: Growing<ReorgRows>,
  leaving: readonly BranchBlock[],
  joining: readonly BranchBlock[],
): void {
  const placesOf = (blocks: readonly BranchBlock[]): Map<Txid, TransactionRow> =>
    new Map(
      blocks.flatMap(({ height, block }) =>
        block.transactions.map(
          (tx, position) => [txidOf(tx), { txid: txidOf(tx), height, position }] as const,
        ),
      ),
    );
  const [before, after] = [placesOf(leaving), placesOf(joining)];
  const isSamePlace = (a: TransactionRow, b: TransactionRow | undefined): boolean =>
    a.height === b?.height && a.position === b.position;
  for (const [txid, place] of before)
    if (!isSamePlace(place, after.get(txid))) rows.transactionsToDelete.push(txid);
  for (const [txid, place] of after)
    if (!isSamePlace(place, before.get(txid))) rows.transactionsToInsert.push(place);
}
