import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../../src/consensus/bytes.ts';
import { correctionCodewords, formatBits, qrMatrix, type QrMatrix, zigzag } from './qr.ts';

/** The address of private key 1, as another encoder draws it (version 3, mask 2). */
const DRAWN = [
  '#######..#.#..#....#..#######',
  '#.....#..##..#.##...#.#.....#',
  '#.###.#.#.....#...##..#.###.#',
  '#.###.#.####.######...#.###.#',
  '#.###.#.#.##.......##.#.###.#',
  '#.....#.###.##.#....#.#.....#',
  '#######.#.#.#.#.#.#.#.#######',
  '........##.##..##............',
  '#.#####....#######..#.#####..',
  '....#..######.....##..#.##.##',
  '#...#.####..#.###....#####...',
  '...#.#..###.#..#..#.#...#....',
  '..#.####..#.##.####.##.#.###.',
  '...###....###.#....#..#.##..#',
  '####..#..#...###..#.#..#####.',
  '.....#.#........#....##......',
  '#....#####.....#.#.##..#.##..',
  '##..#..#.#...#..#.##.##.##..#',
  '#.#..##.....#######....##.##.',
  '#.#.....#.#.##....#.##...#..#',
  '#..#######.##.#####.#####.#..',
  '........#.##.......##...##..#',
  '#######...##...#.####.#.##.#.',
  '#.....#.#..#..#.....#...#..#.',
  '#.###.#.#.#....###..#########',
  '#.###.#.###...#...##.#.#..###',
  '#.###.#.###.#.###.##..#.#..#.',
  '#.....#..#.#.##....##..##..#.',
  '#######.##....#####..#..###..',
];

test('draws what another encoder draws', () => {
  const rows = qrMatrix('751e76e8199196d454941c45d1b3a323f1433bd6').map((row) =>
    row.map((dark) => (dark ? '#' : '.')).join(''),
  );
  expect(rows).toEqual(DRAWN);
});

describe('error correction', () => {
  test.each([
    // ISO/IEC 18004, annex I: the digits 01234567.
    ['10200c566180ec11ec11ec11ec11ec11', 'a524d4c1ed36c7872c55'],
    // HELLO WORLD, the example of many textbooks.
    ['205b0b78d172dc4d4340ec11ec11ec11', 'c4232777ebd7e7e25d17'],
  ])('of %s', (data, correction) => {
    expect(bytesToHex(correctionCodewords(hexToBytes(data), 10))).toBe(correction);
  });
});

test('the bits of the format are those of the standard', () => {
  const bits = Array.from({ length: 8 }, (_, mask) => formatBits(mask).toString(2).padStart(15, '0'));
  expect(bits).toEqual([
    ...['101010000010010', '101000100100101', '101111001111100', '101101101001011'],
    ...['100010111111001', '100000011001110', '100111110010111', '100101010100000'],
  ]);
});

/** Reads a code of one or two blocks as a camera would, without repairing anything. */
function read(cells: QrMatrix): string {
  const size = cells.length;
  const at = (row: number, column: number): boolean => cells[row]?.[column] === true;
  let format = 0;
  for (const column of [0, 1, 2, 3, 4, 5, 7]) format = (format << 1) | Number(at(8, column));
  const mask = ((format >> 2) ^ 0b10101) & 7;
  const turned = [
    (r: number, c: number) => (r + c) % 2,
    (r: number) => r % 2,
    (_: number, c: number) => c % 3,
    (r: number, c: number) => (r + c) % 3,
    (r: number, c: number) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2,
    (r: number, c: number) => ((r * c) % 2) + ((r * c) % 3),
    (r: number, c: number) => (((r * c) % 2) + ((r * c) % 3)) % 2,
    (r: number, c: number) => (((r + c) % 2) + ((r * c) % 3)) % 2,
  ][mask];
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 2;
  let bits = '';
  for (const { row, column } of zigzag(size)) {
    const corner = (row < 9 && (column < 9 || column >= size - 8)) || (row >= size - 8 && column < 9);
    const aligned = size > 21 && near(row, size - 7) && near(column, size - 7);
    if (corner || aligned || row === 6 || column === 6) continue;
    bits += at(row, column) === (turned?.(row, column) === 0) ? '0' : '1';
  }
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const blocks = size > 29 ? 2 : 1;
  const dataCount = { 21: 16, 25: 28, 29: 44, 33: 64, 37: 86 }[size] ?? 0;
  const data = bytes.slice(0, dataCount);
  const ordered = Array.from({ length: blocks }, (_, block) =>
    data.filter((__, i) => i % blocks === block),
  ).flat();
  const hex = bytesToHex(new Uint8Array(ordered));
  expect(hex[0]).toBe('4');
  const length = Number.parseInt(hex.slice(1, 3), 16);
  return new TextDecoder().decode(hexToBytes(hex.slice(3, 3 + length * 2)));
}

test.each([1, 14, 15, 26, 27, 40, 42, 43, 62, 63, 84])('a text of %i bytes can be read again', (length) => {
  const text = 'f0e1d2c3b4a5968778695a4b3c2d1e0f'.repeat(3).slice(0, length);
  expect(read(qrMatrix(text))).toBe(text);
});

test('what does not fit is refused', () => {
  expect(() => qrMatrix('x'.repeat(85))).toThrow(RangeError);
});
