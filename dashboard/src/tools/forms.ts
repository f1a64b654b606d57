/** One number or one row of bytes, in all the forms in which it is written on paper, on the wire and in a block. */
import { bytesToHex, ByteWriter } from '../../../src/consensus/bytes.ts';
import {
  fromBigEndian,
  fromLittleEndian,
  readHex,
  type Reading,
  readNumber,
  readVarint,
} from './readings.ts';

/** In which form something is typed. */
export const FORMS = ['number', 'hex', 'text', 'varint', 'little'] as const;
export type Form = (typeof FORMS)[number];

/** What a form shows; those that do not fit the value are left out. */
export type FormRow =
  'number' | 'hexNumber' | 'bytes' | 'count' | 'text' | 'noText' | 'little4' | 'little8' | 'varint';

/** Longer rows of bytes are no number that anybody writes down. */
const LONGEST_NUMBER = 32;
const MOST = (1n << 256n) - 1n;

/** Reads `text` as it was typed and writes it in every form that fits. */
export function formsOf(form: Form, text: string): Reading<readonly (readonly [FormRow, string])[]> {
  switch (form) {
    case 'text':
      return { value: rowsOfBytes(new TextEncoder().encode(text)) };
    case 'hex': {
      const read = readHex(text);
      return 'mistake' in read ? read : { value: rowsOfBytes(read.value) };
    }
    case 'number': {
      const read = readNumber(text, 0n, MOST);
      return 'mistake' in read ? read : { value: rowsOfNumber(read.value) };
    }
    case 'varint': {
      const read = readVarint(text);
      return 'mistake' in read ? read : { value: rowsOfNumber(read.value) };
    }
    case 'little': {
      const read = readHex(text);
      if ('mistake' in read) return read;
      const count = read.value.length;
      if (count === 0) return { mistake: { name: 'empty' } };
      if (count > LONGEST_NUMBER) return { mistake: { name: 'tooLong', most: LONGEST_NUMBER, count } };
      return { value: rowsOfNumber(fromLittleEndian(read.value)) };
    }
  }
}

const ROW_OF: Readonly<Record<Form, FormRow>> = {
  number: 'number',
  hex: 'bytes',
  text: 'text',
  varint: 'varint',
  little: 'little8',
};

/**
 * What was typed, in another form; undefined where it cannot be read, or has none there. A number has no bytes of its own: its
 * hex digits are them.
 */
export function retyped(from: Form, text: string, to: Form): string | undefined {
  const read = formsOf(from, text);
  if ('mistake' in read) return undefined;
  const rows = new Map(read.value);
  const found = rows.get(ROW_OF[to]);
  const digits = rows.get('hexNumber')?.slice(2);
  if (found !== undefined || to !== 'hex' || digits === undefined) return found;
  return digits.padStart(digits.length + (digits.length % 2), '0');
}

function rowsOfBytes(bytes: Uint8Array): [FormRow, string][] {
  const text = textOf(bytes);
  return [
    ['bytes', bytesToHex(bytes)],
    ['count', String(bytes.length)],
    text === undefined ? ['noText', ''] : ['text', text],
    ...(bytes.length > 0 && bytes.length <= LONGEST_NUMBER ? rowsOfNumber(fromBigEndian(bytes)) : []),
  ];
}

function rowsOfNumber(value: bigint): [FormRow, string][] {
  const rows: [FormRow, string][] = [
    ['number', String(value)],
    ['hexNumber', `0x${value.toString(16)}`],
  ];
  if (value < 1n << 32n) rows.push(['little4', bytesToHex(new ByteWriter().uint32(Number(value)).finish())]);
  if (value < 1n << 64n) {
    rows.push(['little8', bytesToHex(new ByteWriter().int64(BigInt.asIntN(64, value)).finish())]);
    rows.push(['varint', bytesToHex(new ByteWriter().varint(value).finish())]);
  }
  return rows;
}

/** Undefined where the bytes are no UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
