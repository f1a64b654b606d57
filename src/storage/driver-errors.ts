/** Turns what the `pg` driver throws into this room's errors. */
import { DatabaseQueryError, DatabaseUnavailableError, StorageError } from './errors.ts';

/** SQLSTATE classes that mean "the server is not there (any more)": connection, shutdown, too many clients. */
const UNAVAILABLE = /^(08...|57P0[1-5]|53300)$/;

/**
 * The driver's messages for a connection that ended under a query. They carry no code, so the texts have to do
 * (pg/lib/client.js, pg-pool/index.js).
 */
const CONNECTION_MESSAGES =
  /connection (terminated|ended|error|timeout)|not queryable|timeout (exceeded|expired)|query read timeout/i;

/** `error` as a {@link StorageError}; those of this room and others' typed ones stay what they are. */
export function asStorageError(error: unknown): Error {
  if (error instanceof StorageError) return error;
  if (!(error instanceof Error)) return new DatabaseQueryError(String(error), undefined);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // The embedded engine's own errors are typed as well; the driver wraps nothing.
  if (code?.startsWith('EMBEDDED_') === true) return error;
  const isSqlState = code !== undefined && /^[0-9A-Z]{5}$/.test(code);
  const hungUp =
    code !== undefined && isSqlState
      ? UNAVAILABLE.test(code)
      : code !== undefined || CONNECTION_MESSAGES.test(error.message); // other codes are the system's: ECONNREFUSED…
  return hungUp
    ? new DatabaseUnavailableError(`The database is unavailable: ${error.message || String(code)}`, {
        cause: error,
      })
    : new DatabaseQueryError(`The database refused a statement: ${error.message}`, code, { cause: error });
}

/** True for SQLSTATE class 23: a constraint of the schema was violated. */
export function isIntegrityViolation(error: unknown): boolean {
  return error instanceof DatabaseQueryError && error.sqlState?.startsWith('23') === true;
}
