/**
 * What can go wrong with the embedded database apart from SQL errors (those reach the caller through `pg` as usual).
 * `code` is stable and meant for switches; the message is meant for the person at the terminal.
 */
export type EmbeddedErrorCode =
  | 'DATA_DIR_IN_USE'
  | 'DATA_DIR_LOCK_LOST'
  | 'DATA_DIR_LAYOUT'
  | 'EMBEDDED_START_FAILED'
  | 'EMBEDDED_BUSY'
  | 'EMBEDDED_CLOSED'
  | 'EMBEDDED_CRASHED'
  | 'EMBEDDED_MAINTENANCE_FAILED';

/** Base class of every error in this folder. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedErrorCode;

  constructor(code: EmbeddedErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Another living process holds the data directory. */
export class DataDirInUseError extends EmbeddedPostgresError {
  /** Process id of the holder, in the holder's own pid namespace; undefined when the lock could not be read. */
  readonly holderPid: number | undefined;
  readonly holderHostname: string | undefined;

  constructor(message: string, holder?: { pid: number; hostname: string }) {
    super('DATA_DIR_IN_USE', message);
    this.holderPid = holder?.pid;
    this.holderHostname = holder?.hostname;
  }
}

/** The lock vanished under its holder: another host took the directory over while this process did not answer. */
export class DataDirLockLostError extends EmbeddedPostgresError {
  constructor(dir: string) {
    super(
      'DATA_DIR_LOCK_LOST',
      `The lock on data directory ${dir} was taken over by another node while this one did not respond. ` +
        'This node stops writing at once; start it again when the other one is stopped.',
    );
  }
}

/** The data directory was written by a newer or a different program; it was left untouched. */
export class DataDirLayoutError extends EmbeddedPostgresError {
  constructor(message: string, options?: ErrorOptions) {
    super('DATA_DIR_LAYOUT', message, options);
  }
}

/** The database could not be initialised or started. */
export class EmbeddedStartError extends EmbeddedPostgresError {
  constructor(message: string, options?: ErrorOptions) {
    super('EMBEDDED_START_FAILED', message, options);
  }
}

/** A second connection was opened while one is in use. */
export class EmbeddedBusyError extends EmbeddedPostgresError {
  constructor() {
    super(
      'EMBEDDED_BUSY',
      'The embedded database serves one connection at a time and it is taken. Use a pool with max: 1, ' +
        'or end the first client before connecting the second.',
    );
  }
}

/** The database was closed by its owner. */
export class EmbeddedClosedError extends EmbeddedPostgresError {
  constructor() {
    super('EMBEDDED_CLOSED', 'The embedded database is closed.');
  }
}

/**
 * The worker that runs the engine died. What was acknowledged is on disk; what was not may or may not be. Nothing
 * but a new `openEmbeddedPostgres` brings it back.
 */
export class EmbeddedCrashError extends EmbeddedPostgresError {
  constructor(reason: string, options?: ErrorOptions) {
    super('EMBEDDED_CRASHED', `The embedded database stopped unexpectedly: ${reason}`, options);
  }
}

/** CHECKPOINT or VACUUM failed; the data is not harmed. */
export class EmbeddedMaintenanceError extends EmbeddedPostgresError {
  constructor(reason: string, options?: ErrorOptions) {
    super('EMBEDDED_MAINTENANCE_FAILED', `Maintenance of the embedded database failed: ${reason}`, options);
  }
}

/** The `code` of a Node system error (`ENOENT`, `EEXIST`, ...), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
