/**
 * Questions about addresses, transactions and coins, answered from `coins` and `spent_coins` alone.
 *
 * At height h a coin existed unspent when `created_height <= h` and it is in `coins`, or in `spent_coins` with
 * `spent_height > h`.
 *
 * What many ask at the same time (balances, transactions, single coins) goes to the database together; see
 * gathered-questions.ts. `LATERAL` makes the server look up one after the other by index, whatever the planner believes.
 */
import type {
  AddressCoin,
  AddressEvent,
  BlockFigures,
  ChainQueries,
  CoinAgeBin,
  Page,
  TransactionPlace,
} from '../chainstate/ports.ts';
import {
  outpointKey,
  parseOutpointKey,
  type Address,
  type BlockHash,
  type CoinEntry,
  type OutpointKey,
  type Txid,
} from '../consensus/index.ts';
import { hexArray, hexBytes, int4Array } from './binary-arrays.ts';
import { GatheredQuestions, type GatheringBounds } from './gathered-questions.ts';
import {
  clampHeight,
  coinCursor,
  cutPage,
  eventCursor,
  pageLimit,
  parseCoinCursor,
  parseEventCursor,
} from './page-cursor.ts';
import type { SqlDatabase, SqlRow, SqlStatement } from './sql-database.ts';

const MAX_INT4 = 0x7fffffff;
const PORTION_COINS = 10_000;
const COIN_COLUMNS = 'txid, vout, amount, pubkey_hash, created_height, coinbase';

/** Two at a time: while the server works on one, answers to the other go out. Small enough that nobody waits long for others. */
const GATHERING: GatheringBounds = { together: 32, underWay: 2 };

/** What is kept of a sum until somebody wants it as a number: exact, whatever its size. */
interface Sum {
  readonly text: string;
  readonly count: number;
}

