/**
 * Who computes the hashes: a WebAssembly module of 5 kB (assembly/hashing.ts) where there is WebAssembly, else @noble/hashes
 * in JavaScript. Both give the same bytes; the first is three to six times faster, because hashing a message of 200 bytes
 * then costs one call, and because merkle trees and sighashes are done inside in one call each.
 */
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesEqual, bytesToHex, concatBytes, hexToBytes, writeHex } from './bytes.ts';
import hashingModule from './hashing.wasm.ts';
import { startModule, type WasmMemory } from './web-assembly.ts';

/**
 * All that consensus hashes. What comes out is the caller's own. Identifiers go in and out as hex, the form in which everybody
 * keeps them: no array is made for each on the way, and arrays are what the garbage collector has most trouble with.
 */
export interface HashEngine {
  readonly name: string;
  sha256(bytes: Uint8Array): Uint8Array;
  sha256d(bytes: Uint8Array): Uint8Array;
  /** 20 bytes. */
  hash160(bytes: Uint8Array): Uint8Array;
  sha256dHex(bytes: Uint8Array): string;
  hash160Hex(bytes: Uint8Array): string;
  /** sha256d of pieces of a byte string, put together. @param ranges where each piece starts and ends, one after the other */
  sha256dHexOfRanges(bytes: Uint8Array, ranges: readonly number[]): string;
  /** Root over at least one leaf of 32 bytes, and whether two equal siblings were hashed together. */
  merkleRoot(leaves: readonly string[]): { readonly root: string; readonly mutated: boolean };
  /**
   * The sighash of each input of a transaction (see sighash.ts).
   * @param firstOutpoint where the first outpoint of 36 bytes begins in the identity bytes
   * @param pubkeyHashes 20 bytes for each input
   */
  sighashes(identity: Uint8Array, firstOutpoint: number, pubkeyHashes: readonly string[]): Uint8Array[];
}

const HASH_BYTES = 32;
const HASH160_BYTES = 20;
const OUTPOINT_BYTES = 36;

/** In plain JavaScript. */
export const javascriptEngine: HashEngine = {
  name: 'JavaScript',
  sha256: (bytes) => nobleSha256(bytes),
  sha256d: (bytes) => nobleSha256(nobleSha256(bytes)),
  hash160: (bytes) => ripemd160(nobleSha256(bytes)),
  sha256dHex: (bytes) => bytesToHex(nobleSha256(nobleSha256(bytes))),
  hash160Hex: (bytes) => bytesToHex(ripemd160(nobleSha256(bytes))),

  sha256dHexOfRanges(bytes, ranges) {
    const pieces: Uint8Array[] = [];
    for (let i = 0; i < ranges.length; i += 2) pieces.push(bytes.subarray(ranges[i], ranges[i + 1]));
    return this.sha256dHex(concatBytes(...pieces));
  },

  merkleRoot(leaves) {
    let level = leaves.map(hexToBytes);
    let mutated = false;
    while (level.length > 1) {
      const above: Uint8Array[] = [];
      for (let i = 0; i < level.length; i += 2) {
        const left = level[i] as Uint8Array;
        const right = level[i + 1];
        if (right !== undefined && bytesEqual(left, right)) mutated = true;
        above.push(this.sha256d(concatBytes(left, right ?? left)));
      }
      level = above;
    }
    return { root: bytesToHex(level[0] as Uint8Array), mutated };
  },

  sighashes(identity, firstOutpoint, pubkeyHashes) {
    // All preimages begin alike: what has been hashed of the beginning is copied, not hashed again.
    const beginning = nobleSha256.create();
    let hashed = 0;
    let end = firstOutpoint;
    return pubkeyHashes.map((pubkeyHash) => {
      end += OUTPOINT_BYTES;
      beginning.update(identity.subarray(hashed, end));
      hashed = end;
      const preimage = beginning.clone().update(hexToBytes(pubkeyHash)).update(identity.subarray(end));
      return nobleSha256(preimage.digest());
    });
  },
};

