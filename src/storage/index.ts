/** Where blocks, coins, waiting transactions and peers are kept. Start at `open-storage.ts`. */
export {
  DatabaseInUseError,
  DatabaseLockLostError,
  DatabaseQueryError,
  DatabaseUnavailableError,
  DatabaseUrlError,
  SchemaTooNewError,
  StorageClosedError,
  StorageError,
  StorageInvariantError,
  type StorageErrorCode,
} from './errors.ts';
export {
  DataDirInUseError,
  DataDirLayoutError,
  DataDirLockLostError,
  EmbeddedCrashError,
  EmbeddedPostgresError,
  EmbeddedStartError,
  lockDataDir,
  type DataDirLock,
  type EmbeddedErrorCode,
} from './embedded/index.ts';
export { createMemoryStorage, MemoryStore, type MemoryStorageOptions } from './memory-store.ts';
export { engineOf, openStorage, type StorageOptions } from './open-storage.ts';
export type { MigrationStatus, SchemaMigrator } from './schema-migrator.ts';
export type { Storage, StorageEngine } from './storage.ts';
export { Replay, replayBlock } from './replay.ts';
