/**
 * The 118 rounds of a double SHA-256 that see the nonce, laid out so that a processor likes them. Written for words of the
 * kind T (mining-words.ts); midstate-kernel.ts does the same in plain loops: understand it there first.
 *
 *   header = chunk 1 (64 bytes) │ chunk 2 (44 bytes, with the nonce in word 10, and padding)
 *   hash   = SHA-256(SHA-256(header)); the second one is a single chunk: 8 words of the first, and padding
 *
 * What does not depend on the nonce is in tables (mining-tables.ts): chunk 1, ten rounds of chunk 2, and each sum that the
 * schedule makes of words that stay the same. What is left goes in four passes:
 *
 *   beginFirst     rounds 10 to 31 of chunk 2        nonces ──► slots
 *   finish         rounds 32 to 63                   slots  ──► slots
 *   beginSecond    rounds 0 to 31 of the second hash slots  ──► slots
 *   finish         rounds 32 to 63
 *
 * Each pass goes over 64 slots before the next one begins. One function for everything would be 36 KB of machine code in
 * a loop: more than a processor keeps decoded, so it would wait for its decoder. A pass has some 1,700 instructions, which
 * fit; that is worth a tenth (docs/adr/0015). Slots (24 KB) stay in the first-level data cache.
 *
 * Rounds are written out, not looped over: the eight variables of the state change places instead of moving, tables are read
 * from fixed addresses, and word t of the schedule takes the place of word t − 16.
 */
import { add, and, bigSigma0, bigSigma1, lanes, noncesFrom, smallSigma0, smallSigma1, swapBytes, xor } from './mining-words';
import { FIRST, k, LAST, midstate, part, SECOND, startState } from './mining-tables';

/** Slots in a batch. Fewer make the passes change too often, more leave the cache. */
export const SLOTS: u32 = 64;
/** What a slot holds between two passes: the eight words of the state, then sixteen of the schedule. */
const SLOT_WORDS: usize = 24;
const SCHEDULE: usize = 8;

/** Slots for the larger kind of words. */
const BATCH: usize = memory.data(64 * 24 * 16, 64);

@inline
function slotBytes<T>(): usize {
  return SLOT_WORDS * sizeof<T>();
}

@inline
function get<T>(slot: usize, index: usize): T {
  return load<T>(slot + index * sizeof<T>());
}

@inline
function put<T>(slot: usize, index: usize, word: T): void {
  store<T>(slot + index * sizeof<T>(), word);
}

/** Word a of a slot's state. */
@inline
export function firstWord<T>(slot: u32): T {
  return get<T>(BATCH + <usize>slot * slotBytes<T>(), 0);
}

/** "T1" of FIPS 180-4. Its terms are added in an order that leaves few values waiting: registers are what we lack. */
@inline
function t1<T>(h: T, e: T, f: T, g: T, kw: T): T {
  const choice = xor(g, and(e, xor(f, g)));
  return add(add(choice, add(h, kw)), bigSigma1(e));
}

/**
 * "T2" of FIPS 180-4, added to T1. The majority of a, b, c is b ^ ((a ^ b) & (b ^ c)), and b ^ c is what a ^ b was one round
 * ago: so x and y take turns, and one operation of four is saved.
 */
@inline
function t2<T>(sum: T, a: T, b: T, ab: T, bc: T): T {
  return add(add(sum, xor(b, and(ab, bc))), bigSigma0(a));
}

/** Word t of the schedule, from words t − 16, t − 15, t − 7 and t − 2. */
@inline
function next<T>(w16: T, w15: T, w7: T, w2: T): T {
  return add(add(add(w16, smallSigma0(w15)), w7), smallSigma1(w2));
}

/**
 * Rounds 10 to 31 of chunk 2, for the nonces from `first` on: as many as `slots` have lanes.
 *
 * The tables have the state after round 10 for a nonce word of 0; that word is only added there, to a and to e. Of the words
 * 11 to 31, nine do not depend on the nonce (in `k` they are added already), most others have few terms that do.
 */
