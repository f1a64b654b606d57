import { describe, expect, test } from 'vitest';
import {
  byteAfterKey,
  byteOrderOf,
  BYTES_PER_ROW,
  fieldAt,
  firstOfPage,
  pageCount,
  pageOf,
  rowsOfPage,
  turnedAround,
} from './byte-view.ts';

describe('the view of bytes', () => {
  test('finds the field of each byte, and none beside them', () => {
    const fields = [4, 1, 32, 7].reduce<{ offset: number; length: number }[]>(
      (list, length) => [...list, { offset: list.reduce((sum, field) => sum + field.length, 0), length }],
      [],
    );
    const slow = (index: number): object | undefined =>
      fields.find(({ offset, length }) => index >= offset && index < offset + length);
    for (let index = -1; index <= 45; index++) expect(fieldAt(fields, index)).toBe(slow(index));
    expect(fieldAt(fields.slice(0, 0), 0)).toBeUndefined();
  });

  test('reads from the words of the explanation how a field is stored', () => {
    expect(byteOrderOf('uint32, little-endian', 4)).toBe('little');
    expect(byteOrderOf('varint (CompactSize), little-endian', 1)).toBe('single');
    expect(byteOrderOf('256-bit number, big-endian', 32)).toBe('big');
    expect(byteOrderOf('71 bytes, in order', 71)).toBe('inOrder');
    expect(byteOrderOf('1 bytes, in order', 1)).toBe('inOrder');
    expect(turnedAround('00ca9a3b')).toBe('3b9aca00');
  });

  test('cuts long texts into pages, and loses no byte', () => {
    const length = firstOfPage(2) + 5;
    const hex = Array.from({ length }, (_, index) => (index & 255).toString(16).padStart(2, '0')).join('');
    expect(pageCount(length)).toBe(3);
    const rows = [0, 1, 2].flatMap((page) => rowsOfPage(hex, page));
    expect(rows.flatMap(({ bytes }) => bytes).join('')).toBe(hex);
    expect(rows.map(({ from }) => from)).toEqual(rows.map((_, row) => row * BYTES_PER_ROW));
    expect(pageOf(firstOfPage(2))).toBe(2);
    expect(pageOf(firstOfPage(2) - 1)).toBe(1);
    expect(pageCount(0)).toBe(1);
    expect(rowsOfPage('', 0)).toEqual([]);
  });

  test.each([
    ['ArrowLeft', 0, 0],
    ['ArrowLeft', 5, 4],
    ['ArrowRight', 39, 39],
    ['ArrowUp', 5, 5],
    ['ArrowUp', 20, 4],
    ['ArrowDown', 20, 36],
    // The last row is short: there is no byte below.
    ['ArrowDown', 30, 30],
    ['PageDown', 3, 39],
    ['PageUp', 30, 0],
    ['Home', 30, 0],
    ['End', 3, 39],
    ['a', 3, undefined],
  ])('%s at byte %i of forty leads to %s', (key, from, to) => {
    expect(byteAfterKey(key, from, 40)).toBe(to);
  });
});
