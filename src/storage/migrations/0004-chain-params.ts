import { sql } from 'kysely';
import type { MigrationKysely } from '../sql-database.ts';

/** The chain's parameters, beside the chain that was made under them. */
export async function up(db: MigrationKysely): Promise<void> {
  await sql`
    CREATE TABLE chain_params (
      name  text PRIMARY KEY,
      value text NOT NULL
    )`.execute(db);
  await sql`COMMENT ON TABLE chain_params IS ${sql.lit(
    'The rules under which this chain was made. A node with other rules is of another network, and refuses to start on it.',
  )}`.execute(db);
}

export async function down(db: MigrationKysely): Promise<void> {
  await sql`DROP TABLE chain_params`.execute(db);
}
