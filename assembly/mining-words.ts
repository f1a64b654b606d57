/**
 * The arithmetic of SHA-256 for "words" of two kinds, so that mining-rounds.ts is written once and compiled twice:
 *
 *   T = u32    one 32-bit word: one nonce at a time
 *   T = v128   four of them side by side (SIMD): four nonces at a time, each operation done on all four at once
 *
 * `isVector<T>()` is known when it compiles: only one branch of each `if` below is in a module.
 */

/** How many nonces a word of this kind stands for. */
@inline
export function lanes<T>(): u32 {
  return (<u32>sizeof<T>()) >> 2;
}

/** The same 32 bits in every lane. */
@inline
export function everywhere<T>(x: u32): T {
  if (isVector<T>()) return i32x4.splat(x);
  else return <T>x;
}

@inline
export function add<T>(x: T, y: T): T {
  if (isVector<T>()) return i32x4.add(x, y);
  else return <T>(x + y);
}

@inline
export function xor<T>(x: T, y: T): T {
  if (isVector<T>()) return v128.xor(x, y);
  else return <T>(x ^ y);
}

@inline
export function and<T>(x: T, y: T): T {
  if (isVector<T>()) return v128.and(x, y);
  else return <T>(x & y);
}

@inline
function right(x: v128, bits: i32): v128 {
  return i32x4.shr_u(x, bits);
}

@inline
function left(x: v128, bits: i32): v128 {
  return i32x4.shl(x, bits);
}

// The sigmas of FIPS 180-4, section 4.1.2. SIMD has no rotation: each would be two shifts and an `or`, and three of them keep
// six intermediate values alive, more than there are registers to spare. Sorted by direction, the shifts can be nested like
// Horner's form of a polynomial (>> 6, >> 11 and >> 25 are >> 6, then >> 5 more, then >> 14 more): as many operations, and two
// values alive.
//
//   Σ1(x)  =  x>>6 ^ x>>11 ^ x>>25      ^  x<<7 ^ x<<21 ^ x<<26
//          =  ((x>>14 ^ x)>>5 ^ x)>>6   ^  ((x<<5 ^ x)<<14 ^ x)<<7

@inline
export function bigSigma0<T>(x: T): T {
  if (isVector<T>()) {
    const down = right(v128.xor(right(v128.xor(right(x, 9), x), 11), x), 2);
    return v128.xor(down, left(v128.xor(left(v128.xor(left(x, 11), x), 9), x), 10));
  } else return <T>(rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22));
}

@inline
export function bigSigma1<T>(x: T): T {
  if (isVector<T>()) {
    const down = right(v128.xor(right(v128.xor(right(x, 14), x), 5), x), 6);
    return v128.xor(down, left(v128.xor(left(v128.xor(left(x, 5), x), 14), x), 7));
  } else return <T>(rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25));
}

@inline
export function smallSigma0<T>(x: T): T {
  if (isVector<T>()) {
    const down = right(v128.xor(right(v128.xor(right(x, 11), x), 4), x), 3);
    return v128.xor(down, left(v128.xor(left(x, 11), x), 14));
  } else return <T>(rotr(x, 7) ^ rotr(x, 18) ^ (x >> 3));
}

@inline
export function smallSigma1<T>(x: T): T {
  if (isVector<T>()) {
    const down = right(v128.xor(right(v128.xor(right(x, 2), x), 7), x), 10);
    return v128.xor(down, left(v128.xor(left(x, 2), x), 13));
  } else return <T>(rotr(x, 17) ^ rotr(x, 19) ^ (x >> 10));
}

/** A nonce is little-endian in the header, and SHA-256 reads words big-endian: turn the bytes of each word round. */
@inline
export function swapBytes<T>(x: T): T {
  if (isVector<T>()) return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  else return <T>bswap<u32>(x);
}

/** `first`, `first + 1`, …: one nonce for each lane. */
@inline
export function noncesFrom<T>(first: u32): T {
  if (isVector<T>()) return i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  else return <T>first;
}

/** A bit for each lane whose word is at most `limit`, as unsigned numbers; bit 0 is for the first lane. */
@inline
export function lanesAtMost<T>(x: T, limit: T): u32 {
  if (isVector<T>()) return i32x4.bitmask(i32x4.le_u(x, limit));
  else return x <= limit ? 1 : 0;
}
