import { sql } from 'kysely';
import type { MigrationKysely } from '../sql-database.ts';

/**
 * From a height to the coinbase, one entry a block: what miners earned over thousands of blocks is then read without their
 * other transactions, of which a full block has thousands.
 */
export async function up(db: MigrationKysely): Promise<void> {
  await sql`CREATE UNIQUE INDEX transactions_coinbase ON transactions (height) WHERE position = 0`.execute(
    db,
  );
}

export async function down(db: MigrationKysely): Promise<void> {
  await sql`DROP INDEX transactions_coinbase`.execute(db);
}
