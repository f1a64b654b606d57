/**
 * The block header: 108 bytes that commit to everything (PROTOCOL 3).
 *
 *   offset 0        4           36            68          72        104     108
 *          version │ prev_hash │ merkle_root │ timestamp │ target  │ nonce │
 *
 * It differs from Bitcoin's 80 bytes in one field: the target stands there in full (32 bytes) instead of packed (4).
 */
import { type ByteReader, ByteWriter } from './bytes.ts';
import { decodeWith } from './decode.ts';
import { type BlockHash, sha256dHex } from './hash.ts';
import type { Verdict } from './reasons.ts';
import { type Target, targetToHeaderHex } from './target.ts';

/** Immutable: the hash is remembered by object identity. */
export interface BlockHeader {
  readonly version: number;
  readonly prevHash: BlockHash;
  /** 64 hex characters. */
  readonly merkleRoot: string;
  /** Seconds since 1970, uint32. */
  readonly timestamp: number;
  readonly target: Target;
  readonly nonce: number;
}

export const HEADER_BYTES = 108;
export const HEADER_TIMESTAMP_OFFSET = 68;
export const HEADER_TARGET_OFFSET = 72;
export const HEADER_NONCE_OFFSET = 104;

export function writeHeader(writer: ByteWriter, header: BlockHeader): void {
  writer.int32(header.version).hex(header.prevHash).hex(header.merkleRoot).uint32(header.timestamp);
  writer.hex(targetToHeaderHex(header.target)).uint32(header.nonce);
}

/** The 108 bytes of a header. */
export function encodeHeader(header: BlockHeader): Uint8Array {
  const writer = new ByteWriter(HEADER_BYTES);
  writeHeader(writer, header);
  return writer.finish();
}

/** Reads a header off a reader. @throws DecodeError */
export function readHeader(reader: ByteReader): BlockHeader {
  return {
    version: reader.int32('version'),
    prevHash: reader.hex(32, 'prev_hash') as BlockHash,
    merkleRoot: reader.hex(32, 'merkle_root'),
    timestamp: reader.uint32('timestamp'),
    target: BigInt(`0x${reader.hex(32, 'target')}`) as Target,
    nonce: reader.uint32('nonce'),
  };
}

/** Decodes exactly 108 bytes. */
export function decodeHeader(bytes: Uint8Array): Verdict<BlockHeader> {
  return decodeWith(bytes, 'header', readHeader);
}

const hashes = new WeakMap<BlockHeader, BlockHash>();

/** sha256d of the header: the block's name and its proof of work at once. */
export function blockHashOf(header: BlockHeader): BlockHash {
  let hash = hashes.get(header);
  if (hash === undefined) {
    hash = sha256dHex(encodeHeader(header)) as BlockHash;
    hashes.set(header, hash);
  }
  return hash;
}
