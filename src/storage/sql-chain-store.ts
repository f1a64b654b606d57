/** The chain in SQL: headers, bodies, coins, undo, and the commit of a change. */
import type { ChainChange, ChainStore, StoredHeader, StoredTip } from '../chainstate/ports.ts';
import {
  bytesToHex,
  decodeBlock,
  HEADER_BYTES,
  outpointKey,
  parseOutpointKey,
  sha256d,
  type Address,
  type Block,
  type BlockHash,
  type Coin,
  type OutpointKey,
  type SpentCoin,
  type Target,
  type Txid,
  type Work,
} from '../consensus/index.ts';
import { hexArray, int4Array } from './binary-arrays.ts';
import { StorageInvariantError } from './errors.ts';
import { loadHeaders } from './header-rows.ts';
import { commitChange } from './sql-commit.ts';
import type { SqlDatabase } from './sql-database.ts';

const MAX_INT4 = 0x7fffffff;
/**
 * An engine without background processes is looked after when so many rows have changed since the last time, or a fifth of the
 * coins if that is more (PostgreSQL's own autovacuum has such a factor). A fixed number of blocks would not do: each time
 * costs a walk over the tables, and the chain would connect ever more slowly.
 */
const MIN_CHANGES_BEFORE_MAINTENANCE = 20_000;
const CHANGED_PART_BEFORE_MAINTENANCE = 0.2;

type UndoRow = readonly [number, Txid, number, number, Address, number, boolean, Txid];

export class SqlChainStore implements ChainStore {
  readonly #database: SqlDatabase;
  readonly #nowMs: () => number;
  #changesSinceMaintenance = 0;

  /** @param nowMs our clock: when a block or transaction was received */
  constructor(database: SqlDatabase, nowMs: () => number) {
    this.#database = database;
    this.#nowMs = nowMs;
  }

  loadHeaders(): AsyncIterable<readonly StoredHeader[]> {
    return loadHeaders(this.#database);
  }

  async loadTip(): Promise<StoredTip | undefined> {
    const { rows } = await this.#database.read({
      name: 'load-tip',
      text: 'SELECT tip_hash, tip_height, current_target, cumulative_work, coin_count FROM chain_state',
      values: [],
    });
    const row = rows[0] as [BlockHash | null, number, string, string, number] | undefined;
    if (row === undefined) throw new StorageInvariantError('chain_state has no row');
    const [hash, height, target, work, coinCount] = row;
    if (hash === null) return undefined;
    return {
      hash,
      height,
      target: BigInt(`0x${target}`) as Target,
      chainWork: BigInt(work) as Work,
      coinCount,
    };
  }

  async readBlock(hash: BlockHash): Promise<Block | undefined> {
    return (await this.readBlocks([hash])).get(hash);
  }

  async readBlocks(hashes: readonly BlockHash[]): Promise<Map<BlockHash, Block>> {
    const bodies = new Map<BlockHash, Block>();
    for (const [hash, bytes] of await this.readBlockBytes(hashes)) {
      const block = decodeBlock(bytes);
      if (!block.ok) throw new StorageInvariantError(`the stored block ${hash} is damaged: ${block.detail}`);
      bodies.set(hash, block.value);
    }
    return bodies;
  }

  async readBlockBytes(hashes: readonly BlockHash[]): Promise<Map<BlockHash, Uint8Array>> {
    if (hashes.length === 0) return new Map();
    const { rows } = await this.#database.read({
      name: 'read-blocks',
      text: 'SELECT hash, block_bytes FROM blocks WHERE hash = ANY ($1::bytea[]) AND block_bytes IS NOT NULL',
      values: [hexArray(hashes)],
    });
    return new Map(
      (rows as readonly (readonly [BlockHash, string])[]).map(([hash, hex]) => {
        const bytes = Buffer.from(hex, 'hex');
        // Hashes are compared on the way: a block that is not the one we wrote is never handed out.
        const found = bytesToHex(sha256d(bytes.subarray(0, HEADER_BYTES)));
        if (found !== hash) throw new StorageInvariantError(`under ${hash} the block ${found} is stored`);
        return [hash, bytes];
      }),
    );
  }

  async readCoins(keys: readonly OutpointKey[]): Promise<Map<OutpointKey, Coin>> {
    // An index that no table row can have is no coin; such a number comes from a stranger's transaction.
    const asked = keys.map(parseOutpointKey).filter(({ index }) => index <= MAX_INT4);
    if (asked.length === 0) return new Map();
    const { rows } = await this.#database.read(
      {
        name: 'read-coins',
        text: `SELECT c.txid, c.vout, c.amount, c.pubkey_hash, c.created_height, c.coinbase
               FROM unnest($1::bytea[], $2::int[]) AS asked (txid, vout)
               JOIN coins c ON c.txid = asked.txid AND c.vout = asked.vout`,
        values: [hexArray(asked.map(({ txid }) => txid)), int4Array(asked.map(({ index }) => index))],
      },
      'urgent',
    );
    return new Map(
      (rows as readonly (readonly [Txid, number, number, Address, number, boolean])[]).map(
        ([txid, vout, amount, pubkeyHash, height, coinbase]) => [
          outpointKey(txid, vout),
          { amount, pubkeyHash, height, coinbase },
        ],
      ),
    );
  }

  async readUndo(height: number): Promise<SpentCoin[]> {
    return (await this.#readUndo(height, height)).get(height) ?? [];
  }

  readUndoFrom(height: number): Promise<Map<number, SpentCoin[]>> {
    return this.#readUndo(height, MAX_INT4);
  }

  async #readUndo(from: number, to: number): Promise<Map<number, SpentCoin[]>> {
    const { rows } = await this.#database.read(
      {
        name: 'read-undo',
        // The sum is what the index is of: see migration 0007.
        text: `SELECT spent_height, txid, vout, amount, pubkey_hash, created_height, coinbase, spent_by_txid
                 FROM spent_coins WHERE spent_height + 0 BETWEEN $1 AND $2`,
        values: [from, to],
      },
      'urgent',
    );
    const byHeight = new Map<number, SpentCoin[]>();
    for (const row of rows as readonly UndoRow[]) {
      const [height, txid, vout, amount, pubkeyHash, created, coinbase, spentBy] = row;
      const spent = {
        outpoint: { txid, index: vout },
        coin: { amount, pubkeyHash, height: created, coinbase },
        spentBy,
      };
      const known = byHeight.get(height);
      if (known === undefined) byHeight.set(height, [spent]);
      else known.push(spent);
    }
    return byHeight;
  }

  /** @throws StorageInvariantError when the database is not what the change was made for; then nothing has changed */
  async commit(change: ChainChange): Promise<void> {
    await commitChange(this.#database, change, this.#nowMs);
    this.#changesSinceMaintenance += change.confirmed.length;
    for (const { coins } of change.connected) {
      this.#changesSinceMaintenance += coins.created.length + coins.spent.length;
    }
    const enough = CHANGED_PART_BEFORE_MAINTENANCE * (change.tip?.coinCount ?? 0);
    if (this.#changesSinceMaintenance < Math.max(MIN_CHANGES_BEFORE_MAINTENANCE, enough)) return;
    this.#changesSinceMaintenance = 0;
    // Not waited for: the change is safe already. Should it fail, there is a next time; no data depends on it.
    this.#database.maintain().catch(() => undefined);
  }
}
