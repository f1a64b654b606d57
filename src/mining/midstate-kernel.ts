/**
 * Double SHA-256 in plain JavaScript, with the three tricks that every miner uses.
 *
 * SHA-256 eats its message in chunks of 64 bytes and carries a state of eight 32-bit words from one chunk to the next.
 * A header has 108 bytes, so it fills two chunks (the rest is the standard's padding: a 1 bit, zeros, the length in bits):
 *
 *   chunk 1   version │ prev_hash │ merkle_root (28 of its 32 bytes)
 *   chunk 2   merkle_root (4) │ timestamp │ target │ NONCE │ 80… │ 0 0 0 │ 864
 *   word         0                 1         2-9      10     11    12-14    15
 *
 * and its hash is then hashed once more, as one chunk of 32 bytes and padding.
 *
 *  1. Midstate. The nonce stands in chunk 2, so the state after chunk 1 is the same for all nonces: computed once.
 *  2. Early rounds. Round t uses word t, so the first ten rounds of chunk 2 do not see the nonce: computed once too.
 *  3. Early reject. The hash is compared as a big-endian number, so its first word nearly always decides; only the few
 *     candidates that pass are checked in full.
 *
 * It runs wherever JavaScript runs. Names and round structure follow FIPS 180-4, section 6.2. The round is deliberately
 * not unrolled: eight rounds written out gain 8 %, all 64 are many times slower (too big for the JIT's optimiser).
 */
/* eslint-disable @typescript-eslint/no-non-null-assertion --
   All indexes are in bounds by construction, and a check at each of them would hide the algorithm (and cost speed). */
import { checkScan, type HashJob, type HashKernel, nonceWorks, type ScanResult } from './hash-kernel.ts';

/** Words of SHA-256: JavaScript's bit operators work on signed 32-bit integers, so we stay in these (`| 0`). */
type Words = Int32Array<ArrayBuffer>;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
// prettier-ignore
const ROUND_CONSTANTS: Words = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** Where every SHA-256 starts: likewise, of the square roots of the first 8 primes. */
const INITIAL_STATE: Words = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const ROUNDS = 64;
const WORDS_PER_CHUNK = 16;
const STATE_WORDS = 8;
/** Place of the nonce among the words of chunk 2, and so the number of rounds that do not see it. */
const NONCE_WORD = 10;
const PADDING_BIT = 0x80000000;
const HEADER_BITS = 108 * 8;
const HASH_BITS = 32 * 8;

// The six functions of FIPS 180-4, section 4.1.2. `(x >>> n) | (x << (32 - n))` turns x to the right by n bits.
const choose = (x: number, y: number, z: number): number => z ^ (x & (y ^ z));
const majority = (x: number, y: number, z: number): number => (x & y) | (z & (x | y));
const bigSigma0 = (x: number): number =>
  ((x >>> 2) | (x << 30)) ^ ((x >>> 13) | (x << 19)) ^ ((x >>> 22) | (x << 10));
const bigSigma1 = (x: number): number =>
  ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
const smallSigma0 = (x: number): number => ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
const smallSigma1 = (x: number): number => ((x >>> 17) | (x << 15)) ^ ((x >>> 19) | (x << 13)) ^ (x >>> 10);

/** Stretches the 16 words of a chunk to the 64 that the rounds use ("message schedule"). */
function expandSchedule(w: Words): void {
  for (let t = WORDS_PER_CHUNK; t < ROUNDS; t++) {
    w[t] = w[t - 16]! + smallSigma0(w[t - 15]!) + w[t - 7]! + smallSigma1(w[t - 2]!);
  }
}

/** Runs rounds `from` … `to − 1` over the state, in place. */
function runRounds(state: Words, w: Words, from: number, to: number): void {
  // Local variables, because the optimiser keeps these in registers.
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = from; t < to; t++) {
    const t1 = (h + bigSigma1(e) + choose(e, f, g) + ROUND_CONSTANTS[t]! + w[t]!) | 0;
    const t2 = (bigSigma0(a) + majority(a, b, c)) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
  state[4] = e;
  state[5] = f;
  state[6] = g;
  state[7] = h;
}

/** Ends a chunk: the state from before it is added to what the rounds made of it. Int32Array cuts each sum to 32 bits. */
function addState(target: Words, before: Words, after: Words): void {
  for (let i = 0; i < STATE_WORDS; i++) target[i] = before[i]! + after[i]!;
}

/** The nonce is little-endian in the header, and SHA-256 reads words big-endian: turn its bytes round. */
function reverseBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** What all nonces of a job have in common. */
function prepare(header: Uint8Array): { midstate: Words; afterEarlyRounds: Words; chunk2: Words } {
  const bytes = new DataView(header.buffer, header.byteOffset, header.byteLength);

  const chunk1: Words = new Int32Array(ROUNDS);
  for (let i = 0; i < WORDS_PER_CHUNK; i++) chunk1[i] = bytes.getInt32(4 * i);
  expandSchedule(chunk1);
  const midstate: Words = INITIAL_STATE.slice();
  runRounds(midstate, chunk1, 0, ROUNDS);
  addState(midstate, INITIAL_STATE, midstate);

  const chunk2: Words = new Int32Array(ROUNDS);
  for (let i = 0; i < NONCE_WORD; i++) chunk2[i] = bytes.getInt32(64 + 4 * i);
  chunk2[NONCE_WORD + 1] = PADDING_BIT;
  chunk2[WORDS_PER_CHUNK - 1] = HEADER_BITS;
  const afterEarlyRounds: Words = midstate.slice();
  runRounds(afterEarlyRounds, chunk2, 0, NONCE_WORD);

  return { midstate, afterEarlyRounds, chunk2 };
}

export const midstateKernel: HashKernel = {
  name: 'javascript-midstate',

  scan(job: HashJob, firstNonce: number, count: number): ScanResult {
    checkScan(job, firstNonce, count);
    const { midstate, afterEarlyRounds, chunk2 } = prepare(job.header);
    const targetWord0 = new DataView(job.target.buffer, job.target.byteOffset).getUint32(0);

    // The second hash: 8 words of the first one, then padding that never changes.
    const hashChunk: Words = new Int32Array(ROUNDS);
    hashChunk[STATE_WORDS] = PADDING_BIT;
    hashChunk[WORDS_PER_CHUNK - 1] = HASH_BITS;
    const state: Words = new Int32Array(STATE_WORDS);

    for (let done = 0; done < count; done++) {
      chunk2[NONCE_WORD] = reverseBytes(firstNonce + done);
      expandSchedule(chunk2);
      state.set(afterEarlyRounds);
      runRounds(state, chunk2, NONCE_WORD, ROUNDS);

      addState(hashChunk, midstate, state);
      expandSchedule(hashChunk);
      state.set(INITIAL_STATE);
      runRounds(state, hashChunk, 0, ROUNDS);

      const hashWord0 = (state[0]! + INITIAL_STATE[0]!) >>> 0;
      if (hashWord0 <= targetWord0 && nonceWorks(job, firstNonce + done)) {
        return { nonce: firstNonce + done, hashesDone: done + 1 };
      }
    }
    return { nonce: undefined, hashesDone: count };
  },
};
