/**
 * A database as the stores see it, whichever engine is behind it.
 *
 * Reading and writing are apart: there is one writing session, and its transactions run one after another. On a server
 * that session also holds the lock that keeps other nodes away, so losing the lock and losing the ability to write are
 * the same event (`postgres-database.ts`).
 */
import type { CustomTypesConfig } from 'pg';
import type { Kysely } from 'kysely';
import type { Urgency } from './connection-turns.ts';

/** One statement. The name makes the server parse and plan it once per session; equal names mean equal texts. */
export interface SqlStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Columns by position: the names would be repeated in every row. */
export type SqlRow = readonly unknown[];

export interface SqlResult {
  readonly rows: readonly SqlRow[];
  /** Rows that the statement wrote or returned. */
  readonly rowCount: number;
}

/** Runs statements of one transaction. They may be sent without waiting for each other; they run in order. */
export interface SqlSession {
  run(statement: SqlStatement): Promise<SqlResult>;
}

/** The tables of the migrator. Migrations name tables that come and go, so they have no static types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Kysely's own type for migrations is Kysely<any>
export type MigrationKysely = Kysely<any>;

export interface SqlDatabase {
  readonly engine: 'pglite' | 'postgresql';
  /**
   * Runs one reading statement on any session.
   * @param urgency `urgent` is for what the node itself waits for; it matters where there is one session for all
   */
  read(statement: SqlStatement, urgency?: Urgency): Promise<SqlResult>;
  /**
   * Runs `work` in a transaction on the writing session: commits when it resolves, rolls back when it rejects. When this
   * resolves, the transaction is on disk.
   */
  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** One writing statement, a transaction by itself: one round trip instead of three. When this resolves, it is on disk. */
  writeOne(statement: SqlStatement): Promise<SqlResult>;
  /** Lends a connection of its own kind to the migrator. Nothing else writes meanwhile. */
  withMigrator<T>(work: (kysely: MigrationKysely) => Promise<T>): Promise<T>;
  /** Gives the engine the time for its housekeeping. */
  maintain(): Promise<void>;
  /** Waits for what is under way. Idempotent. */
  close(): Promise<void>;
}

/**
 * Settings of every session.
 *
 * No statement here may ever read a whole table, whatever the planner believes: statistics lag behind a chain that is
 * being synchronised, on the embedded engine nobody gathers them unasked, and plans of prepared statements are kept from
 * the time when the tables were small. Index lookups cost the same at any size.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // Pages of long lists: follow an index and stop when the page is full, instead of collecting all and sorting it.
  enable_sort: 'off',
  enable_hashagg: 'off',
  max_parallel_workers_per_gather: '0',
  // Compiling a plan takes longer than any of our statements.
  jit: 'off',
  synchronous_commit: 'on',
};

const OID = { bytea: 17, int8: 20, int2: 21, int4: 23, bool: 16 } as const;

function parseText(oid: number): (value: string) => unknown {
  switch (oid) {
    case OID.bool:
      return (value) => value === 't';
    case OID.bytea: // '\x0123…': the hex that our identifiers are
      return (value) => value.slice(2);
    case OID.int2:
    case OID.int4:
    case OID.int8:
      return (value) => {
        const number = Number(value);
        if (!Number.isSafeInteger(number)) throw new RangeError(`integer too large: ${value}`);
        return number;
      };
    default: // numeric and text stay texts
      return (value) => value;
  }
}

/** How columns become values. Given to each connection: the driver's global table is not ours to change. */
export const ROW_TYPES: CustomTypesConfig = {
  getTypeParser: parseText as CustomTypesConfig['getTypeParser'],
};
