import { sql } from 'kysely';
import type { MigrationKysely } from '../sql-database.ts';

/**
 * The index by which a block's undo is found must not be of use for anything else. As an index of `spent_height` it also gives
 * the order in which the history of an address is asked for, latest first; with a LIMIT the planner then likes to walk through
 * everything that anybody ever spent, in the hope of meeting the address soon. As an index of a sum it is used only where the
 * sum is asked for.
 */
export async function up(db: MigrationKysely): Promise<void> {
  await sql`DROP INDEX spent_coins_spent_height`.execute(db);
  await sql`CREATE INDEX spent_coins_undo ON spent_coins ((spent_height + 0))`.execute(db);
}

export async function down(db: MigrationKysely): Promise<void> {
  await sql`DROP INDEX spent_coins_undo`.execute(db);
  await sql`CREATE INDEX spent_coins_spent_height ON spent_coins (spent_height)`.execute(db);
}
