/** Brings the schema up, one step down, or says where it is. */
import { Migrator, sql, type MigrationResultSet } from 'kysely';
import { SchemaTooNewError, StorageError } from './errors.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { MigrationKysely, SqlDatabase } from './sql-database.ts';

/** One step of the schema's history. */
export interface MigrationStatus {
  readonly name: string;
  /** Milliseconds since 1970 when it was applied; undefined where it is not. */
  readonly appliedAtMs: number | undefined;
}

/** For `db migrate | rollback | status`. All reject with SchemaTooNewError when a newer version wrote the database. */
export interface SchemaMigrator {
  /** Applies what is missing. Returns the names of what was applied, oldest first. */
  migrate(): Promise<readonly string[]>;
  /**
   * Takes back the latest step, with the data in its tables. Returns its name, or undefined when there was none.
   * The store cannot be used until it is migrated again.
   */
  rollback(): Promise<string | undefined>;
  /** All steps, oldest first. Changes nothing, also on an empty database. */
  status(): Promise<readonly MigrationStatus[]>;
}

interface AppliedRow {
  readonly name: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** Reads the migrator's own table. @throws SchemaTooNewError when there are steps in it that we do not know */
async function readApplied(kysely: MigrationKysely): Promise<readonly AppliedRow[]> {
  const exists = await sql<{ found: boolean }>`
    SELECT to_regclass('kysely_migration') IS NOT NULL AS found`.execute(kysely);
  if (exists.rows[0]?.found !== true) return [];
  const { rows } = await sql<AppliedRow>`
    SELECT name, "timestamp" FROM kysely_migration ORDER BY name`.execute(kysely);
  const unknown = rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length > 0) throw new SchemaTooNewError(unknown);
  return rows;
}

function createMigrator(kysely: MigrationKysely): Migrator {
  return new Migrator({ db: kysely, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
}

function applied({ error, results }: MigrationResultSet): readonly string[] {
  if (error !== undefined)
    throw error instanceof Error
      ? error
      : new StorageError('DATABASE_QUERY', 'a migration failed', { cause: error });
  return (results ?? [])
    .filter(({ status }) => status === 'Success')
    .map(({ migrationName }) => migrationName);
}

export function createSchemaMigrator(database: SqlDatabase): SchemaMigrator {
  return {
    migrate: () =>
      database.withMigrator(async (kysely) => {
        const before = await readApplied(kysely);
        // At almost every start: one question instead of the migrator's dozen.
        if (before.length === Object.keys(MIGRATIONS).length) return [];
        return applied(await createMigrator(kysely).migrateToLatest());
      }),
    rollback: () =>
      database.withMigrator(async (kysely) => {
        await readApplied(kysely);
        return applied(await createMigrator(kysely).migrateDown())[0];
      }),
    status: () =>
      database.withMigrator(async (kysely) => {
        const rows = new Map((await readApplied(kysely)).map((row) => [row.name, Date.parse(row.timestamp)]));
        return Object.keys(MIGRATIONS).map((name) => ({ name, appliedAtMs: rows.get(name) }));
      }),
  };
}
