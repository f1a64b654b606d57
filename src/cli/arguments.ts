/**
 * Reads what people type: addresses, hashes, amounts, numbers. Each mistake gets a sentence that says what to do; none repeats
 * the text where it could be a private key.
 */
import { type Address, addressOfPubkey, hexToBytes, isHex } from '../consensus/index.ts';
import { InvalidAmountError, parseAmount } from '../wallet/index.ts';
import { capitalised, usageError } from './cli-errors.ts';

/** An address, normalised to lower case. */
export function parseAddress(text: string): Address {
  const clean = text.trim().toLowerCase();
  if (isHex(clean, 20)) return clean as Address;
  if (isHex(clean, 33)) {
    throw usageError(
      'This is a public key, and an address is wanted.',
      `Its address is ${addressOfPubkey(hexToBytes(clean))}.`,
    );
  }
  if (isHex(clean, 32)) {
    throw usageError(
      'These are 64 hex characters: a hash or a private key, and no address.',
      'An address has 40. Never show a private key to anybody; if this was one, it is in your shell history now.',
    );
  }
  throw usageError(
    `An address is 40 hex characters; ${describeText(clean)}.`,
    'Make one with `mini-bitcoin create-wallet`, and copy the line "address".',
  );
}

function describeText(text: string): string {
  if (text === '') return 'this is empty';
  if (/^[0-9a-f]+$/.test(text)) return `this has ${text.length}`;
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}" is none`;
}

/** A transaction id or block hash, normalised to lower case. */
export function parseHash(text: string, what: string): string {
  const clean = text.trim().toLowerCase().replace(/^0x/, '');
  if (isHex(clean, 32)) return clean;
  throw usageError(`${capitalised(what)} is 64 hex characters; ${describeText(clean)}.`);
}

/** A block, by its hash or height; `tip` is the latest. */
export function parseBlockName(text: string): string | number {
  const clean = text.trim().toLowerCase();
  if (clean === 'tip' || clean === 'latest') return 'tip';
  if (/^\d{1,10}$/.test(clean)) return Number(clean);
  if (isHex(clean, 32)) return clean;
  throw usageError(
    `A block is named by its height (0, 1, 2, …), its hash (64 hex characters) or "tip"; ${describeText(clean)}.`,
  );
}

/** An amount above (or from) 0, in base units. */
export function parseAmountOption(text: string, flag: string, options: { zero: boolean }): number {
  let amount: number;
  try {
    amount = parseAmount(text);
  } catch (error) {
    if (error instanceof InvalidAmountError)
      throw usageError(`${flag}: ${error.message}.`.replace(/[.?]\.$/, (end) => end.charAt(0)));
    throw error;
  }
  if (amount === 0 && !options.zero) throw usageError(`${flag}: an amount above 0 is wanted.`);
  return amount;
}

export function parseWholeNumber(text: string, flag: string, least: number, most: number): number {
  const number = Number(text.replaceAll('_', ''));
  if (/^[\d_]+$/.test(text) && number >= least && number <= most) return number;
  throw usageError(`${flag}: "${text}" is not a whole number from ${least} to ${most}.`);
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `90`, `90s`, `30m`, `1h`, `2d` in seconds, from 1 to `most`. */
export function parseDuration(text: string, flag: string, most: number): number {
  const [, digits = '', unit = 's'] = /^(\d{1,10})([smhd])?$/.exec(text.trim().toLowerCase()) ?? [];
  const seconds = Number(digits) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  if (digits !== '' && seconds >= 1 && seconds <= most) return seconds;
  throw usageError(
    `${flag}: "${text}" is no such time; from 1 second to ${most / 86_400} days are allowed.`,
    'Write 30m, 1h, 2d, or a number of seconds.',
  );
}

export function parseRate(text: string, flag: string): number {
  const rate = Number(text);
  if (text.trim() !== '' && rate >= 0 && rate <= 1e9) return rate;
  throw usageError(`${flag}: "${text}" is not a number of base units per byte, like 1 or 2.5.`);
}
