/** What the view of bytes does without a screen: rows, pages, keys, and which field a byte belongs to. */

export const BYTES_PER_ROW = 16;
/** More rows than these make a page slow: the rest is on further pages. */
export const ROWS_PER_PAGE = 24;
const BYTES_PER_PAGE = BYTES_PER_ROW * ROWS_PER_PAGE;

/** How the bytes of a field are to be read. */
export type ByteOrder = 'little' | 'big' | 'inOrder' | 'single';

/** Colours that fields have; each is `--field-…` in theme.css but `plain`, which counts and lengths have. */
export type Tone = 'version' | 'prev_hash' | 'merkle_root' | 'timestamp' | 'target' | 'nonce' | 'plain';

/** Where a field is. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** A field as it is explained beside the bytes. */
export interface ByteField extends Extent {
  readonly name: string;
  readonly tone: Tone;
  /** Hex, in order. */
  readonly bytes: string;
  readonly value: string;
  /** The value as a person would say it, where that differs. */
  readonly also: string | undefined;
  readonly means: string;
  readonly order: ByteOrder;
}

/** The field that a byte belongs to. `fields` are in order and leave no gap. */
export function fieldAt<F extends Extent>(fields: readonly F[], index: number): F | undefined {
  let low = 0;
  let high = fields.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const field = fields[middle] as F;
    if (index < field.offset) high = middle - 1;
    else if (index >= field.offset + field.length) low = middle + 1;
    else return field;
  }
  return undefined;
}

/** From the words with which `explain` says how a field is stored. */
export function byteOrderOf(stored: string, length: number): ByteOrder {
  if (stored.includes('-endian') && length === 1) return 'single';
  if (stored.includes('little-endian')) return 'little';
  return stored.includes('big-endian') ? 'big' : 'inOrder';
}

/** The bytes of a hex text, last first: a little-endian number as we write it. */
export function turnedAround(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join('');
}

export const pageOf = (index: number): number => Math.floor(index / BYTES_PER_PAGE);
export const pageCount = (length: number): number => Math.max(1, Math.ceil(length / BYTES_PER_PAGE));
export const firstOfPage = (page: number): number => page * BYTES_PER_PAGE;

export interface ByteRow {
  /** Index of its first byte. */
  readonly from: number;
  /** Two hex digits each. */
  readonly bytes: readonly string[];
}

/** The rows of one page of a hex text. */
export function rowsOfPage(hex: string, page: number): ByteRow[] {
  const rows: ByteRow[] = [];
  const end = Math.min(hex.length / 2, firstOfPage(page + 1));
  for (let from = firstOfPage(page); from < end; from += BYTES_PER_ROW)
    rows.push({
      from,
      bytes: hex.slice(2 * from, 2 * Math.min(end, from + BYTES_PER_ROW)).match(/../g) ?? [],
    });
  return rows;
}

/** Where a key leads from a byte; undefined for a key that leads nowhere. */
export function byteAfterKey(key: string, index: number, length: number): number | undefined {
  const last = length - 1;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowRight':
      return Math.min(last, index + 1);
    case 'ArrowUp':
      return index < BYTES_PER_ROW ? index : index - BYTES_PER_ROW;
    case 'ArrowDown':
      return index + BYTES_PER_ROW > last ? index : index + BYTES_PER_ROW;
    case 'PageUp':
      return Math.max(0, index - BYTES_PER_PAGE);
    case 'PageDown':
      return Math.min(last, index + BYTES_PER_PAGE);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
