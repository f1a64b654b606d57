/**
 * QR codes (ISO/IEC 18004) for short texts: byte mode, error correction level M, versions 1 to 5, which is 84 bytes and
 * more than twice an address.
 *
 *   text → data codewords → Reed–Solomon codewords behind them → bits in a zigzag → the mask that suits a camera best
 */

/** Of versions 1 to 5 at level M: codewords in all, blocks, and error correction codewords of each block. */
const VERSIONS = [
  { total: 26, blocks: 1, correction: 10 },
  { total: 44, blocks: 1, correction: 16 },
  { total: 70, blocks: 1, correction: 26 },
  { total: 100, blocks: 2, correction: 18 },
  { total: 134, blocks: 2, correction: 24 },
] as const;

/** Rows of modules; true is dark. Without the quiet zone of four modules around it. */
export type QrMatrix = readonly (readonly boolean[])[];

/** @throws RangeError when the text is too long */
export function qrMatrix(text: string): QrMatrix {
  const bytes = new TextEncoder().encode(text);
  const index = VERSIONS.findIndex(
    ({ total, blocks, correction }) => bytes.length + 2 <= total - blocks * correction,
  );
  const version = VERSIONS[index];
  if (version === undefined) throw new RangeError('the text is too long for this QR code');
  const codewords = interleave(
    dataCodewords(bytes, version.total - version.blocks * version.correction),
    version,
  );
  const drawn = MASKS.map((_, mask) => draw(index + 1, codewords, mask));
  return drawn.reduce((best, other) => (penaltyOf(other) < penaltyOf(best) ? other : best));
}

/** Mode (0100), length, the bytes, an end; then padding that alternates. */
function dataCodewords(bytes: Uint8Array, count: number): Uint8Array {
  const bits = `0100${binary(bytes.length, 8)}${Array.from(bytes, (byte) => binary(byte, 8)).join('')}0000`;
  const data = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const used = bytes.length + 2;
    data[at] =
      at < used ? Number.parseInt(bits.slice(at * 8, at * 8 + 8), 2) : (at - used) % 2 === 0 ? 0xec : 0x11;
  }
  return data;
}

const binary = (value: number, length: number): string => value.toString(2).padStart(length, '0');

/** Splits into blocks of one length, and takes one codeword of each in turn: a scratch hurts all of them a little. */
function interleave(data: Uint8Array, { blocks, correction }: (typeof VERSIONS)[number]): number[] {
  const length = data.length / blocks;
  const parts = Array.from({ length: blocks }, (_, block) =>
    data.subarray(block * length, (block + 1) * length),
  );
  const corrections = parts.map((part) => correctionCodewords(part, correction));
  return [parts, corrections].flatMap((side) =>
    Array.from({ length: side[0]?.length ?? 0 }, (_, at) => side.map((part) => part[at] ?? 0)).flat(),
  );
}

// --- Reed–Solomon over GF(2^8), with the polynomial x^8 + x^4 + x^3 + x^2 + 1 ------------------------------------------

function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ (product & 0x80 ? 0x11d : 0);
    if ((b >> bit) & 1) product ^= a;
  }
  return product & 0xff;
}

/** The remainder of the data divided by (x − 1)(x − 2)(x − 4)…, with as many factors as codewords. */
export function correctionCodewords(data: Uint8Array, count: number): Uint8Array {
  // The divisor without its first coefficient, which is 1.
  const divisor = new Uint8Array(count);
  divisor[count - 1] = 1;
  for (let i = 0, root = 1; i < count; i++, root = multiply(root, 2)) {
    for (let at = 0; at < count; at++)
      divisor[at] = multiply(divisor[at] ?? 0, root) ^ (divisor[at + 1] ?? 0);
  }
  const rest = new Uint8Array(count);
  for (const byte of data) {
    const factor = byte ^ (rest[0] ?? 0);
    rest.copyWithin(0, 1);
    rest[count - 1] = 0;
    for (let at = 0; at < count; at++) rest[at] = (rest[at] ?? 0) ^ multiply(divisor[at] ?? 0, factor);
  }
  return rest;
}

