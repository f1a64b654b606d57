/**
 * One change of the chain as one transaction.
 *
 * The number of statements does not depend on the number of blocks, coins or transactions: each statement gets whole
 * columns as arrays. They are sent in one go, and while the server works on the first, the next are being encoded. The
 * checks come before COMMIT: every statement says how many rows it touched, and all of it has to add up.
 */
import type { BlockToStore, ChainChange } from '../chainstate/ports.ts';
import {
  blockSize,
  encodeBlock,
  encodeTransaction,
  targetToHeaderHex,
  transactionSize,
  txidOf,
  type BlockHash,
  type CoinEntry,
  type Outpoint,
  type Transaction,
  type Txid,
} from '../consensus/index.ts';
import {
  boolArray,
  byteaArray,
  hexArray,
  hexBytes,
  int4Array,
  int8Array,
  textArray,
} from './binary-arrays.ts';
import {
  checkTransition,
  invariant,
  planChange,
  statusRows,
  type ChangePlan,
  type ForkPoint,
  type HistoricCoin,
  type TransactionRow,
} from './change-plan.ts';
import { isIntegrityViolation } from './driver-errors.ts';
import { StorageInvariantError } from './errors.ts';
import { reorgRows, type ReorgRows } from './reorg-rows.ts';
import type { SqlDatabase, SqlResult, SqlSession, SqlStatement } from './sql-database.ts';

const COIN_COLUMNS = 'txid, vout, amount, pubkey_hash, created_height, coinbase';

/** @throws StorageInvariantError when the database is not what the change was made for; then nothing has changed */
export async function commitChange(
  database: SqlDatabase,
  change: ChainChange,
  nowMs: () => number,
): Promise<void> {
  const plan = planChange(change);
  try {
    await database.write((session) => applyChange(session, change, plan, nowMs()));
  } catch (error) {
    if (isIntegrityViolation(error)) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorageInvariantError(`the database refuses the change: ${reason}`, { cause: error });
    }
    throw error;
  }
}