export function beginFirst<T>(first: u32, slots: u32): void {
  let nonce = first;
  for (let slot = BATCH, end = slot + <usize>slots * slotBytes<T>(); slot < end; slot += slotBytes<T>()) {
    let w10 = swapBytes(noncesFrom<T>(nonce));
    nonce += lanes<T>();
    let w1: T, w3: T, w5: T, w7: T, w8: T, w9: T, w11: T, w12: T, w13: T, w14: T, w15: T;
    let a = add(startState<T>(FIRST, 0), w10);
    let b = startState<T>(FIRST, 1);
    let c = startState<T>(FIRST, 2);
    let d = startState<T>(FIRST, 3);
    let e = add(startState<T>(FIRST, 4), w10);
    let f = startState<T>(FIRST, 5);
    let g = startState<T>(FIRST, 6);
    let h = startState<T>(FIRST, 7);
    let x = xor(b, c);
    let y: T;

    h = t1(h, e, f, g, k<T>(FIRST, 11)); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    g = t1(g, d, e, f, k<T>(FIRST, 12)); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    f = t1(f, c, d, e, k<T>(FIRST, 13)); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    e = t1(e, b, c, d, k<T>(FIRST, 14)); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    d = t1(d, a, b, c, k<T>(FIRST, 15)); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    c = t1(c, h, a, b, k<T>(FIRST, 16)); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    w1 = add(w10, part<T>(FIRST, 17));
    b = t1(b, g, h, a, add(w1, k<T>(FIRST, 17))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    a = t1(a, f, g, h, k<T>(FIRST, 18)); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);
    w3 = add(smallSigma1(w1), part<T>(FIRST, 19));
    h = t1(h, e, f, g, add(w3, k<T>(FIRST, 19))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    g = t1(g, d, e, f, k<T>(FIRST, 20)); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    w5 = add(smallSigma1(w3), part<T>(FIRST, 21));
    f = t1(f, c, d, e, add(w5, k<T>(FIRST, 21))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    e = t1(e, b, c, d, k<T>(FIRST, 22)); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    w7 = add(smallSigma1(w5), part<T>(FIRST, 23));
    d = t1(d, a, b, c, add(w7, k<T>(FIRST, 23))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    w8 = add(w1, part<T>(FIRST, 24));
    c = t1(c, h, a, b, add(w8, k<T>(FIRST, 24))); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    w9 = add(add(smallSigma0(w10), smallSigma1(w7)), part<T>(FIRST, 25));
    b = t1(b, g, h, a, add(w9, k<T>(FIRST, 25))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    w10 = add(add(w10, part<T>(FIRST, 26)), add(w3, smallSigma1(w8)));
    a = t1(a, f, g, h, add(w10, k<T>(FIRST, 26))); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);
    w11 = add(smallSigma1(w9), part<T>(FIRST, 27));
    h = t1(h, e, f, g, add(w11, k<T>(FIRST, 27))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    w12 = add(w5, smallSigma1(w10));
    g = t1(g, d, e, f, add(w12, k<T>(FIRST, 28))); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    w13 = add(smallSigma1(w11), part<T>(FIRST, 29));
    f = t1(f, c, d, e, add(w13, k<T>(FIRST, 29))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    w14 = add(add(w7, part<T>(FIRST, 30)), smallSigma1(w12));
    e = t1(e, b, c, d, add(w14, k<T>(FIRST, 30))); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    w15 = add(add(w8, part<T>(FIRST, 31)), smallSigma1(w13));
    d = t1(d, a, b, c, add(w15, k<T>(FIRST, 31))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);

    put<T>(slot, 0, d);
    put<T>(slot, 1, e);
    put<T>(slot, 2, f);
    put<T>(slot, 3, g);
    put<T>(slot, 4, h);
    put<T>(slot, 5, a);
    put<T>(slot, 6, b);
    put<T>(slot, 7, c);
    put<T>(slot, SCHEDULE + 0, part<T>(FIRST, 16));
    put<T>(slot, SCHEDULE + 1, w1);
    put<T>(slot, SCHEDULE + 2, part<T>(FIRST, 18));
    put<T>(slot, SCHEDULE + 3, w3);
    put<T>(slot, SCHEDULE + 4, part<T>(FIRST, 20));
    put<T>(slot, SCHEDULE + 5, w5);
    put<T>(slot, SCHEDULE + 6, part<T>(FIRST, 22));
    put<T>(slot, SCHEDULE + 7, w7);
    put<T>(slot, SCHEDULE + 8, w8);
    put<T>(slot, SCHEDULE + 9, w9);
    put<T>(slot, SCHEDULE + 10, w10);
    put<T>(slot, SCHEDULE + 11, w11);
    put<T>(slot, SCHEDULE + 12, w12);
    put<T>(slot, SCHEDULE + 13, w13);
    put<T>(slot, SCHEDULE + 14, w14);
    put<T>(slot, SCHEDULE + 15, w15);
  }
}

/**
 * Rounds 0 to 31 of the second hash: its chunk is the first hash (midstate + state) and padding. Again, word 0 is only added
 * to what the tables have of round 0, and words 8 to 15 never change.
 */
export function beginSecond<T>(slots: u32): void {
  for (let slot = BATCH, end = slot + <usize>slots * slotBytes<T>(); slot < end; slot += slotBytes<T>()) {
    let w0 = add(get<T>(slot, 0), midstate<T>(0));
    let w1 = add(get<T>(slot, 1), midstate<T>(1));
    let w2 = add(get<T>(slot, 2), midstate<T>(2));
    let w3 = add(get<T>(slot, 3), midstate<T>(3));
    let w4 = add(get<T>(slot, 4), midstate<T>(4));
    let w5 = add(get<T>(slot, 5), midstate<T>(5));
    let w6 = add(get<T>(slot, 6), midstate<T>(6));
    let w7 = add(get<T>(slot, 7), midstate<T>(7));
    let w8: T, w9: T, w10: T, w11: T, w12: T, w13: T, w14: T, w15: T;
    let a = add(startState<T>(SECOND, 0), w0);
    let b = startState<T>(SECOND, 1);
    let c = startState<T>(SECOND, 2);
    let d = startState<T>(SECOND, 3);
    let e = add(startState<T>(SECOND, 4), w0);
    let f = startState<T>(SECOND, 5);
    let g = startState<T>(SECOND, 6);
    let h = startState<T>(SECOND, 7);
    let x = xor(b, c);
    let y: T;

    h = t1(h, e, f, g, add(w1, k<T>(SECOND, 1))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    g = t1(g, d, e, f, add(w2, k<T>(SECOND, 2))); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    f = t1(f, c, d, e, add(w3, k<T>(SECOND, 3))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    e = t1(e, b, c, d, add(w4, k<T>(SECOND, 4))); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    d = t1(d, a, b, c, add(w5, k<T>(SECOND, 5))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    c = t1(c, h, a, b, add(w6, k<T>(SECOND, 6))); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    b = t1(b, g, h, a, add(w7, k<T>(SECOND, 7))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    a = t1(a, f, g, h, k<T>(SECOND, 8)); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);
    h = t1(h, e, f, g, k<T>(SECOND, 9)); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    g = t1(g, d, e, f, k<T>(SECOND, 10)); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    f = t1(f, c, d, e, k<T>(SECOND, 11)); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    e = t1(e, b, c, d, k<T>(SECOND, 12)); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    d = t1(d, a, b, c, k<T>(SECOND, 13)); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    c = t1(c, h, a, b, k<T>(SECOND, 14)); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    b = t1(b, g, h, a, k<T>(SECOND, 15)); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    w0 = add(w0, smallSigma0(w1));
    a = t1(a, f, g, h, add(w0, k<T>(SECOND, 16))); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);
    w1 = add(add(w1, smallSigma0(w2)), part<T>(SECOND, 17));
    h = t1(h, e, f, g, add(w1, k<T>(SECOND, 17))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    w2 = add(add(w2, smallSigma0(w3)), smallSigma1(w0));
    g = t1(g, d, e, f, add(w2, k<T>(SECOND, 18))); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    w3 = add(add(w3, smallSigma0(w4)), smallSigma1(w1));
    f = t1(f, c, d, e, add(w3, k<T>(SECOND, 19))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    w4 = add(add(w4, smallSigma0(w5)), smallSigma1(w2));
    e = t1(e, b, c, d, add(w4, k<T>(SECOND, 20))); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    w5 = add(add(w5, smallSigma0(w6)), smallSigma1(w3));
    d = t1(d, a, b, c, add(w5, k<T>(SECOND, 21))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    w6 = add(add(w6, smallSigma0(w7)), add(smallSigma1(w4), part<T>(SECOND, 22)));
    c = t1(c, h, a, b, add(w6, k<T>(SECOND, 22))); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    w7 = add(add(w7, w0), add(smallSigma1(w5), part<T>(SECOND, 23)));
    b = t1(b, g, h, a, add(w7, k<T>(SECOND, 23))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    w8 = add(add(w1, smallSigma1(w6)), part<T>(SECOND, 24));
    a = t1(a, f, g, h, add(w8, k<T>(SECOND, 24))); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);
    w9 = add(w2, smallSigma1(w7));
    h = t1(h, e, f, g, add(w9, k<T>(SECOND, 25))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    w10 = add(w3, smallSigma1(w8));
    g = t1(g, d, e, f, add(w10, k<T>(SECOND, 26))); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    w11 = add(w4, smallSigma1(w9));
    f = t1(f, c, d, e, add(w11, k<T>(SECOND, 27))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    w12 = add(w5, smallSigma1(w10));
    e = t1(e, b, c, d, add(w12, k<T>(SECOND, 28))); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    w13 = add(w6, smallSigma1(w11));
    d = t1(d, a, b, c, add(w13, k<T>(SECOND, 29))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    w14 = add(add(w7, smallSigma1(w12)), part<T>(SECOND, 30));
    c = t1(c, h, a, b, add(w14, k<T>(SECOND, 30))); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    w15 = add(add(w8, smallSigma0(w0)), add(smallSigma1(w13), part<T>(SECOND, 31)));
    b = t1(b, g, h, a, add(w15, k<T>(SECOND, 31))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);

    put<T>(slot, 0, b);
    put<T>(slot, 1, c);
    put<T>(slot, 2, d);
    put<T>(slot, 3, e);
    put<T>(slot, 4, f);
    put<T>(slot, 5, g);
    put<T>(slot, 6, h);
    put<T>(slot, 7, a);
    put<T>(slot, SCHEDULE + 0, w0);
    put<T>(slot, SCHEDULE + 1, w1);
    put<T>(slot, SCHEDULE + 2, w2);
    put<T>(slot, SCHEDULE + 3, w3);
    put<T>(slot, SCHEDULE + 4, w4);
    put<T>(slot, SCHEDULE + 5, w5);
    put<T>(slot, SCHEDULE + 6, w6);
    put<T>(slot, SCHEDULE + 7, w7);
    put<T>(slot, SCHEDULE + 8, w8);
    put<T>(slot, SCHEDULE + 9, w9);
    put<T>(slot, SCHEDULE + 10, w10);
    put<T>(slot, SCHEDULE + 11, w11);
    put<T>(slot, SCHEDULE + 12, w12);
    put<T>(slot, SCHEDULE + 13, w13);
    put<T>(slot, SCHEDULE + 14, w14);
    put<T>(slot, SCHEDULE + 15, w15);
  }
}

/** Rounds 32 to 63 of either hash. */
export function finish<T>(slots: u32): void {
  for (let slot = BATCH, end = slot + <usize>slots * slotBytes<T>(); slot < end; slot += slotBytes<T>()) {
    let a = get<T>(slot, 0);
    let b = get<T>(slot, 1);
    let c = get<T>(slot, 2);
    let d = get<T>(slot, 3);
    let e = get<T>(slot, 4);
    let f = get<T>(slot, 5);
    let g = get<T>(slot, 6);
    let h = get<T>(slot, 7);
    let w0 = get<T>(slot, SCHEDULE + 0);
    let w1 = get<T>(slot, SCHEDULE + 1);
    let w2 = get<T>(slot, SCHEDULE + 2);
    let w3 = get<T>(slot, SCHEDULE + 3);
    let w4 = get<T>(slot, SCHEDULE + 4);
    let w5 = get<T>(slot, SCHEDULE + 5);
    let w6 = get<T>(slot, SCHEDULE + 6);
    let w7 = get<T>(slot, SCHEDULE + 7);
    let w8 = get<T>(slot, SCHEDULE + 8);
    let w9 = get<T>(slot, SCHEDULE + 9);
    let w10 = get<T>(slot, SCHEDULE + 10);
    let w11 = get<T>(slot, SCHEDULE + 11);
    let w12 = get<T>(slot, SCHEDULE + 12);
    let w13 = get<T>(slot, SCHEDULE + 13);
    let w14 = get<T>(slot, SCHEDULE + 14);
    let w15 = get<T>(slot, SCHEDULE + 15);
    let x = xor(b, c);
    let y: T;

    w0 = next(w0, w1, w9, w14);
    h = t1(h, e, f, g, add(w0, k<T>(LAST, 32))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    w1 = next(w1, w2, w10, w15);
    g = t1(g, d, e, f, add(w1, k<T>(LAST, 33))); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    w2 = next(w2, w3, w11, w0);
    f = t1(f, c, d, e, add(w2, k<T>(LAST, 34))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    w3 = next(w3, w4, w12, w1);
    e = t1(e, b, c, d, add(w3, k<T>(LAST, 35))); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    w4 = next(w4, w5, w13, w2);
    d = t1(d, a, b, c, add(w4, k<T>(LAST, 36))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    w5 = next(w5, w6, w14, w3);
    c = t1(c, h, a, b, add(w5, k<T>(LAST, 37))); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    w6 = next(w6, w7, w15, w4);
    b = t1(b, g, h, a, add(w6, k<T>(LAST, 38))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    w7 = next(w7, w8, w0, w5);
    a = t1(a, f, g, h, add(w7, k<T>(LAST, 39))); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);
    w8 = next(w8, w9, w1, w6);
    h = t1(h, e, f, g, add(w8, k<T>(LAST, 40))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    w9 = next(w9, w10, w2, w7);
    g = t1(g, d, e, f, add(w9, k<T>(LAST, 41))); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    w10 = next(w10, w11, w3, w8);
    f = t1(f, c, d, e, add(w10, k<T>(LAST, 42))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    w11 = next(w11, w12, w4, w9);
    e = t1(e, b, c, d, add(w11, k<T>(LAST, 43))); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    w12 = next(w12, w13, w5, w10);
    d = t1(d, a, b, c, add(w12, k<T>(LAST, 44))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    w13 = next(w13, w14, w6, w11);
    c = t1(c, h, a, b, add(w13, k<T>(LAST, 45))); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    w14 = next(w14, w15, w7, w12);
    b = t1(b, g, h, a, add(w14, k<T>(LAST, 46))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    w15 = next(w15, w0, w8, w13);
    a = t1(a, f, g, h, add(w15, k<T>(LAST, 47))); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);
    w0 = next(w0, w1, w9, w14);
    h = t1(h, e, f, g, add(w0, k<T>(LAST, 48))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    w1 = next(w1, w2, w10, w15);
    g = t1(g, d, e, f, add(w1, k<T>(LAST, 49))); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    w2 = next(w2, w3, w11, w0);
    f = t1(f, c, d, e, add(w2, k<T>(LAST, 50))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    w3 = next(w3, w4, w12, w1);
    e = t1(e, b, c, d, add(w3, k<T>(LAST, 51))); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    w4 = next(w4, w5, w13, w2);
    d = t1(d, a, b, c, add(w4, k<T>(LAST, 52))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    w5 = next(w5, w6, w14, w3);
    c = t1(c, h, a, b, add(w5, k<T>(LAST, 53))); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    w6 = next(w6, w7, w15, w4);
    b = t1(b, g, h, a, add(w6, k<T>(LAST, 54))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    w7 = next(w7, w8, w0, w5);
    a = t1(a, f, g, h, add(w7, k<T>(LAST, 55))); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);
    w8 = next(w8, w9, w1, w6);
    h = t1(h, e, f, g, add(w8, k<T>(LAST, 56))); d = add(d, h); y = xor(a, b); h = t2(h, a, b, y, x);
    w9 = next(w9, w10, w2, w7);
    g = t1(g, d, e, f, add(w9, k<T>(LAST, 57))); c = add(c, g); x = xor(h, a); g = t2(g, h, a, x, y);
    w10 = next(w10, w11, w3, w8);
    f = t1(f, c, d, e, add(w10, k<T>(LAST, 58))); b = add(b, f); y = xor(g, h); f = t2(f, g, h, y, x);
    w11 = next(w11, w12, w4, w9);
    e = t1(e, b, c, d, add(w11, k<T>(LAST, 59))); a = add(a, e); x = xor(f, g); e = t2(e, f, g, x, y);
    w12 = next(w12, w13, w5, w10);
    d = t1(d, a, b, c, add(w12, k<T>(LAST, 60))); h = add(h, d); y = xor(e, f); d = t2(d, e, f, y, x);
    w13 = next(w13, w14, w6, w11);
    c = t1(c, h, a, b, add(w13, k<T>(LAST, 61))); g = add(g, c); x = xor(d, e); c = t2(c, d, e, x, y);
    w14 = next(w14, w15, w7, w12);
    b = t1(b, g, h, a, add(w14, k<T>(LAST, 62))); f = add(f, b); y = xor(c, d); b = t2(b, c, d, y, x);
    w15 = next(w15, w0, w8, w13);
    a = t1(a, f, g, h, add(w15, k<T>(LAST, 63))); e = add(e, a); x = xor(b, c); a = t2(a, b, c, x, y);

    put<T>(slot, 0, a);
    put<T>(slot, 1, b);
    put<T>(slot, 2, c);
    put<T>(slot, 3, d);
    put<T>(slot, 4, e);
    put<T>(slot, 5, f);
    put<T>(slot, 6, g);
    put<T>(slot, 7, h);
  }
}