// --- The picture -------------------------------------------------------------------------------------------------------

/** Which modules a mask turns over. */
const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

/** The 15 bits that tell a reader level and mask: 5 of data, 10 of a BCH code, all turned over by a fixed pattern. */
export function formatBits(mask: number): number {
  // Level M is 00.
  let rest = mask << 10;
  for (let bit = 14; bit >= 10; bit--) if ((rest >> bit) & 1) rest ^= 0b10100110111 << (bit - 10);
  return ((mask << 10) | rest) ^ 0b101010000010010;
}

function draw(version: number, codewords: readonly number[], mask: number): boolean[][] {
  const size = 17 + 4 * version;
  // Undefined: not drawn yet, so free for data.
  const cells = Array.from({ length: size }, () => Array.from<boolean | undefined>({ length: size }));
  const set = (row: number, column: number, dark: boolean): void => {
    const line = cells[row];
    if (line !== undefined && column >= 0 && column < size) line[column] = dark;
  };
  /** Squares one in another, with a light ring: finders in three corners, an alignment pattern in the fourth. */
  const target = (row: number, column: number, radius: number): void => {
    for (let dr = -radius; dr <= radius; dr++)
      for (let dc = -radius; dc <= radius; dc++) {
        const ring = Math.max(Math.abs(dr), Math.abs(dc));
        set(row + dr, column + dc, radius === 4 ? ring !== 2 && ring !== 4 : ring !== 1);
      }
  };
  // Timing: what remains of it between the finders.
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  target(3, 3, 4);
  target(3, size - 4, 4);
  target(size - 4, 3, 4);
  if (version > 1) target(size - 7, size - 7, 2);

  const format = formatBits(mask);
  for (let bit = 0; bit < 15; bit++) {
    const dark = ((format >> bit) & 1) === 1;
    // Beside the first finder, around its corner; the timing pattern is stepped over.
    if (bit < 8) set(bit < 6 ? bit : bit + 1, 8, dark);
    else set(8, bit < 9 ? 7 : 14 - bit, dark);
    // And once more beside the two others.
    if (bit < 8) set(8, size - 1 - bit, dark);
    else set(size - 15 + bit, 8, dark);
  }
  set(size - 8, 8, true);

  const isTurned = MASKS[mask];
  let next = 0;
  for (const { row, column } of zigzag(size)) {
    const line = cells[row];
    if (line === undefined || line[column] !== undefined) continue;
    const bit = ((codewords[next >> 3] ?? 0) >> (7 - (next & 7))) & 1;
    next++;
    line[column] = (bit === 1) !== (isTurned?.(row, column) ?? false);
  }
  return cells.map((line) => line.map((cell) => cell === true));
}

/** In pairs of columns from the right, up and down in turn; the column of the timing pattern is left out. */
export function* zigzag(size: number): Generator<{ row: number; column: number }> {
  let upward = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++)
      for (const column of [right, right - 1]) yield { row: upward ? size - 1 - step : step, column };
    upward = !upward;
  }
}

/** How hard it would be to read: long runs, blocks, things that look like a finder, too much of one colour. */
function penaltyOf(cells: QrMatrix): number {
  const size = cells.length;
  const at = (row: number, column: number): boolean => cells[row]?.[column] === true;
  const lines = [...cells, ...cells.map((_, column) => cells.map((_line, row) => at(row, column)))].map(
    (line) => line.map((dark) => (dark ? '1' : '0')).join(''),
  );
  let penalty = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) penalty += run.length - 2;
    // Looked for at every place, since two may overlap.
    penalty += [...line.matchAll(/(?=10111010000|00001011101)/g)].length * 40;
  }
  for (let row = 0; row + 1 < size; row++)
    for (let column = 0; column + 1 < size; column++) {
      const dark = at(row, column);
      if (dark === at(row, column + 1) && dark === at(row + 1, column) && dark === at(row + 1, column + 1))
        penalty += 3;
    }
  const share = cells.flat().filter(Boolean).length / size ** 2;
  return penalty + Math.floor(Math.abs(share * 100 - 50) / 5) * 10;
}
