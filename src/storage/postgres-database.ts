/**
 * A PostgreSQL server as the database of one node.
 *
 *     pool of ≤ 4 sessions ── reads
 *     one session ─────────── holds pg_advisory_lock, and does all the writing
 *
 * The writing session *is* the one that holds the lock. Were they two, a node could lose its lock (a network that breaks,
 * an administrator who ends the session) and go on writing beside the next node. So the lock cannot be lost without
 * losing the ability to write, at the server, whatever this process believes.
 *
 * Advisory locks belong to a session: poolers that share sessions between clients (PgBouncer in transaction mode) break
 * them, and must not stand in between.
 */
import { Client, Pool, type ClientConfig } from 'pg';
import { Kysely, PostgresDialect } from 'kysely';
import { asStorageError } from './driver-errors.ts';
import { DatabaseInUseError, DatabaseLockLostError, StorageClosedError } from './errors.ts';
import { SerialQueue } from '../chainstate/serial-queue.ts';
import {
  ROW_TYPES,
  SESSION_SETTINGS,
  type MigrationKysely,
  type SqlDatabase,
  type SqlResult,
  type SqlSession,
  type SqlStatement,
} from './sql-database.ts';
import { runStatement, runTransaction } from './sql-transaction.ts';

const MAX_READING_SESSIONS = 4;
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
/** The server gives up a statement after this long; the driver a little later, should the server not answer at all. */
const STATEMENT_TIMEOUT_MS = 60_000;
const QUERY_TIMEOUT_MS = 70_000;
/** Names our lock among all advisory locks of a database: "MiniBtc" in ASCII. */
const LOCK_KEY = 0x4d_69_6e_69_42_74_63n;

export interface PostgresDatabaseOptions {
  /** `postgresql://…`; everything that the driver understands in it is honoured. */
  readonly databaseUrl: string;
  /** Called at most once, when the lock is lost: the node must stop. */
  readonly onFatal: (error: Error) => void;
}

/**
 * Connects and takes the lock.
 * @throws DatabaseInUseError when another node holds it
 * @throws DatabaseUnavailableError when nobody answers
 */
export async function openPostgresDatabase(options: PostgresDatabaseOptions): Promise<SqlDatabase> {
  const config: ClientConfig = {
    connectionString: withSessionSettings(options.databaseUrl),
    application_name: 'mini-bitcoin',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: ROW_TYPES,
  };
  const timeouts = { statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS };
  // In pipeline mode the statements of a transaction are sent without waiting for the answer to the one before.
  const writer = new Client({ ...config, ...timeouts, pipeline: true });
  let onWriterEnd = (): void => undefined;
  writer.on('error', () => onWriterEnd());
  writer.on('end', () => onWriterEnd());
  try {
    await writer.connect();
    await takeLock(writer);
  } catch (error) {
    await writer.end().catch(() => undefined);
    throw asStorageError(error);
  }
  const pool = new Pool({
    ...config,
    ...timeouts,
    max: MAX_READING_SESSIONS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is replaced by the pool; without a listener the event would end the process.
  pool.on('error', () => undefined);
  const database = new PostgresDatabase(config, writer, pool, options.onFatal);
  onWriterEnd = () => database.handleWriterEnd();
  return database;
}

async function takeLock(writer: Client): Promise<void> {
  const { rows } = await writer.query<{ taken: boolean; database: string }>(
    `SELECT pg_try_advisory_lock(${LOCK_KEY}) AS taken, current_database() AS database`,
  );
  const [answer] = rows;
  if (answer?.taken !== true) throw new DatabaseInUseError(answer?.database ?? '');
}

/** Adds our settings to the URL's `options`, so that sessions have them from their first statement on. */
function withSessionSettings(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const settings = Object.entries(SESSION_SETTINGS).map(([name, value]) => `-c ${name}=${value}`);
  const given = url.searchParams.get('options');
  url.searchParams.set('options', [...settings, ...(given === null ? [] : [given])].join(' '));
  // The driver decodes %20 in there, but takes a plus sign for one.
  return url.href.replace(/\?.*/, (query) => query.replaceAll('+', '%20'));
}

class PostgresDatabase implements SqlDatabase {
  readonly engine = 'postgresql';
  readonly #config: ClientConfig;
  readonly #writer: Client;
  readonly #pool: Pool;
  readonly #onFatal: (error: Error) => void;
  readonly #writes = new SerialQueue(Infinity);
  #lost: DatabaseLockLostError | undefined;
  #closed: Promise<void> | undefined;

  constructor(config: ClientConfig, writer: Client, pool: Pool, onFatal: (error: Error) => void) {
    this.#config = config;
    this.#writer = writer;
    this.#pool = pool;
    this.#onFatal = onFatal;
  }

  handleWriterEnd(): void {
    if (this.#closed !== undefined || this.#lost !== undefined) return;
    this.#lost = new DatabaseLockLostError();
    this.#onFatal(this.#lost);
  }

  async read(statement: SqlStatement): Promise<SqlResult> {
    if (this.#closed !== undefined) throw new StorageClosedError();
    return runStatement(this.#pool, statement);
  }

  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#exclusively(() => runTransaction(this.#writer, work));
  }

  writeOne(statement: SqlStatement): Promise<SqlResult> {
    return this.#exclusively(() => runStatement(this.#writer, statement));
  }

  withMigrator<T>(work: (kysely: MigrationKysely) => Promise<T>): Promise<T> {
    return this.#exclusively(async () => {
      // A connection without time limits: a migration of a large table takes as long as it takes.
      const pool = new Pool({ ...this.#config, max: 1 });
      pool.on('error', () => undefined);
      const kysely: MigrationKysely = new Kysely({ dialect: new PostgresDialect({ pool }) });
      try {
        return await work(kysely);
      } catch (error) {
        throw asStorageError(error);
      } finally {
        await kysely.destroy();
      }
    });
  }

  async maintain(): Promise<void> {
    // A server has autovacuum and a checkpointer.
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#writes.idle();
    await this.#pool.end();
    // Ending the session gives the lock free. When it is lost there is nothing to end.
    if (this.#lost === undefined) await this.#writer.end().catch(() => undefined);
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(new StorageClosedError());
    return this.#writes.run(async () => {
      if (this.#lost !== undefined) throw this.#lost;
      return work();
    });
  }
}
