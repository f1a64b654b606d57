/** Known peers in SQL. */
import type { PeerStore, StoredPeer } from '../network/ports.ts';
import { checkPeerUrl } from './peer-url.ts';
import type { SqlDatabase } from './sql-database.ts';

export class SqlPeerStore implements PeerStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async load(): Promise<StoredPeer[]> {
    const { rows } = await this.#database.read({
      name: 'peers-load',
      text: `SELECT url, is_active, failures, round(extract(epoch FROM last_seen) * 1000)::bigint FROM peers ORDER BY id`,
      values: [],
    });
    return (rows as readonly (readonly [string, boolean, number, number | null])[]).map(
      ([url, isActive, failures, lastSeenMs]) => ({
        url,
        isActive,
        failures,
        lastSeenMs: lastSeenMs ?? undefined,
      }),
    );
  }

  async save({ url, isActive, failures, lastSeenMs }: StoredPeer): Promise<void> {
    checkPeerUrl(url);
    await this.#database.write((session) =>
      session.run({
        name: 'peers-save',
        text: `INSERT INTO peers (url, is_active, failures, last_seen)
               VALUES ($1, $2, $3, to_timestamp($4::float8 / 1000))
               ON CONFLICT (url) DO UPDATE SET is_active = excluded.is_active, failures = excluded.failures,
                      last_seen = excluded.last_seen`,
        values: [url, isActive, failures, lastSeenMs ?? null],
      }),
    );
  }

  async remove(url: string): Promise<void> {
    await this.#database.write((session) =>
      session.run({ name: 'peers-remove', text: 'DELETE FROM peers WHERE url = $1', values: [url] }),
    );
  }
}