export class SqlChainQueries implements ChainQueries {
  readonly #database: SqlDatabase;
  readonly #balances = new GatheredQuestions<Address, Sum>((keys) => this.#readBalances(keys), GATHERING);
  readonly #places = new GatheredQuestions<Txid, TransactionPlace>(
    (keys) => this.#readPlaces(keys),
    GATHERING,
  );
  readonly #coins = new GatheredQuestions<OutpointKey, AddressCoin>(
    (keys) => this.#readCoins(keys),
    GATHERING,
  );

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async balance(
    address: Address,
    atHeight?: number,
  ): Promise<{ readonly balance: number; readonly coinCount: number }> {
    if (atHeight === undefined) {
      const { text, count } = (await this.#balances.ask(address)) ?? { text: '0', count: 0 };
      return { balance: safeAmount(text), coinCount: count };
    }
    const [[sum, coinCount] = ['0', 0]] = (await this.#rows({
      name: 'balance-at',
      text: `SELECT coalesce(sum(amount), 0), count(*) FROM (
               SELECT amount FROM coins WHERE pubkey_hash = $1 AND created_height <= $2
               UNION ALL
               SELECT amount FROM spent_coins
                WHERE pubkey_hash = $1 AND spent_height > $2 AND created_height <= $2) AS existed`,
      values: [hexBytes(address), clampHeight(atHeight)],
    })) as readonly (readonly [string, number])[];
    return { balance: safeAmount(sum), coinCount };
  }

  async #readBalances(addresses: readonly Address[]): Promise<Map<Address, Sum>> {
    // sum(bigint) is numeric and comes as text.
    const rows = (await this.#rows({
      name: 'balances',
      text: `SELECT asked.pubkey_hash, own.total, own.coins FROM unnest($1::bytea[]) AS asked (pubkey_hash)
              CROSS JOIN LATERAL (SELECT coalesce(sum(c.amount), 0) AS total, count(*) AS coins
                                    FROM coins c WHERE c.pubkey_hash = asked.pubkey_hash) AS own`,
      values: [hexArray(addresses)],
    })) as readonly (readonly [Address, string, number])[];
    return new Map(rows.map(([address, text, count]) => [address, { text, count }]));
  }

  async coinsOf(
    address: Address,
    options: { readonly atHeight?: number; readonly after?: string; readonly limit: number },
  ): Promise<Page<CoinEntry>> {
    const limit = pageLimit(options.limit);
    const after = options.after === undefined ? undefined : parseCoinCursor(options.after);
    const values = [
      hexBytes(address),
      after?.height ?? -1,
      hexBytes(after?.txid ?? ''),
      after?.index ?? -1,
      limit + 1,
    ];
    const rows = await this.#rows(
      options.atHeight === undefined
        ? {
            name: 'coins-of',
            text: coinsPage('coins', 'true'),
            values,
          }
        : {
            name: 'coins-of-at',
            text: `(${coinsPage('coins', 'created_height <= $6')}) UNION ALL
                   (${coinsPage('spent_coins', 'created_height <= $6 AND spent_height > $6')})
                   ORDER BY created_height, txid, vout LIMIT $5`,
            values: [...values, clampHeight(options.atHeight)],
          },
    );
    return cutPage(rows.map(toCoinEntry), limit, ({ outpoint, coin }) =>
      coinCursor({ height: coin.height, ...outpoint }),
    );
  }

  async rewardsSince(address: Address, height: number): Promise<number> {
    const [[sum] = ['0']] = (await this.#rows({
      name: 'rewards-since',
      text: `SELECT coalesce(sum(amount), 0) FROM coins
              WHERE pubkey_hash = $1 AND created_height >= $2 AND coinbase`,
      values: [hexBytes(address), clampHeight(height)],
    })) as readonly (readonly [string])[];
    return safeAmount(sum);
  }

  async historyOf(
    address: Address,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<Page<AddressEvent>> {
    const limit = pageLimit(options.limit);
    const after = options.after === undefined ? undefined : parseEventCursor(options.after);
    const rows = await this.#rows({
      name: 'history-of',
      // The page's events are among the first so many of each kind: coins that came and stayed, that came and went, that
      // went. Each kind follows its index and stops early.
      text: `SELECT height, txid, sum(received), sum(sent) FROM (
               (${effectsPage('coins', 'created_height', 'txid', 'sum(amount)', '0')}) UNION ALL
               (${effectsPage('spent_coins', 'created_height', 'txid', 'sum(amount)', '0')}) UNION ALL
               (${effectsPage('spent_coins', 'spent_height', 'spent_by_txid', '0', 'sum(amount)')})) AS effects
             GROUP BY height, txid ORDER BY height DESC, txid DESC LIMIT $4`,
      values: [hexBytes(address), after?.height ?? MAX_INT4, hexBytes(after?.txid ?? ''), limit + 1],
    });
    const events = (rows as readonly (readonly [number, Txid, string, string])[]).map(
      ([height, txid, received, sent]): AddressEvent => ({
        txid,
        height,
        received: safeAmount(received),
        sent: safeAmount(sent),
      }),
    );
    return cutPage(events, limit, eventCursor);
  }

  findTransaction(txid: Txid): Promise<TransactionPlace | undefined> {
    return this.#places.ask(txid);
  }

  async #readPlaces(txids: readonly Txid[]): Promise<Map<Txid, TransactionPlace>> {
    const rows = (await this.#rows({
      name: 'find-transactions',
      text: `SELECT asked.txid, place.* FROM unnest($1::bytea[]) AS asked (txid)
              CROSS JOIN LATERAL (SELECT b.hash, t.height, t.position FROM transactions t
                                    JOIN blocks b ON b.height = t.height AND b.status = 'active'
                                   WHERE t.txid = asked.txid) AS place`,
      values: [hexArray(txids)],
    })) as readonly (readonly [Txid, BlockHash, number, number])[];
    return new Map(
      rows.map(([txid, blockHash, height, position]) => [txid, { blockHash, height, position }]),
    );
  }

  async findCoin(key: OutpointKey): Promise<AddressCoin | undefined> {
    return parseOutpointKey(key).index > MAX_INT4 ? undefined : this.#coins.ask(key);
  }

  async #readCoins(keys: readonly OutpointKey[]): Promise<Map<OutpointKey, AddressCoin>> {
    const asked = keys.map(parseOutpointKey);
    const rows = await this.#rows({
      name: 'find-coins',
      text: `SELECT found.* FROM unnest($1::bytea[], $2::int[]) AS asked (txid, vout)
              CROSS JOIN LATERAL (SELECT ${COIN_COLUMNS}, spent_height, spent_by_txid FROM coin_history h
                                   WHERE h.txid = asked.txid AND h.vout = asked.vout) AS found`,
      values: [hexArray(asked.map(({ txid }) => txid)), int4Array(asked.map(({ index }) => index))],
    });
    return new Map(
      rows.map((row) => {
        const entry = toCoinEntry(row);
        const [spentHeight, spentBy] = row.slice(6) as [number | null, Txid];
        const spent = spentHeight === null ? undefined : { height: spentHeight, txid: spentBy };
        return [outpointKey(entry.outpoint.txid, entry.outpoint.index), { ...entry, spent }];
      }),
    );
  }

  async blockFigures(fromHeight: number, toHeight: number): Promise<readonly BlockFigures[]> {
    const rows = (await this.#rows({
      name: 'block-figures',
      // The coinbase is found by its own index, and what it pays by the keys of both tables.
      text: `SELECT b.hash, b.height, b.size_bytes, b.tx_count, paid.amount FROM blocks b
              CROSS JOIN LATERAL (SELECT coalesce(sum(h.amount), 0) AS amount FROM transactions t
                                    JOIN coin_history h ON h.txid = t.txid
                                   WHERE t.height = b.height AND t.position = 0) AS paid
              WHERE b.status = 'active' AND b.height BETWEEN $1 AND $2 ORDER BY b.height`,
      values: [clampHeight(fromHeight), clampHeight(toHeight)],
    })) as readonly (readonly [BlockHash, number, number, number, string])[];
    return rows.map(([hash, height, sizeBytes, transactionCount, paid]) => ({
      ...{ hash, height, sizeBytes, transactionCount },
      coinbaseAmount: safeAmount(paid),
    }));
  }

  async coinAges(height: number, width: number): Promise<readonly CoinAgeBin[]> {
    const rows = (await this.#rows({
      name: 'coin-ages',
      text: `SELECT ($1 - created_height) / $2 AS bin, count(*), sum(amount) FROM coins
              WHERE created_height <= $1 GROUP BY bin ORDER BY bin`,
      values: [clampHeight(height), clampHeight(width)],
    })) as readonly (readonly [number, number, string])[];
    return rows.map(([bin, coinCount, total]) => ({ bin, coinCount, amount: safeAmount(total) }));
  }

  async *allCoins(): AsyncGenerator<readonly CoinEntry[]> {
    let last: CoinEntry | undefined;
    for (;;) {
      const rows = await this.#rows({
        name: 'all-coins',
        text: `SELECT ${COIN_COLUMNS} FROM coins WHERE (txid, vout) > ($1, $2)
                ORDER BY txid, vout LIMIT ${PORTION_COINS}`,
        values: [hexBytes(last?.outpoint.txid ?? ''), last?.outpoint.index ?? -1],
      });
      if (rows.length > 0) yield rows.map(toCoinEntry);
      if (rows.length < PORTION_COINS) return;
      last = rows.slice(-1).map(toCoinEntry)[0];
    }
  }

  async #rows(statement: SqlStatement): Promise<readonly SqlRow[]> {
    return (await this.#database.read(statement)).rows;
  }
}

