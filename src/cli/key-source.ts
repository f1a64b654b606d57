/**
 * Where `send` gets the private key from.
 *
 * A key on the command line is seen by every user of the machine (`ps`) and stays in the shell's history: it works, because the
 * original's users type it so, but with a warning. A hidden prompt, standard input and a file do not have that problem.
 */
import { stat } from 'node:fs/promises';
import { InvalidPrivateKeyError, type Wallet, walletFromPrivateKey } from '../wallet/index.ts';
import { capitalised, usageError } from './cli-errors.ts';
import type { Context } from './context.ts';
import { promptHidden, readTextInput } from './standard-input.ts';

const MAX_KEY_FILE_BYTES = 16_384;
const PROMPT = 'Private key (it is not shown): ';

export interface KeyOptions {
  /** The key itself, or `-` for standard input. */
  readonly from?: string;
  readonly fromFile?: string;
}

/** Asks the places in turn: option, file, standard input, keyboard. */
export async function readWallet(context: Context, { from, fromFile }: KeyOptions): Promise<Wallet> {
  const { terminal, signal } = context;
  if (from !== undefined && fromFile !== undefined)
    throw usageError('--from and --from-file are both given.', 'Give one of them.');
  if (fromFile !== undefined) {
    const text = await readTextInput(terminal, signal, fromFile, MAX_KEY_FILE_BYTES);
    if (fromFile !== '-') await warnWhenReadableByOthers(context, fromFile);
    return walletOf(text, `the file ${fromFile}`);
  }
  if (from !== undefined && from !== '-') {
    context.warn(
      'the private key stands on the command line: other users of this machine see it in the process list, and your ' +
        'shell keeps it in its history. Leave --from out to be asked for it, or use --from-file.',
    );
    return walletOf(from, '--from');
  }
  if (terminal.stdin.isTTY === true)
    return walletOf(await promptHidden(terminal, signal, PROMPT), 'your answer');
  if (from === undefined) {
    throw usageError(
      'Whose coins? The private key is missing, and there is no terminal to ask at.',
      'Give --from-file FILE, or --from - and the key on standard input.',
    );
  }
  return walletOf(await readTextInput(terminal, signal, '-', MAX_KEY_FILE_BYTES), 'standard input');
}

/** The key in the text: raw hex, or JSON as `create-wallet` writes it. Messages never repeat the text. */
function walletOf(text: string, source: string): Wallet {
  const clean = text.trim();
  const key = clean.startsWith('{') ? keyInJson(clean, source) : clean.replace(/^0x/i, '');
  try {
    return walletFromPrivateKey(key);
  } catch (error) {
    if (!(error instanceof InvalidPrivateKeyError)) throw error;
    throw usageError(
      `${capitalised(source)} holds no private key: ${error.message}.`,
      /^[0-9a-f]{40}$/i.test(key)
        ? 'This is an address; the key to it is what create-wallet called "private key".'
        : undefined,
    );
  }
}

function keyInJson(text: string, source: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw usageError(
      `${capitalised(source)} is not readable JSON.`,
      'create-wallet --out FILE writes a good one.',
    );
  }
  const key = (parsed as { private_key?: unknown }).private_key;
  if (typeof key === 'string') return key;
  throw usageError(
    `${capitalised(source)} has no "private_key" in it.`,
    'create-wallet --out FILE writes a good one.',
  );
}

async function warnWhenReadableByOthers(context: Context, path: string): Promise<void> {
  if (process.platform === 'win32') return; // no such bits there
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    context.warn(`other users of this machine may read ${path}. Keep it to yourself: chmod 600 ${path}`);
}
