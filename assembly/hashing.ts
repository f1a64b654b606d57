/**
 * The hashes of consensus, as one small module: src/consensus/hash-engine.ts is its other side.
 *
 * The caller writes what is to be hashed from INPUT on (and lets memory grow where it is more), calls, and reads from OUTPUT.
 */
import { absorb, finish, hashOnce, hashTwice, start } from './sha256';
import { ripemd160Of32 } from './ripemd160';

/** Where results stand: 32 bytes. */
const OUTPUT: usize = memory.data(32, 16);
const SCRATCH: usize = memory.data(32, 16);
const MIDSTATE: usize = memory.data(32, 16);
const STATE: usize = memory.data(32, 16);

/** Everything from here on is the caller's: the first byte behind our own data. */
const INPUT: usize = (__heap_base + 63) & ~63;

export function inputAddress(): usize {
  return INPUT;
}

export function outputAddress(): usize {
  return OUTPUT;
}

export function sha256(length: u32): void {
  hashOnce(INPUT, length, OUTPUT);
}

export function sha256d(length: u32): void {
  hashTwice(INPUT, length, OUTPUT);
}

/** RIPEMD160(SHA256(x)): 20 bytes. */
export function hash160(length: u32): void {
  hashOnce(INPUT, length, SCRATCH);
  ripemd160Of32(SCRATCH, OUTPUT);
}

/**
 * Merkle root of `count` ≥ 1 hashes of 32 bytes at INPUT, which are overwritten.
 * @returns 1 when two equal siblings were hashed together (CVE-2012-2459), else 0
 */
export function merkleRoot(count: u32): u32 {
  let mutated: u32 = 0;
  while (count > 1) {
    const pairs = count >> 1;
    for (let i: u32 = 0; i < pairs; i++) {
      const left = INPUT + ((<usize>i) << 6);
      if (memory.compare(left, left + 32, 32) == 0) mutated = 1;
      hashTwice(left, 64, INPUT + ((<usize>i) << 5));
    }
    if (count & 1) {
      // An odd level repeats its last node. There is room: the level above is written below.
      const last = INPUT + ((<usize>count - 1) << 5);
      memory.copy(last + 32, last, 32);
      hashTwice(last, 64, INPUT + ((<usize>pairs) << 5));
    }
    count = (count + 1) >> 1;
  }
  memory.copy(OUTPUT, INPUT, 32);
  return mutated;
}

/**
 * The sighashes of all inputs of one transaction. From INPUT on stand, one after the other:
 * `length` bytes of the identity, `inputs` × 20 bytes of pubkey hashes, room for `inputs` × 32 bytes of digests, and room
 * for `length` + 20 bytes of a preimage.
 *
 * The preimage of input i is the identity with the i-th pubkey hash put in behind the i-th outpoint, so all preimages begin
 * alike: whole chunks of the beginning are hashed once. What comes behind is different for each, and costs n² (sighash.ts).
 * @param firstOutpoint offset of the first outpoint in the identity; outpoints have 36 bytes
 */
export function sighashes(length: u32, inputs: u32, firstOutpoint: u32): void {
  const hashes = INPUT + length;
  const digests = hashes + <usize>inputs * 20;
  const preimage = digests + ((<usize>inputs) << 5);
  start(MIDSTATE);
  /** How much of the beginning is in MIDSTATE: whole chunks. */
  let absorbed: u32 = 0;
  let end = firstOutpoint;
  for (let i: u32 = 0; i < inputs; i++) {
    end += 36;
    const chunks = (end - absorbed) >> 6;
    absorb(MIDSTATE, INPUT + absorbed, chunks);
    absorbed += chunks << 6;

    const before = end - absorbed;
    memory.copy(preimage, INPUT + absorbed, before);
    memory.copy(preimage + before, hashes + <usize>i * 20, 20);
    memory.copy(preimage + before + 20, INPUT + end, length - end);
    memory.copy(STATE, MIDSTATE, 32);
    finish(STATE, preimage, length - absorbed + 20, length + 20, SCRATCH);
    hashOnce(SCRATCH, 32, digests + ((<usize>i) << 5));
  }
}
