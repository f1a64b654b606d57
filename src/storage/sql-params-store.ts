/** The chain's parameters in SQL. */
import type { ChainParamsStore } from './storage.ts';
import type { SqlDatabase, SqlResult } from './sql-database.ts';

export class SqlParamsStore implements ChainParamsStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async loadOrAdopt(current: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
    const read = { name: 'params-load', text: 'SELECT name, value FROM chain_params', values: [] };
    const stored = await this.#database.read(read);
    if (stored.rows.length > 0) return toRecord(stored);
    await this.#database.write((session) =>
      session.run({
        name: 'params-adopt',
        text: 'INSERT INTO chain_params (name, value) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING',
        values: [Object.keys(current), Object.values(current)],
      }),
    );
    return toRecord(await this.#database.read(read));
  }
}

function toRecord({ rows }: SqlResult): Readonly<Record<string, string>> {
  return Object.fromEntries(rows as readonly (readonly [string, string])[]);
}