/** A page of coins of an address out of one table. */
function coinsPage(table: 'coins' | 'spent_coins', condition: string): string {
  return `SELECT ${COIN_COLUMNS} FROM ${table}
           WHERE pubkey_hash = $1 AND (created_height, txid, vout) > ($2, $3, $4) AND ${condition}
           ORDER BY created_height, txid, vout LIMIT $5`;
}

/** The latest effects of one kind on an address, one row per transaction. */
function effectsPage(
  table: 'coins' | 'spent_coins',
  height: string,
  txid: string,
  received: string,
  sent: string,
): string {
  return `SELECT ${height} AS height, ${txid} AS txid, ${received} AS received, ${sent} AS sent FROM ${table}
           WHERE pubkey_hash = $1 AND (${height}, ${txid}) < ($2, $3)
           GROUP BY ${height}, ${txid} ORDER BY ${height} DESC, ${txid} DESC LIMIT $4`;
}

function toCoinEntry(row: SqlRow): CoinEntry {
  const [txid, vout, amount, pubkeyHash, height, coinbase] = row as readonly [
    Txid,
    number,
    number,
    Address,
    number,
    boolean,
  ];
  return { outpoint: { txid, index: vout }, coin: { amount, pubkeyHash, height, coinbase } };
}

/** @throws RangeError above 2^53: no rule lets so much money exist */
function safeAmount(text: string): number {
  const amount = Number(text);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`amount too large: ${text}`);
  return amount;
}
