/** What a person typed, read strictly: the value, or what is wrong with it and where. */
import { hexToBytes, varintSize } from '../../../src/consensus/bytes.ts';
import { parseTarget, type Target } from '../../../src/consensus/target.ts';

/** Positions count from 1, as people do. */
export type Mistake =
  | { readonly name: 'empty' }
  /** A character that is none of the digits. */
  | { readonly name: 'hexDigit' | 'digit'; readonly at: number; readonly found: string }
  /** Two digits are a byte: one is left over. */
  | { readonly name: 'oddDigits'; readonly count: number }
  | { readonly name: 'bytes'; readonly wanted: number; readonly count: number }
  | { readonly name: 'tooLong'; readonly most: number; readonly count: number }
  | { readonly name: 'range'; readonly least: string; readonly most: string }
  /** The first byte of a varint says how many follow. */
  | { readonly name: 'varintLength'; readonly wanted: number; readonly count: number }
  | { readonly name: 'varintForm'; readonly value: string; readonly wanted: number; readonly count: number };

export type Reading<T> = { readonly value: T } | { readonly mistake: Mistake };

export const wrong = (mistake: Mistake): { readonly mistake: Mistake } => ({ mistake });

/** The digits without spaces and `0x`, each with its place in what was typed. */
function digitsOf(text: string): { readonly digits: string; readonly places: readonly number[] } {
  const start = /^\s*0x/i.exec(text)?.[0].length ?? 0;
  let digits = '';
  const places: number[] = [];
  for (let i = start; i < text.length; i++) {
    const character = text.charAt(i);
    if (/\s/.test(character)) continue;
    digits += character;
    places.push(i + 1);
  }
  return { digits, places };
}

/** The first character that is no digit. @param allowed matches what may not be there */
function strayDigit(text: string, stray: RegExp, name: 'hexDigit' | 'digit'): Mistake | undefined {
  const { digits, places } = digitsOf(text);
  const index = digits.search(stray);
  if (index < 0) return undefined;
  // A character outside the first plane has two halves.
  const found = String.fromCodePoint(digits.codePointAt(index) ?? 0);
  return { name, at: places[index] ?? 0, found };
}

/** Bytes in hex; spaces, line ends and `0x` in front are forgiven. @param length how many bytes it must be */
export function readHex(text: string, length?: number): Reading<Uint8Array> {
  const stray = strayDigit(text, /[^0-9a-fA-F]/, 'hexDigit');
  if (stray !== undefined) return wrong(stray);
  const { digits } = digitsOf(text);
  if (digits === '' && length !== undefined) return wrong({ name: 'empty' });
  if (digits.length % 2 !== 0) return wrong({ name: 'oddDigits', count: digits.length });
  if (length !== undefined && digits.length !== length * 2)
    return wrong({ name: 'bytes', wanted: length, count: digits.length / 2 });
  return { value: hexToBytes(digits) };
}

/** A whole number, in decimal or as `0x…`. */
export function readNumber(text: string, least: bigint, most: bigint): Reading<bigint> {
  const isHex = /^\s*0x/i.test(text);
  const { digits } = digitsOf(text);
  if (digits === '') return wrong({ name: 'empty' });
  const stray = isHex
    ? strayDigit(text, /[^0-9a-fA-F]/, 'hexDigit')
    : strayDigit(text, /(?!^-)[^0-9]/, 'digit');
  if (stray !== undefined) return wrong(stray);
  if (digits === '-') return wrong({ name: 'digit', at: text.indexOf('-') + 1, found: '-' });
  const value = BigInt(isHex ? `0x${digits}` : digits);
  if (value < least || value > most)
    return wrong({ name: 'range', least: String(least), most: shortNumber(most) });
  return { value };
}

/** `2^256 − 1` for what has too many digits to read. */
function shortNumber(most: bigint): string {
  const bits = most.toString(2);
  return bits.length > 64 && !bits.includes('0') ? `2^${bits.length} − 1` : String(most);
}

/** A target: up to 64 hex digits, with or without `0x`. */
export function readTarget(text: string): Reading<Target> {
  const { digits } = digitsOf(text);
  if (digits === '') return wrong({ name: 'empty' });
  const stray = strayDigit(text, /[^0-9a-fA-F]/, 'hexDigit');
  if (stray !== undefined) return wrong(stray);
  const value = parseTarget(digits);
  if (value === undefined) return wrong({ name: 'range', least: '0', most: '2^256 − 1' });
  return { value };
}

/** A number in Bitcoin's CompactSize form, which has one encoding for each number: the shortest. */
export function readVarint(text: string): Reading<bigint> {
  const hex = readHex(text);
  if ('mistake' in hex) return hex;
  const bytes = hex.value;
  const [first] = bytes;
  if (first === undefined) return wrong({ name: 'empty' });
  const wanted = first < 0xfd ? 1 : first === 0xfd ? 3 : first === 0xfe ? 5 : 9;
  if (bytes.length !== wanted) return wrong({ name: 'varintLength', wanted, count: bytes.length });
  const value = wanted === 1 ? BigInt(first) : fromLittleEndian(bytes.subarray(1));
  const shortest = value > 0xffffffffn ? 9 : varintSize(Number(value));
  if (shortest !== wanted)
    return wrong({ name: 'varintForm', value: String(value), wanted: shortest, count: wanted });
  return { value };
}

/** The least byte first. */
export function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The greatest byte first, as we write numbers. */
export function fromBigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
