/** Why a node or its database could not be opened: one sentence for each, instead of a stack. */
import { capitalised, CliError } from './cli-errors.ts';

/** `code`s of the errors of `src/storage`, and `name`s of others, that are meant for the person at the terminal. */
const HINTS: Readonly<Record<string, string | undefined>> = {
  DATA_DIR_IN_USE: 'Another folder is given with --data-dir DIR.',
  DATA_DIR_LOCK_LOST: undefined,
  DATA_DIR_LAYOUT: 'Use the version that wrote it, or another folder: --data-dir DIR.',
  EMBEDDED_START_FAILED: 'Is there room on the disk, and may you write there?',
  DATABASE_URL: undefined,
  DATABASE_IN_USE: 'Another database is given with --database-url URL.',
  DATABASE_UNAVAILABLE: 'Is the server running, and are name and password right?',
  DATABASE_LOCK_LOST: undefined,
  DATABASE_QUERY: undefined,
  SCHEMA_TOO_NEW: undefined,
  STORAGE_INVARIANT: 'mini-bitcoin db verify compares the coins with the blocks.',
  ChainParamsDifferError: undefined,
};

/** Undefined: not a failure of this kind. */
export function explainStartFailure(
  error: unknown,
  asked: { readonly host: string; readonly port: number },
): CliError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  const where = `${asked.host}:${asked.port}`;
  if (code === 'EADDRINUSE') {
    return new CliError(
      `Port ${asked.port} is taken: another program, maybe another node, listens at ${where}.`,
      {
        reason: 'port-in-use',
        hint: `Choose another one: mini-bitcoin node --port ${asked.port === 65_535 ? 8001 : asked.port + 1}`,
        cause: error,
      },
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new CliError(`This machine has no address ${asked.host} to listen at.`, {
      reason: 'no-such-address',
      hint: 'Usual are 127.0.0.1 (this machine only) and 0.0.0.0 (everybody): --host ADDRESS.',
      cause: error,
    });
  }
  if (code === 'EACCES' && (error as NodeJS.ErrnoException).syscall === 'listen') {
    return new CliError(`You are not allowed to listen at ${where}.`, {
      reason: 'port-forbidden',
      hint: 'Ports below 1024 belong to the administrator: --port 8000.',
      cause: error,
    });
  }
  return explainDatabaseFailure(error);
}

export function explainDatabaseFailure(error: unknown): CliError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = error.name } = error as NodeJS.ErrnoException;
  if (!Object.hasOwn(HINTS, code)) return undefined;
  return new CliError(capitalised(error.message), {
    reason: reasonOf(code),
    hint: HINTS[code],
    cause: error,
  });
}

/** `DATA_DIR_IN_USE` and `ChainParamsDifferError` as `data-dir-in-use` and `chain-params-differ`. */
function reasonOf(code: string): string {
  return code
    .replace(/Error$/, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}
