/**
 * RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996), for messages of at most 55 bytes: all we hash with it are the 32 bytes
 * of a SHA-256. Two lines of 80 steps each run side by side over the same 16 words in different orders.
 */

/** Which word each step of the left line uses, then those of the right line. */
// prettier-ignore
const WORD_ORDER: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
  3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
  1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
  4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
  5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
  6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
  15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
  8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
  12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
]);

/** By how many bits each step turns its sum to the left, in the same two parts. */
// prettier-ignore
const TURNS: usize = memory.data<u8>([
  11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
  7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
  11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
  11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
  9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
  8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
  9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
  9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
  15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
  8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
]);

/** A constant for each 16 steps: square roots of 2, 3, 5, 7 on the left, cube roots on the right. */
// prettier-ignore
const CONSTANTS: usize = memory.data<u32>([
  0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e,
  0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000,
]);

const WORDS: usize = memory.data(64, 16);
/** What a line has made of the state: five words for each. */
const LINES: usize = memory.data(40, 16);

/** The five mixing functions. */
function mix(which: u32, x: u32, y: u32, z: u32): u32 {
  if (which == 0) return x ^ y ^ z;
  if (which == 1) return (x & y) | (~x & z);
  if (which == 2) return (x | ~y) ^ z;
  if (which == 3) return (x & z) | (y & ~z);
  return x ^ (y | ~z);
}

/** Runs one line: `line` 0 is the left one with the functions in order, 1 the right one with the functions reversed. */
function runLine(line: usize): void {
  let a: u32 = 0x67452301;
  let b: u32 = 0xefcdab89;
  let c: u32 = 0x98badcfe;
  let d: u32 = 0x10325476;
  let e: u32 = 0xc3d2e1f0;
  const tables = line * 80;
  for (let group: u32 = 0; group < 5; group++) {
    const constant = load<u32>(CONSTANTS + line * 20 + ((<usize>group) << 2));
    const which: u32 = line == 0 ? group : 4 - group;
    for (let step = tables + ((<usize>group) << 4), end = step + 16; step < end; step++) {
      const word = load<u32>(WORDS + ((<usize>load<u8>(WORD_ORDER + step)) << 2));
      const sum = rotl(a + mix(which, b, c, d) + word + constant, load<u8>(TURNS + step)) + e;
      a = e;
      e = d;
      d = rotl(c, 10);
      c = b;
      b = sum;
    }
  }
  const out = LINES + line * 20;
  store<u32>(out, a, 0);
  store<u32>(out, b, 4);
  store<u32>(out, c, 8);
  store<u32>(out, d, 12);
  store<u32>(out, e, 16);
}

/** RIPEMD-160 of the 32 bytes at `from`; writes 20 bytes. */
export function ripemd160Of32(from: usize, out: usize): void {
  // One chunk: the message, a 1 bit, zeros, the length of 256 bits (little-endian, as everything in this hash).
  memory.copy(WORDS, from, 32);
  memory.fill(WORDS + 32, 0, 32);
  store<u8>(WORDS + 32, 0x80);
  store<u32>(WORDS + 56, 256);
  runLine(0);
  runLine(1);
  const right = LINES + 20;
  store<u32>(out, 0xefcdab89 + load<u32>(LINES, 8) + load<u32>(right, 12), 0);
  store<u32>(out, 0x98badcfe + load<u32>(LINES, 12) + load<u32>(right, 16), 4);
  store<u32>(out, 0x10325476 + load<u32>(LINES, 16) + load<u32>(right, 0), 8);
  store<u32>(out, 0xc3d2e1f0 + load<u32>(LINES, 0) + load<u32>(right, 4), 12);
  store<u32>(out, 0x67452301 + load<u32>(LINES, 4) + load<u32>(right, 8), 16);
}
