/** Waiting transactions in SQL. */
import type { MempoolStore, StoredMempoolTransaction } from '../mempool/ports.ts';
import {
  decodeTransaction,
  encodeTransaction,
  transactionSize,
  txidOf,
  type Txid,
} from '../consensus/index.ts';
import { byteaArray, hexArray, int4Array, int8Array } from './binary-arrays.ts';
import { StorageInvariantError } from './errors.ts';
import type { SqlDatabase } from './sql-database.ts';

export class SqlMempoolStore implements MempoolStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async load(): Promise<StoredMempoolTransaction[]> {
    const { rows } = await this.#database.read({
      name: 'mempool-load',
      text: `SELECT txid, tx_bytes, fee, round(extract(epoch FROM received_at) * 1000)::bigint
               FROM mempool_txs ORDER BY sequence`,
      values: [],
    });
    return (rows as readonly (readonly [Txid, string, number, number])[]).map(
      ([txid, bytes, fee, receivedAtMs]) => {
        const tx = decodeTransaction(Buffer.from(bytes, 'hex'));
        if (!tx.ok)
          throw new StorageInvariantError(`the stored transaction ${txid} is damaged: ${tx.detail}`);
        return { tx: tx.value, receivedAtMs, fee };
      },
    );
  }

  async add(entries: readonly StoredMempoolTransaction[]): Promise<void> {
    if (entries.length === 0) return;
    // The last of several with one txid counts, in the place of the first: one statement may touch a row only once.
    const unique = [...new Map(entries.map((entry) => [txidOf(entry.tx), entry])).values()];
    await this.#database.writeOne({
      name: 'mempool-add',
      text: `INSERT INTO mempool_txs (txid, tx_bytes, fee, size_bytes, received_at)
               SELECT txid, tx_bytes, fee, size_bytes, to_timestamp(received_ms / 1000.0)
                 FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::int[], $5::bigint[]) WITH ORDINALITY
                      AS m (txid, tx_bytes, fee, size_bytes, received_ms, ord)
                ORDER BY ord
               ON CONFLICT (txid) DO UPDATE SET tx_bytes = excluded.tx_bytes, fee = excluded.fee,
                      size_bytes = excluded.size_bytes, received_at = excluded.received_at`,
      values: [
        hexArray(unique.map(({ tx }) => txidOf(tx))),
        byteaArray(unique.map(({ tx }) => encodeTransaction(tx))),
        int8Array(unique.map(({ fee }) => fee)),
        int4Array(unique.map(({ tx }) => transactionSize(tx))),
        int8Array(unique.map(({ receivedAtMs }) => receivedAtMs)),
      ],
    });
  }

  async remove(txids: readonly Txid[]): Promise<void> {
    if (txids.length === 0) return;
    await this.#database.writeOne({
      name: 'mempool-remove',
      text: 'DELETE FROM mempool_txs WHERE txid = ANY ($1::bytea[])',
      values: [hexArray(txids)],
    });
  }
}
