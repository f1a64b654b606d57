/**
 * Cursors: where the next page of a list starts. They name the last item seen, not a count of items, so a page costs the
 * same wherever it is and nothing is skipped or repeated when blocks arrive in between.
 *
 *     <height>.<txid>            after this transaction of a history
 *     <height>.<txid>.<index>    after this coin
 */
import { BadCursorError } from '../chainstate/ports.ts';
import { isHex, type Txid } from '../consensus/index.ts';

const MAX_INT4 = 0x7fffffff;

export interface CoinPlace {
  readonly height: number;
  readonly txid: Txid;
  readonly index: number;
}

export type EventPlace = Omit<CoinPlace, 'index'>;

function wholeNumber(text: string | undefined): number {
  if (text === undefined || !/^(0|[1-9]\d{0,9})$/.test(text) || Number(text) > MAX_INT4) throw bad();
  return Number(text);
}

function txid(text: string | undefined): Txid {
  if (text === undefined || !isHex(text, 32) || text !== text.toLowerCase()) throw bad();
  return text as Txid;
}

function bad(): BadCursorError {
  return new BadCursorError('this is not a cursor from an earlier page of this list');
}

export function coinCursor({ height, txid, index }: CoinPlace): string {
  return `${height}.${txid}.${index}`;
}

/** @throws BadCursorError */
export function parseCoinCursor(cursor: string): CoinPlace {
  const [height, id, index, ...rest] = cursor.split('.', 4);
  if (rest.length > 0) throw bad();
  return { height: wholeNumber(height), txid: txid(id), index: wholeNumber(index) };
}

export function eventCursor({ height, txid }: EventPlace): string {
  return `${height}.${txid}`;
}

/** @throws BadCursorError */
export function parseEventCursor(cursor: string): EventPlace {
  const [height, id, ...rest] = cursor.split('.', 3);
  if (rest.length > 0) throw bad();
  return { height: wholeNumber(height), txid: txid(id) };
}

/** How many items a page may have: at least one. */
export function pageLimit(limit: number): number {
  return Math.min(Math.max(1, Math.floor(limit)), MAX_INT4 - 1);
}

/** Cuts a page out of one item more than were asked for. */
export function cutPage<T>(
  items: readonly T[],
  limit: number,
  cursorOf: (last: T) => string,
): { readonly items: readonly T[]; readonly next: string | undefined } {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: items.length > limit && last !== undefined ? cursorOf(last) : undefined };
}

/** A height as the tables can hold it; past all blocks is past all blocks. */
export function clampHeight(height: number): number {
  return Math.max(-1, Math.min(MAX_INT4, Math.floor(height)));
}
