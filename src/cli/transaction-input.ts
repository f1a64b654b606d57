/** Reads a transaction that somebody wrote into a file or a pipe: JSON, or its full bytes in hex. */
import {
  decodeTransaction,
  hexToBytes,
  isHex,
  type Transaction,
  transactionFromJson,
} from '../consensus/index.ts';
import { CliError, meaningOf, usageError } from './cli-errors.ts';
import { EXIT } from './exit-codes.ts';

const HINT = 'Wanted: JSON as `send --dry-run --json` or `tx --json` print it, or the full bytes in hex.';

/** @throws CliError */
export function parseTransaction(text: string): Transaction {
  const clean = text.trim();
  if (clean === '') throw usageError('There is no transaction: the input is empty.', HINT);
  const compact = clean.replace(/\s+/g, '');
  const verdict = isHex(compact)
    ? decodeTransaction(hexToBytes(compact))
    : transactionFromJson(jsonOf(clean));
  if (verdict.ok) return verdict.value;
  throw new CliError(`This is no transaction: ${verdict.detail}`, {
    exitCode: EXIT.failed,
    reason: verdict.reason,
    hint: meaningOf(verdict.reason) ?? HINT,
  });
}

function jsonOf(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw usageError('This is neither JSON nor hex.', HINT);
  }
  // What `send --json` prints has the transaction inside.
  const inner =
    typeof parsed === 'object' && parsed !== null
      ? (parsed as { transaction?: unknown }).transaction
      : undefined;
  return inner ?? parsed;
}
