/**
 * What all nonces of a job have in common, computed once per scan (about a microsecond) and kept in tables. Each word stands
 * in all lanes, so that a vector is read by one instruction and nothing has to be spread while nonces are tried.
 */
import { absorb, bigSigma0, bigSigma1, choose, INITIAL_STATE, majority } from './sha256';
import { ROUND_CONSTANTS, smallSigma0, smallSigma1, start } from './sha256';
import { everywhere } from './mining-words';

/** The 108 bytes of the header, written by the caller. */
export const HEADER: usize = memory.data(108, 16);

/** Where chunk 2 begins, and how many of its bytes come before the nonce. */
const CHUNK_2: usize = 64;
const NONCE_WORD: u32 = 10;
const PADDING_BIT: u32 = 0x80000000;
const HEADER_BITS: u32 = 108 * 8;
const HASH_BITS: u32 = 32 * 8;

// A table has 32 words k, 16 parts of the schedule and 8 words of state. There is one for rounds 0 to 31 of chunk 2, and one
// for those of the second hash; LAST has the constants of rounds 32 to 63, which are plain ones in both.
const PARTS: usize = 32;
const STATE: usize = 48;
export const FIRST: usize = memory.data(56 * 16, 64);
export const SECOND: usize = memory.data(56 * 16, 64);
export const LAST: usize = memory.data(64 * 16, 64);
/** State after chunk 1: eight words. */
const MIDSTATE: usize = memory.data(8 * 16, 64);

@inline
function entry<T>(base: usize, index: usize): T {
  return load<T>(base + index * sizeof<T>());
}

@inline
function fill<T>(base: usize, index: usize, word: u32): void {
  store<T>(base + index * sizeof<T>(), everywhere<T>(word));
}

/** The constant of round t; where word t is the same for all nonces, the sum of the two. */
@inline
export function k<T>(base: usize, t: usize): T {
  return entry<T>(base, t);
}

/** Of the terms that make up word t, 16 to 31, those that are the same for all nonces, added up. */
@inline
export function part<T>(base: usize, t: usize): T {
  return entry<T>(base, PARTS + t - 16);
}

/** Word `index` of the state after the first round that sees the nonce, as if that word were 0. */
@inline
export function startState<T>(base: usize, index: usize): T {
  return entry<T>(base, STATE + index);
}

/** Word `index` of the state after chunk 1. */
@inline
export function midstate<T>(index: usize): T {
  return entry<T>(MIDSTATE, index);
}

// --- Filling them, in plain words ---------------------------------------------------------------------------------------

const WORDS: usize = memory.data(32 * 4, 16);
const ROUND_STATE: usize = memory.data(8 * 4, 16);

@inline
function read(base: usize, index: u32): u32 {
  return load<u32>(base + ((<usize>index) << 2));
}

@inline
function write(base: usize, index: u32, word: u32): void {
  store<u32>(base + ((<usize>index) << 2), word);
}

/** Round t over ROUND_STATE, with word t of WORDS. */
function runRound(t: u32): void {
  const e = read(ROUND_STATE, 4);
  const t1 =
    read(ROUND_STATE, 7) +
    bigSigma1(e) +
    choose(e, read(ROUND_STATE, 5), read(ROUND_STATE, 6)) +
    read(ROUND_CONSTANTS, t) +
    read(WORDS, t);
  const a = read(ROUND_STATE, 0);
  const t2 = bigSigma0(a) + majority(a, read(ROUND_STATE, 1), read(ROUND_STATE, 2));
  memory.copy(ROUND_STATE + 4, ROUND_STATE, 28);
  write(ROUND_STATE, 4, read(ROUND_STATE, 4) + t1);
  write(ROUND_STATE, 0, t1 + t2);
}

/**
 * Fills a table from words 0 to 15 in WORDS. Those that differ from nonce to nonce stand there as 0, and `changing` has a bit
 * for each: bit t is for word t. Since σ0(0) = σ1(0) = 0, the usual sum then gives the part of a word that is always the same.
 */
function fillTable<T>(base: usize, changing: u32): void {
  for (let t: u32 = 0; t < 32; t++) {
    if (t >= 16) {
      const fixed =
        read(WORDS, t - 16) + smallSigma0(read(WORDS, t - 15)) + read(WORDS, t - 7) + smallSigma1(read(WORDS, t - 2));
      const changes = ((changing >> (t - 16)) | (changing >> (t - 15)) | (changing >> (t - 7)) | (changing >> (t - 2))) & 1;
      changing |= changes << t;
      fill<T>(base, PARTS + t - 16, fixed);
      write(WORDS, t, changes ? 0 : fixed);
    }
    fill<T>(base, t, read(ROUND_CONSTANTS, t) + read(WORDS, t));
  }
  for (let i: u32 = 0; i < 8; i++) fill<T>(base, STATE + i, read(ROUND_STATE, i));
}

/** Fills all tables for the header in HEADER. */
export function prepare<T>(): void {
  for (let t: u32 = 0; t < 64; t++) fill<T>(LAST, t, read(ROUND_CONSTANTS, t));

  // The second hash always begins alike. All eight words of the first hash hang on the nonce.
  memory.fill(WORDS, 0, 64);
  write(WORDS, 8, PADDING_BIT);
  write(WORDS, 15, HASH_BITS);
  start(ROUND_STATE);
  runRound(0);
  fillTable<T>(SECOND, 0xff);

  // Chunk 2 of the header begins with the state after chunk 1.
  start(ROUND_STATE);
  absorb(ROUND_STATE, HEADER, 1);
  for (let i: u32 = 0; i < 8; i++) fill<T>(MIDSTATE, i, read(ROUND_STATE, i));
  memory.fill(WORDS, 0, 64);
  for (let i: u32 = 0; i < NONCE_WORD; i++) write(WORDS, i, bswap<u32>(read(HEADER + CHUNK_2, i)));
  write(WORDS, NONCE_WORD + 1, PADDING_BIT);
  write(WORDS, 15, HEADER_BITS);
  for (let t: u32 = 0; t <= NONCE_WORD; t++) runRound(t);
  fillTable<T>(FIRST, 1 << NONCE_WORD);
}

/** Word 0 of the state that every SHA-256 begins with. */
@inline
export function initialWord(): u32 {
  return load<u32>(INITIAL_STATE);
}
