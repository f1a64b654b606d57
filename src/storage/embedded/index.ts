/** PostgreSQL inside the node, for a node that has no server to go to. Start at `embedded-server.ts`. */
export { checkDataDirLayout, DATA_DIR_ENGINE, DATA_DIR_LAYOUT } from './data-dir.ts';
export { lockDataDir, type DataDirLock, type LockTimings } from './data-dir-lock.ts';
export {
  openEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-server.ts';
export {
  DataDirInUseError,
  DataDirLayoutError,
  DataDirLockLostError,
  EmbeddedBusyError,
  EmbeddedClosedError,
  EmbeddedCrashError,
  EmbeddedMaintenanceError,
  EmbeddedPostgresError,
  EmbeddedStartError,
  type EmbeddedErrorCode,
} from './errors.ts';
export type { ClusterOrigin, EngineStats } from './worker-messages.ts';