async function applyChange(
  session: SqlSession,
  change: ChainChange,
  plan: ChangePlan,
  nowMs: number,
): Promise<void> {
  const steps: Promise<unknown>[] = [];
  const counts = { coins: 0, fork: undefined as ForkPoint | undefined };

  /** Sends a statement; `settle` looks at its answer. */
  const send = (statement: SqlStatement, settle?: (result: SqlResult) => void): void => {
    steps.push(session.run(statement).then(settle));
  };
  /** Sends a statement that must touch exactly so many rows; with none, there is nothing to send. */
  const sendRows = (count: number, what: string, statement: () => SqlStatement): void => {
    if (count === 0) return;
    send(statement(), ({ rowCount }) => {
      invariant(rowCount === count, () => `${what}: ${rowCount} rows instead of ${count}`);
    });
  };

  // 1. The chain's end as it is, locked until we are through.
  let before: { hash: BlockHash; height: number; coinCount: number } | undefined;
  send(SELECT_CHAIN_STATE, ({ rows }) => {
    const [hash, height, coinCount] = (rows[0] ?? []) as [BlockHash | null, number, number];
    before = hash === null ? undefined : { hash, height, coinCount };
  });

  // 2. Disconnect first, although "store" comes first in meaning: only one block per height may be active at any time.
  const { forkHeight } = plan;
  if (forkHeight !== undefined) {
    send(deactivateBlocks(change.disconnected.map(({ hash }) => hash)), ({ rows, rowCount }) => {
      invariant(
        rowCount === change.disconnected.length,
        () => `blocks to disconnect: ${rowCount} active ones instead of ${change.disconnected.length}`,
      );
      for (const [height, prevHash] of rows as readonly (readonly [number, BlockHash])[])
        if (height === forkHeight + 1) counts.fork = { hash: prevHash, height: forkHeight };
    });
  }

  // 3. Coins that go, come and move, and the index of transactions. Before the blocks, because the server can work at these
  // while the bodies are being written out here. What goes, goes first: it may come back in another place.
  const rows = forkHeight === undefined ? connectedRows(plan) : reorgRows(change);
  const { coinsToDelete, coinsToInsert, spentToDelete, spentToInsert, moved } = rows;
  counts.coins += coinsToInsert.length - coinsToDelete.length - moved.length;
  sendRows(coinsToDelete.length, 'coins to delete', () => deleteOutpoints('coins', coinsToDelete));
  sendRows(spentToDelete.length, 'spent coins to delete', () =>
    deleteOutpoints('spent_coins', spentToDelete),
  );
  sendRows(rows.transactionsToDelete.length, 'transactions to disconnect', () =>
    deleteTransactions(rows.transactionsToDelete),
  );
  sendRows(coinsToInsert.length, 'coins to create', () => insertCoins(coinsToInsert));
  sendRows(moved.length, 'coins to spend', () => moveCoins(moved));
  sendRows(spentToInsert.length, 'coins to create and spend', () => insertSpentCoins(spentToInsert));
  sendRows(rows.transactionsToInsert.length, 'transactions to index', () =>
    insertTransactions(rows.transactionsToInsert),
  );

  // 4. Blocks and their states.
  sendRows(change.storeBlocks.length, 'blocks to store', () => storeBlocks(change.storeBlocks, plan, nowMs));
  const statuses = statusRows(change, plan);
  sendRows(statuses.length, 'blocks that change their state', () => ({
    name: 'commit-statuses',
    text: `UPDATE blocks b SET status = s.status, invalid_reason = s.reason
             FROM unnest($1::bytea[], $2::text[], $3::text[]) AS s (hash, status, reason) WHERE b.hash = s.hash`,
    values: [
      hexArray(statuses.map(({ hash }) => hash)),
      textArray(statuses.map(({ status }) => status)),
      textArray(statuses.map(({ invalidReason }) => invalidReason)),
    ],
  }));
  sendRows(change.dropBodies.length, 'bodies to drop', () => ({
    name: 'commit-drop-bodies',
    text: `UPDATE blocks SET status = 'headers-only', invalid_reason = NULL, block_bytes = NULL, tx_count = NULL, size_bytes = NULL
            WHERE hash = ANY ($1::bytea[])`,
    values: [hexArray(change.dropBodies)],
  }));

  // 5. The mempool's part.
  if (change.confirmed.length > 0) {
    send({
      name: 'commit-confirmed',
      text: 'DELETE FROM mempool_txs WHERE txid = ANY ($1::bytea[])',
      values: [hexArray(change.confirmed)],
    });
  }
  sendRows(change.returnedToMempool.length, 'transactions that return', () =>
    returnToMempool(change.returnedToMempool, nowMs),
  );

  // 6. The tip.
  const { tip } = change;
  if (tip !== undefined) {
    sendRows(1, 'chain state', () => ({
      name: 'commit-tip',
      text: `UPDATE chain_state SET tip_hash = $1, tip_height = $2, current_target = $3, cumulative_work = $4, coin_count = $5`,
      values: [
        hexBytes(tip.hash),
        tip.height,
        hexBytes(targetToHeaderHex(tip.target)),
        tip.chainWork.toString(),
        tip.coinCount,
      ],
    }));
  }

  // 7. All answers are in: was it the chain we thought it was?
  await Promise.all(steps);
  checkTransition(change, { before, fork: counts.fork, netCoins: counts.coins });
}

const SELECT_CHAIN_STATE: SqlStatement = {
  name: 'commit-state',
  text: 'SELECT tip_hash, tip_height, coin_count FROM chain_state FOR UPDATE',
  values: [],
};

function deactivateBlocks(hashes: readonly BlockHash[]): SqlStatement {
  return {
    name: 'disconnect-blocks',
    text: `UPDATE blocks SET status = 'valid-fork' WHERE hash = ANY ($1::bytea[]) AND status = 'active'
           RETURNING height, prev_hash`,
    values: [hexArray(hashes)],
  };
}

