/**
 * The embedded engine as the database of one node: a single connection, on which everything takes turns.
 */
import { Client, type ClientBase } from 'pg';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { ConnectionTurns, type Urgency } from './connection-turns.ts';
import { asStorageError } from './driver-errors.ts';
import {
  openEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded/index.ts';
import { StorageClosedError } from './errors.ts';
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

/** The tables whose rows come and go. */
const TABLES_TO_VACUUM = [
  'blocks',
  'chain_state',
  'coins',
  'spent_coins',
  'transactions',
  'mempool_txs',
  'peers',
];

export interface EmbeddedDatabaseOptions extends EmbeddedPostgresOptions {
  /** Called at most once, when the engine died: the node must stop. */
  readonly onFatal: (error: Error) => void;
}

/** Opens the database in a data directory. @throws DataDirInUseError and the other errors of `openEmbeddedPostgres` */
export async function openEmbeddedDatabase({
  onFatal,
  ...options
}: EmbeddedDatabaseOptions): Promise<SqlDatabase> {
  const server = await openEmbeddedPostgres(options);
  try {
    const client = new Client({
      stream: () => server.connectStream(),
      user: 'postgres',
      database: 'postgres',
      types: ROW_TYPES,
      pipeline: true,
    });
    client.on('error', () => undefined); // told by onCrash, and by the statements that fail
    await client.connect();
    for (const [name, value] of Object.entries(SESSION_SETTINGS))
      await client.query(`SET ${name} = '${value}'`);
    return new EmbeddedDatabase(server, client, onFatal);
  } catch (error) {
    await server.close();
    throw asStorageError(error);
  }
}

class EmbeddedDatabase implements SqlDatabase {
  readonly engine = 'pglite';
  readonly #server: EmbeddedPostgres;
  readonly #client: Client;
  readonly #turns = new ConnectionTurns();
  readonly #stopWatching: () => void;
  #closed: Promise<void> | undefined;

  constructor(server: EmbeddedPostgres, client: Client, onFatal: (error: Error) => void) {
    this.#server = server;
    this.#client = client;
    this.#stopWatching = server.onCrash((error) => {
      if (this.#closed === undefined) onFatal(error);
    });
  }

  read(statement: SqlStatement, urgency: Urgency = 'ordinary'): Promise<SqlResult> {
    return this.#inTurn(urgency, () => runStatement(this.#client, statement));
  }

  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#inTurn('urgent', () => runTransaction(this.#client, work));
  }

  writeOne(statement: SqlStatement): Promise<SqlResult> {
    return this.#inTurn('urgent', () => runStatement(this.#client, statement));
  }

  withMigrator<T>(work: (kysely: MigrationKysely) => Promise<T>): Promise<T> {
    return this.#inTurn('urgent', async () => {
      const kysely: MigrationKysely = new Kysely({
        dialect: new PostgresDialect({ pool: new LendingPool(this.#client) }),
      });
      try {
        return await work(kysely);
      } catch (error) {
        throw asStorageError(error);
      } finally {
        await kysely.destroy();
      }
    });
  }

  maintain(): Promise<void> {
    // Not in turn: the engine itself waits for the end of a transaction, and a long wait here would hold up readers.
    return this.#closed === undefined
      ? this.#server.maintain(TABLES_TO_VACUUM)
      : Promise.reject(new StorageClosedError());
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#turns.idle();
    this.#stopWatching();
    await this.#client.end().catch(() => undefined);
    await this.#server.close();
  }

  #inTurn<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
    return this.#closed === undefined
      ? this.#turns.run(urgency, work)
      : Promise.reject(new StorageClosedError());
  }
}

/** Lends the one connection to Kysely, which wants a pool; one borrower at a time, the others wait. */
class LendingPool implements PostgresPool {
  readonly #client: ClientBase;
  readonly #loans = new SerialQueue(Infinity);

  constructor(client: ClientBase) {
    this.#client = client;
  }

  connect(): Promise<PostgresPoolClient> {
    return new Promise((resolve) => {
      const loan = (giveBack: () => void): void => {
        const query = this.#client.query.bind(this.#client) as PostgresPoolClient['query'];
        resolve({ query, release: giveBack });
      };
      this.#loans.run(() => new Promise<void>(loan)).catch(() => undefined); // nothing in there can fail
    });
  }

  async end(): Promise<void> {
    // The connection is not ours to end.
  }
}
