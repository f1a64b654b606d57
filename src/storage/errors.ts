/**
 * What can go wrong with a store. `code` is stable and meant for switches; the message is meant for the person at the
 * terminal and never contains a password.
 */
export type StorageErrorCode =
  | 'DATABASE_URL'
  | 'DATABASE_IN_USE'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_LOCK_LOST'
  | 'DATABASE_QUERY'
  | 'SCHEMA_TOO_NEW'
  | 'STORAGE_INVARIANT'
  | 'STORAGE_CLOSED';

/** Base class of every error of this room (the embedded database has its own: `embedded/errors.ts`). */
export class StorageError extends Error {
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** `DATABASE_URL` is not one that we understand. */
export class DatabaseUrlError extends StorageError {
  constructor(message: string) {
    super('DATABASE_URL', message);
  }
}

/** Another node works on this database. */
export class DatabaseInUseError extends StorageError {
  constructor(database: string) {
    super(
      'DATABASE_IN_USE',
      `Another node is using the database ${database}. Stop it first, or give this node a database of its own.`,
    );
  }
}

/** The database cannot be reached, hung up, or did not answer in time. Reading again may succeed. */
export class DatabaseUnavailableError extends StorageError {
  constructor(message: string, options?: ErrorOptions) {
    super('DATABASE_UNAVAILABLE', message, options);
  }
}

/**
 * The session that holds the lock on the database ended, so another node may be writing by now. Nothing can be written
 * through this store any more; the node must stop. Started again, it takes the lock anew or hears who has it.
 */
export class DatabaseLockLostError extends StorageError {
  constructor(options?: ErrorOptions) {
    super(
      'DATABASE_LOCK_LOST',
      'The connection that holds the lock on the database was lost. This node stops writing; start it again.',
      options,
    );
  }
}

/** The database refused a statement: a full disk, missing rights, a cancelled query. */
export class DatabaseQueryError extends StorageError {
  /** PostgreSQL's five-character code (SQLSTATE). */
  readonly sqlState: string | undefined;

  constructor(message: string, sqlState: string | undefined, options?: ErrorOptions) {
    super('DATABASE_QUERY', message, options);
    this.sqlState = sqlState;
  }
}

/** The database was migrated by a newer version of this program. Nothing was touched. */
export class SchemaTooNewError extends StorageError {
  /** Migrations in the database that this version does not know. */
  readonly unknownMigrations: readonly string[];

  constructor(unknownMigrations: readonly string[]) {
    super(
      'SCHEMA_TOO_NEW',
      `The database was written by a newer version (migrations ${unknownMigrations.join(', ')} are unknown here). ` +
        'Nothing was changed. Run that version, or roll the database back with its `db rollback`.',
    );
    this.unknownMigrations = unknownMigrations;
  }
}

/**
 * The store is not what the caller believes it to be: a coin to spend is not there, a block to disconnect is not the
 * tip. The change was not applied. Going on would corrupt the coins, so the node must stop.
 */
export class StorageInvariantError extends StorageError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORAGE_INVARIANT', `invariant: ${message}`, options);
  }
}

/** The store was closed by its owner. */
export class StorageClosedError extends StorageError {
  constructor() {
    super('STORAGE_CLOSED', 'The store is closed.');
  }
}
