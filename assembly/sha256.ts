/**
 * SHA-256 (FIPS 180-4), the form for one message at a time. AssemblyScript: the syntax is TypeScript's, the types are those of
 * WebAssembly, and memory is a plain row of bytes that we address ourselves.
 *
 * Why not JavaScript: its bit operators work on 32-bit signed numbers kept as tagged values or doubles, and the optimiser has
 * to prove again and again that nothing else comes in. Here a word is a word and a rotation is one machine instruction.
 */

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
// prettier-ignore
export const ROUND_CONSTANTS: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);

/** Eight words: where every SHA-256 starts. The square roots of the first 8 primes. */
// prettier-ignore
export const INITIAL_STATE: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
], 16);

// The six functions of FIPS 180-4, section 4.1.2.
export function choose(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}
export function majority(x: u32, y: u32, z: u32): u32 {
  return (x & y) | (z & (x | y));
}
export function bigSigma0(x: u32): u32 {
  return rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22);
}
export function bigSigma1(x: u32): u32 {
  return rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25);
}
export function smallSigma0(x: u32): u32 {
  return rotr(x, 7) ^ rotr(x, 18) ^ (x >> 3);
}
export function smallSigma1(x: u32): u32 {
  return rotr(x, 17) ^ rotr(x, 19) ^ (x >> 10);
}

/** Words in a message are big-endian, WebAssembly's memory is little-endian: turn the bytes round. */
export function swapBytes(word: u32): u32 {
  return bswap<u32>(word);
}

/** Starts a hash: puts the initial state to `state` (8 words). */
export function start(state: usize): void {
  memory.copy(state, INITIAL_STATE, 32);
}

/**
 * Feeds `chunks` chunks of 64 bytes from `from` on into `state`.
 *
 * The message schedule is a window of 16 words in local variables: word t is made in the place of word t − 16, which nobody
 * needs any more. The eight variables of the state change places from round to round, so that none has to be moved. Written
 * out for 16 rounds, and run four times a chunk; all 64 written out are no faster, and a schedule in memory is 2 to 5 % slower.
 */