/** The rows of blocks that are only added. */
function connectedRows(plan: ChangePlan): ReorgRows {
  return {
    ...{ coinsToDelete: [], spentToDelete: [], transactionsToDelete: [] },
    coinsToInsert: plan.created,
    spentToInsert: plan.passedThrough,
    moved: plan.moved,
    transactionsToInsert: plan.transactions,
  };
}

function deleteOutpoints(table: 'coins' | 'spent_coins', outpoints: readonly Outpoint[]): SqlStatement {
  return {
    name: `disconnect-${table}`,
    text: `DELETE FROM ${table} c USING unnest($1::bytea[], $2::int[]) AS s (txid, vout)
            WHERE c.txid = s.txid AND c.vout = s.vout`,
    values: [hexArray(outpoints.map(({ txid }) => txid)), int4Array(outpoints.map(({ index }) => index))],
  };
}

function deleteTransactions(txids: readonly Txid[]): SqlStatement {
  return {
    name: 'disconnect-transactions',
    text: 'DELETE FROM transactions t USING unnest($1::bytea[]) AS s (txid) WHERE t.txid = s.txid',
    values: [hexArray(txids)],
  };
}

function storeBlocks(blocks: readonly BlockToStore[], plan: ChangePlan, nowMs: number): SqlStatement {
  const headers = blocks.map(({ block }) => block.header);
  const bodies = blocks.map(({ block }) => (block.transactions.length === 0 ? undefined : block));
  const active = (hash: BlockHash): boolean => plan.connected.has(hash);
  return {
    name: 'commit-blocks',
    // The order of arrival is the order given: the first seen of two equal chains wins.
    text: `INSERT INTO blocks AS known (hash, height, prev_hash, version, merkle_root, "timestamp", target, nonce,
                  chain_work, tx_count, size_bytes, status, invalid_reason, block_bytes, received_at)
           SELECT hash, height, prev_hash, version, merkle_root, seconds, target, nonce, chain_work::numeric,
                  CASE WHEN body IS NOT NULL THEN tx_count END, CASE WHEN body IS NOT NULL THEN size_bytes END,
                  status, reason, body, to_timestamp($15::float8 / 1000)
             FROM unnest($1::bytea[], $2::int[], $3::bytea[], $4::int[], $5::bytea[], $6::bigint[], $7::bytea[],
                         $8::bigint[], $9::text[], $10::int[], $11::int[], $12::text[], $13::text[], $14::bytea[])
                  WITH ORDINALITY AS b (hash, height, prev_hash, version, merkle_root, seconds, target, nonce,
                                        chain_work, tx_count, size_bytes, status, reason, body, ord)
            ORDER BY ord
           ON CONFLICT (hash) DO UPDATE SET status = excluded.status, invalid_reason = excluded.invalid_reason,
                  block_bytes = excluded.block_bytes, tx_count = excluded.tx_count, size_bytes = excluded.size_bytes`,
    values: [
      hexArray(blocks.map(({ hash }) => hash)),
      int4Array(blocks.map(({ height }) => height)),
      hexArray(headers.map(({ prevHash }) => prevHash)),
      int4Array(headers.map(({ version }) => version)),
      hexArray(headers.map(({ merkleRoot }) => merkleRoot)),
      int8Array(headers.map(({ timestamp }) => timestamp)),
      hexArray(headers.map(({ target }) => targetToHeaderHex(target))),
      int8Array(headers.map(({ nonce }) => nonce)),
      textArray(blocks.map(({ chainWork }) => chainWork.toString())),
      int4Array(blocks.map(({ block }) => block.transactions.length)),
      int4Array(blocks.map(({ block }) => blockSize(block))),
      textArray(blocks.map(({ hash, status }) => (active(hash) ? 'active' : status))),
      textArray(blocks.map(({ hash, invalidReason }) => (active(hash) ? undefined : invalidReason))),
      byteaArray(bodies.map((body) => (body === undefined ? undefined : encodeBlock(body)))),
      nowMs,
    ],
  };
}