/** What the module exports. */
interface HashingExports {
  readonly memory: WasmMemory;
  inputAddress(): number;
  outputAddress(): number;
  sha256(length: number): void;
  sha256d(length: number): void;
  hash160(length: number): void;
  merkleRoot(count: number): number;
  sighashes(length: number, inputs: number, firstOutpoint: number): void;
}

const PAGE_BYTES = 65_536;

/** Around a started module. */
export function wasmEngine(exports: unknown): HashEngine {
  const wasm = exports as HashingExports;
  const input = wasm.inputAddress();
  const output = wasm.outputAddress();
  let memory = new Uint8Array(wasm.memory.buffer);
  let hash = memory.subarray(output, output + HASH_BYTES);
  let shortHash = memory.subarray(output, output + HASH160_BYTES);

  /** Makes room for so many bytes of input. Memory stays grown: it is bounded by the largest block. */
  const reserve = (bytes: number): void => {
    const missing = input + bytes - memory.length;
    if (missing <= 0) return;
    wasm.memory.grow(Math.ceil(missing / PAGE_BYTES));
    memory = new Uint8Array(wasm.memory.buffer);
    hash = memory.subarray(output, output + HASH_BYTES);
    shortHash = memory.subarray(output, output + HASH160_BYTES);
  };
  const write = (bytes: Uint8Array): number => {
    reserve(bytes.length);
    memory.set(bytes, input);
    return bytes.length;
  };

  return {
    name: 'WebAssembly',
    sha256(bytes) {
      wasm.sha256(write(bytes));
      return hash.slice();
    },
    sha256d(bytes) {
      wasm.sha256d(write(bytes));
      return hash.slice();
    },
    hash160(bytes) {
      wasm.hash160(write(bytes));
      return shortHash.slice();
    },
    sha256dHex(bytes) {
      wasm.sha256d(write(bytes));
      return bytesToHex(hash);
    },
    hash160Hex(bytes) {
      wasm.hash160(write(bytes));
      return bytesToHex(shortHash);
    },
    sha256dHexOfRanges(bytes, ranges) {
      reserve(bytes.length);
      let at = input;
      for (let i = 0; i + 1 < ranges.length; i += 2) {
        // Pieces are short: a loop is quicker than a view for each.
        for (let from = ranges[i] as number, to = ranges[i + 1] as number; from < to; from++)
          memory[at++] = bytes[from] as number;
      }
      wasm.sha256d(at - input);
      return bytesToHex(hash);
    },
    merkleRoot(leaves) {
      // One more than there are: an odd level is filled up in place.
      reserve((leaves.length + 1) * HASH_BYTES);
      let at = input;
      for (const leaf of leaves) at = writeHex(memory, at, leaf);
      const mutated = wasm.merkleRoot(leaves.length) === 1;
      return { root: bytesToHex(hash), mutated };
    },
    sighashes(identity, firstOutpoint, pubkeyHashes) {
      const inputs = pubkeyHashes.length;
      reserve(2 * identity.length + inputs * (HASH160_BYTES + HASH_BYTES) + HASH160_BYTES);
      memory.set(identity, input);
      let at = input + identity.length;
      for (const pubkeyHash of pubkeyHashes) at = writeHex(memory, at, pubkeyHash);
      wasm.sighashes(identity.length, inputs, firstOutpoint);
      // All digests in one array, and views of it.
      const digests = memory.slice(at, at + inputs * HASH_BYTES);
      return pubkeyHashes.map((_, index) => digests.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES));
    },
  };
}

function bestEngine(): HashEngine {
  const exports = startModule(hashingModule);
  return exports === undefined ? javascriptEngine : wasmEngine(exports);
}

/** The one in use. */
export const hashEngine: HashEngine = bestEngine();
