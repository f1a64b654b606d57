/**
 * Opens the store that `DATABASE_URL` names:
 *
 *     pglite:                       PostgreSQL embedded in the data directory (the default)
 *     postgresql://user@host/name   a server, version 15 or newer (postgres:// is the same)
 *     memory:                       nothing is kept
 */
import type { ChainQueries, ChainStore } from '../chainstate/ports.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { DatabaseUrlError } from './errors.ts';
import { createMemoryStorage } from './memory-store.ts';
import { openPostgresDatabase } from './postgres-database.ts';
import { createSchemaMigrator } from './schema-migrator.ts';
import { SqlChainQueries } from './sql-chain-queries.ts';
import { SqlChainStore } from './sql-chain-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import { SqlMempoolStore } from './sql-mempool-store.ts';
import { SqlParamsStore } from './sql-params-store.ts';
import { SqlPeerStore } from './sql-peer-store.ts';
import type { Storage, StorageEngine } from './storage.ts';

export interface StorageOptions {
  /** See the top of the file; undefined or empty means `pglite:`. */
  readonly databaseUrl?: string | undefined;
  /** Where the embedded database lives; created when missing. */
  readonly dataDir: string;
  /** Where templates of empty embedded databases are kept; see `openEmbeddedPostgres`. */
  readonly templateDir?: string | null;
  /** False leaves the schema as it is, for `db status` and `db rollback`. Default true. */
  readonly migrate?: boolean;
  /**
   * Called at most once, when nothing can be written any more (the lock on the database was lost, the embedded engine
   * died): stop the node. Whatever was acknowledged is safe.
   */
  readonly onFatal?: (error: Error) => void;
  /** Our clock, milliseconds since 1970. */
  readonly nowMs?: () => number;
}

/** Which engine a `DATABASE_URL` names. @throws DatabaseUrlError; the message does not repeat the URL's password */
export function engineOf(databaseUrl: string | undefined): StorageEngine {
  if (databaseUrl === undefined || databaseUrl === '' || databaseUrl === 'pglite:') return 'pglite';
  if (databaseUrl === 'memory:') return 'memory';
  if (/^postgres(ql)?:\/\//.test(databaseUrl) && URL.canParse(databaseUrl)) return 'postgresql';
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(databaseUrl)?.[0] ?? 'no scheme';
  throw new DatabaseUrlError(
    `DATABASE_URL is not understood (${scheme}): expected pglite:, memory: or postgresql://user:password@host:port/name`,
  );
}

/**
 * Opens, locks and migrates.
 *
 * @throws DatabaseUrlError, DatabaseInUseError, DatabaseUnavailableError, SchemaTooNewError and the errors of
 *         `openEmbeddedPostgres` (DataDirInUseError …); then nothing stays open
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { databaseUrl = '', dataDir, templateDir, nowMs = Date.now, onFatal = () => undefined } = options;
  const engine = engineOf(databaseUrl);
  if (engine === 'memory') return createMemoryStorage({ nowMs });
  const database =
    engine === 'postgresql'
      ? await openPostgresDatabase({ databaseUrl, onFatal })
      : await openEmbeddedDatabase({
          dataDir,
          onFatal,
          ...(templateDir === undefined ? {} : { templateDir }),
        });
  try {
    const storage = new SqlStorage(database, nowMs);
    if (options.migrate ?? true) await storage.migrations.migrate();
    return storage;
  } catch (error) {
    await database.close();
    throw error;
  }
}

class SqlStorage implements Storage {
  readonly engine;
  readonly chain: ChainStore & ChainQueries;
  readonly mempool;
  readonly peers;
  readonly params;
  readonly migrations;
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase, nowMs: () => number) {
    this.#database = database;
    this.engine = database.engine;
    this.chain = joinChain(new SqlChainStore(database, nowMs), new SqlChainQueries(database));
    this.mempool = new SqlMempoolStore(database);
    this.peers = new SqlPeerStore(database);
    this.params = new SqlParamsStore(database);
    this.migrations = createSchemaMigrator(database);
  }

  maintain(): Promise<void> {
    return this.#database.maintain();
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

function joinChain(store: ChainStore, queries: ChainQueries): ChainStore & ChainQueries {
  return {
    loadHeaders: () => store.loadHeaders(),
    loadTip: () => store.loadTip(),
    readBlock: (hash) => store.readBlock(hash),
    readBlocks: (hashes) => store.readBlocks(hashes),
    readBlockBytes: (hashes) => store.readBlockBytes(hashes),
    readCoins: (keys) => store.readCoins(keys),
    readUndo: (height) => store.readUndo(height),
    readUndoFrom: (height) => store.readUndoFrom(height),
    commit: (change) => store.commit(change),
    balance: (address, atHeight) => queries.balance(address, atHeight),
    coinsOf: (address, options) => queries.coinsOf(address, options),
    historyOf: (address, options) => queries.historyOf(address, options),
    rewardsSince: (address, height) => queries.rewardsSince(address, height),
    findTransaction: (txid) => queries.findTransaction(txid),
    findCoin: (key) => queries.findCoin(key),
    blockFigures: (from, to) => queries.blockFigures(from, to),
    coinAges: (height, width) => queries.coinAges(height, width),
    allCoins: () => queries.allCoins(),
  };
}