function coinArrays(coins: readonly CoinEntry[]): Buffer[] {
  return [
    hexArray(coins.map(({ outpoint }) => outpoint.txid)),
    int4Array(coins.map(({ outpoint }) => outpoint.index)),
    int8Array(coins.map(({ coin }) => coin.amount)),
    hexArray(coins.map(({ coin }) => coin.pubkeyHash)),
    int4Array(coins.map(({ coin }) => coin.height)),
    boolArray(coins.map(({ coin }) => coin.coinbase)),
  ];
}

function insertCoins(coins: readonly CoinEntry[]): SqlStatement {
  return {
    name: 'connect-create',
    text: `INSERT INTO coins (${COIN_COLUMNS})
           SELECT * FROM unnest($1::bytea[], $2::int[], $3::bigint[], $4::bytea[], $5::int[], $6::bool[])`,
    values: coinArrays(coins),
  };
}

function moveCoins(coins: readonly HistoricCoin[]): SqlStatement {
  return {
    name: 'connect-spend',
    text: `WITH gone AS (
             DELETE FROM coins c
              USING unnest($1::bytea[], $2::int[], $3::int[], $4::bytea[]) AS s (txid, vout, height, spent_by)
              WHERE c.txid = s.txid AND c.vout = s.vout
             RETURNING c.*, s.height AS spent_height, s.spent_by)
           INSERT INTO spent_coins (${COIN_COLUMNS}, spent_height, spent_by_txid)
           SELECT ${COIN_COLUMNS}, spent_height, spent_by FROM gone`,
    values: [
      hexArray(coins.map(({ outpoint }) => outpoint.txid)),
      int4Array(coins.map(({ outpoint }) => outpoint.index)),
      int4Array(coins.map(({ spentHeight }) => spentHeight)),
      hexArray(coins.map(({ spentBy }) => spentBy)),
    ],
  };
}

function insertSpentCoins(coins: readonly HistoricCoin[]): SqlStatement {
  return {
    name: 'connect-pass-through',
    text: `INSERT INTO spent_coins (${COIN_COLUMNS}, spent_height, spent_by_txid)
           SELECT * FROM unnest($1::bytea[], $2::int[], $3::bigint[], $4::bytea[], $5::int[], $6::bool[],
                                $7::int[], $8::bytea[])`,
    values: [
      ...coinArrays(coins),
      int4Array(coins.map(({ spentHeight }) => spentHeight)),
      hexArray(coins.map(({ spentBy }) => spentBy)),
    ],
  };
}

function insertTransactions(rows: readonly TransactionRow[]): SqlStatement {
  return {
    name: 'connect-transactions',
    text: 'INSERT INTO transactions (txid, height, position) SELECT * FROM unnest($1::bytea[], $2::int[], $3::int[])',
    values: [
      hexArray(rows.map(({ txid }) => txid)),
      int4Array(rows.map(({ height }) => height)),
      int4Array(rows.map(({ position }) => position)),
    ],
  };
}

/** In front of all that wait: those may build on these, never the reverse. */
function returnToMempool(transactions: readonly Transaction[], nowMs: number): SqlStatement {
  return {
    name: 'commit-returned',
    text: `INSERT INTO mempool_txs (txid, tx_bytes, fee, size_bytes, received_at, sequence)
           SELECT txid, tx_bytes, 0, size_bytes, to_timestamp($4::float8 / 1000),
                  (SELECT coalesce(min(sequence), 1) FROM mempool_txs) - $5::int - 1 + ord
             FROM unnest($1::bytea[], $2::bytea[], $3::int[]) WITH ORDINALITY AS r (txid, tx_bytes, size_bytes, ord)
           ON CONFLICT (txid) DO UPDATE SET sequence = excluded.sequence`,
    values: [
      hexArray(transactions.map(txidOf)),
      byteaArray(transactions.map(encodeTransaction)),
      int4Array(transactions.map(transactionSize)),
      nowMs,
      transactions.length,
    ],
  };
}