export function absorb(state: usize, from: usize, chunks: u32): void {
  for (let end = from + ((<usize>chunks) << 6); from < end; from += 64) {
    let w0 = swapBytes(load<u32>(from, 0));
    let w1 = swapBytes(load<u32>(from, 4));
    let w2 = swapBytes(load<u32>(from, 8));
    let w3 = swapBytes(load<u32>(from, 12));
    let w4 = swapBytes(load<u32>(from, 16));
    let w5 = swapBytes(load<u32>(from, 20));
    let w6 = swapBytes(load<u32>(from, 24));
    let w7 = swapBytes(load<u32>(from, 28));
    let w8 = swapBytes(load<u32>(from, 32));
    let w9 = swapBytes(load<u32>(from, 36));
    let w10 = swapBytes(load<u32>(from, 40));
    let w11 = swapBytes(load<u32>(from, 44));
    let w12 = swapBytes(load<u32>(from, 48));
    let w13 = swapBytes(load<u32>(from, 52));
    let w14 = swapBytes(load<u32>(from, 56));
    let w15 = swapBytes(load<u32>(from, 60));
    let a = load<u32>(state, 0);
    let b = load<u32>(state, 4);
    let c = load<u32>(state, 8);
    let d = load<u32>(state, 12);
    let e = load<u32>(state, 16);
    let f = load<u32>(state, 20);
    let g = load<u32>(state, 24);
    let h = load<u32>(state, 28);

    for (let k = ROUND_CONSTANTS; ; k += 64) {
      h += bigSigma1(e) + choose(e, f, g) + load<u32>(k, 0) + w0;
      d += h;
      h += bigSigma0(a) + majority(a, b, c);
      g += bigSigma1(d) + choose(d, e, f) + load<u32>(k, 4) + w1;
      c += g;
      g += bigSigma0(h) + majority(h, a, b);
      f += bigSigma1(c) + choose(c, d, e) + load<u32>(k, 8) + w2;
      b += f;
      f += bigSigma0(g) + majority(g, h, a);
      e += bigSigma1(b) + choose(b, c, d) + load<u32>(k, 12) + w3;
      a += e;
      e += bigSigma0(f) + majority(f, g, h);
      d += bigSigma1(a) + choose(a, b, c) + load<u32>(k, 16) + w4;
      h += d;
      d += bigSigma0(e) + majority(e, f, g);
      c += bigSigma1(h) + choose(h, a, b) + load<u32>(k, 20) + w5;
      g += c;
      c += bigSigma0(d) + majority(d, e, f);
      b += bigSigma1(g) + choose(g, h, a) + load<u32>(k, 24) + w6;
      f += b;
      b += bigSigma0(c) + majority(c, d, e);
      a += bigSigma1(f) + choose(f, g, h) + load<u32>(k, 28) + w7;
      e += a;
      a += bigSigma0(b) + majority(b, c, d);
      h += bigSigma1(e) + choose(e, f, g) + load<u32>(k, 32) + w8;
      d += h;
      h += bigSigma0(a) + majority(a, b, c);
      g += bigSigma1(d) + choose(d, e, f) + load<u32>(k, 36) + w9;
      c += g;
      g += bigSigma0(h) + majority(h, a, b);
      f += bigSigma1(c) + choose(c, d, e) + load<u32>(k, 40) + w10;
      b += f;
      f += bigSigma0(g) + majority(g, h, a);
      e += bigSigma1(b) + choose(b, c, d) + load<u32>(k, 44) + w11;
      a += e;
      e += bigSigma0(f) + majority(f, g, h);
      d += bigSigma1(a) + choose(a, b, c) + load<u32>(k, 48) + w12;
      h += d;
      d += bigSigma0(e) + majority(e, f, g);
      c += bigSigma1(h) + choose(h, a, b) + load<u32>(k, 52) + w13;
      g += c;
      c += bigSigma0(d) + majority(d, e, f);
      b += bigSigma1(g) + choose(g, h, a) + load<u32>(k, 56) + w14;
      f += b;
      b += bigSigma0(c) + majority(c, d, e);
      a += bigSigma1(f) + choose(f, g, h) + load<u32>(k, 60) + w15;
      e += a;
      a += bigSigma0(b) + majority(b, c, d);
      if (k == ROUND_CONSTANTS + 192) break;
      w0 += smallSigma0(w1) + w9 + smallSigma1(w14);
      w1 += smallSigma0(w2) + w10 + smallSigma1(w15);
      w2 += smallSigma0(w3) + w11 + smallSigma1(w0);
      w3 += smallSigma0(w4) + w12 + smallSigma1(w1);
      w4 += smallSigma0(w5) + w13 + smallSigma1(w2);
      w5 += smallSigma0(w6) + w14 + smallSigma1(w3);
      w6 += smallSigma0(w7) + w15 + smallSigma1(w4);
      w7 += smallSigma0(w8) + w0 + smallSigma1(w5);
      w8 += smallSigma0(w9) + w1 + smallSigma1(w6);
      w9 += smallSigma0(w10) + w2 + smallSigma1(w7);
      w10 += smallSigma0(w11) + w3 + smallSigma1(w8);
      w11 += smallSigma0(w12) + w4 + smallSigma1(w9);
      w12 += smallSigma0(w13) + w5 + smallSigma1(w10);
      w13 += smallSigma0(w14) + w6 + smallSigma1(w11);
      w14 += smallSigma0(w15) + w7 + smallSigma1(w12);
      w15 += smallSigma0(w0) + w8 + smallSigma1(w13);
    }
    store<u32>(state, load<u32>(state, 0) + a, 0);
    store<u32>(state, load<u32>(state, 4) + b, 4);
    store<u32>(state, load<u32>(state, 8) + c, 8);
    store<u32>(state, load<u32>(state, 12) + d, 12);
    store<u32>(state, load<u32>(state, 16) + e, 16);
    store<u32>(state, load<u32>(state, 20) + f, 20);
    store<u32>(state, load<u32>(state, 24) + g, 24);
    store<u32>(state, load<u32>(state, 28) + h, 28);
  }
}

/** Two chunks for the end of a message and its padding. */
const TAIL: usize = memory.data(128, 16);

/**
 * Ends a hash: feeds what is left from `from` on and the padding, and writes the 32 bytes of the hash to `out`.
 * @param left bytes that are left
 * @param total bytes of the whole message, those that were absorbed before included
 */
export function finish(state: usize, from: usize, left: u32, total: u64, out: usize): void {
  const whole = left >> 6;
  absorb(state, from, whole);
  const tail = left & 63;
  // The padding: a 1 bit, zeros, the length in bits; one chunk if they fit, else two.
  const padded: u32 = tail < 56 ? 64 : 128;
  memory.copy(TAIL, from + ((<usize>whole) << 6), tail);
  memory.fill(TAIL + tail, 0, padded - tail);
  store<u8>(TAIL + tail, 0x80);
  store<u64>(TAIL + padded - 8, bswap<u64>(total << 3));
  absorb(state, TAIL, padded >> 6);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(out + i, swapBytes(load<u32>(state + i)));
}

const STATE: usize = memory.data(32, 16);
const FIRST: usize = memory.data(32, 16);

/** SHA-256 of `length` bytes from `from` on. */
export function hashOnce(from: usize, length: u32, out: usize): void {
  start(STATE);
  finish(STATE, from, length, length, out);
}

/** SHA-256 of the SHA-256. */
export function hashTwice(from: usize, length: u32, out: usize): void {
  hashOnce(from, length, FIRST);
  hashOnce(FIRST, 32, out);
}
