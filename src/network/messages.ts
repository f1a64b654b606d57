/**
 * The binary messages between nodes: what stands in the bodies of `POST /p2p/…` and of their answers (docs/network.md).
 *
 * They are made of the protocol's own pieces: CompactSize counts, hashes in byte order, headers of 108 bytes, full bytes of
 * transactions and blocks. Where an answer holds several of these they come as *frames*: `varint(length) | bytes`; a frame
 * of length 0 says "I do not have that one".
 *
 * Attack: a message is a stranger's. Every count is checked against its bound and against the bytes that are there before
 * anything is reserved.
 */
import {
  type BlockHash,
  type BlockHeader,
  type ByteReader,
  ByteWriter,
  DecodeError,
  decodeWith,
  HEADER_BYTES,
  readHeader,
  type Txid,
  type Verdict,
  writeHeader,
  type Wtxid,
} from '../consensus/index.ts';

/** Version of these messages. Nodes of different versions do not talk. */
export const P2P_VERSION = 1;

/** Hashes in a block locator: enough for 2^90 blocks. */
export const MAX_LOCATOR = 101;
/** Headers in one answer (Core: MAX_HEADERS_RESULTS). */
export const MAX_HEADERS = 2_000;
/** Blocks that one request asks for. */
export const MAX_BLOCKS = 16;
/** Transactions that one request asks for: small batches, so that one slow peer holds up little. */
export const MAX_TRANSACTIONS = 100;
/** Headers in an announcement; who is further behind asks for headers (Core: MAX_BLOCKS_TO_ANNOUNCE). */
export const MAX_ANNOUNCED_HEADERS = 8;
/** Transactions in an announcement. */
export const MAX_ANNOUNCED_TRANSACTIONS = 1_000;
/** Ids that the answer to `POST /p2p/mempool` names (Core: MAX_INV_SZ). */
export const MAX_MEMPOOL_IDS = 50_000;
/** A transaction takes at least so many bytes, so a block has at most MAX_BLOCK_SIZE / this. */
const MIN_TRANSACTION_BYTES = 10;
const HASH_BYTES = 32;

/** Something new: headers of blocks, oldest first, and full-byte ids of transactions, parents first. */
export interface Announcement {
  readonly headers: readonly BlockHeader[];
  readonly wtxids: readonly Wtxid[];
}

/** A transaction that is asked for: by its full bytes, or (the parent of an orphan) by the id that a child names. */
export type TransactionName =
  { readonly kind: 'wtxid'; readonly id: Wtxid } | { readonly kind: 'txid'; readonly id: Txid };

const KIND_WTXID = 0;
const KIND_TXID = 1;

function count(reader: ByteReader, itemBytes: number, most: number, what: string): number {
  const found = reader.count(itemBytes, `number of ${what}`);
  if (found > most) throw new DecodeError(`${found} ${what}; ${most} are allowed`);
  return found;
}

function many<T>(length: number, read: () => T): T[] {
  return Array.from({ length }, read);
}

// --- Lists of hashes ----------------------------------------------------------------------------------------------

/** `varint(n) | n × 32 bytes`. */
export function encodeHashes(hashes: readonly string[]): Uint8Array {
  const writer = new ByteWriter(5 + HASH_BYTES * hashes.length);
  writer.varint(hashes.length);
  for (const hash of hashes) writer.hex(hash);
  return writer.finish();
}

function readHashes(reader: ByteReader, most: number, what: string): string[] {
  return many(count(reader, HASH_BYTES, most, what), () => reader.hex(HASH_BYTES, what));
}

/** A block locator, highest first. */
export function decodeLocator(bytes: Uint8Array): Verdict<BlockHash[]> {
  return decodeWith(bytes, 'locator', (reader) => readHashes(reader, MAX_LOCATOR, 'hashes') as BlockHash[]);
}

/** The blocks that somebody asks for. */
export function decodeBlockRequest(bytes: Uint8Array): Verdict<BlockHash[]> {
  return decodeWith(bytes, 'request', (reader) => readHashes(reader, MAX_BLOCKS, 'blocks') as BlockHash[]);
}

/** The ids of a whole mempool. */
export function decodeMempoolIds(bytes: Uint8Array): Verdict<Wtxid[]> {
  return decodeWith(bytes, 'ids', (reader) => readHashes(reader, MAX_MEMPOOL_IDS, 'ids') as Wtxid[]);
}

/** One block hash, 32 bytes. */
export function decodeHash(bytes: Uint8Array): Verdict<BlockHash> {
  return decodeWith(bytes, 'hash', (reader) => reader.hex(HASH_BYTES, 'hash') as BlockHash);
}

// --- Headers ------------------------------------------------------------------------------------------------------

function writeHeaders(writer: ByteWriter, headers: readonly BlockHeader[]): void {
  writer.varint(headers.length);
  for (const header of headers) writeHeader(writer, header);
}

function readHeaders(reader: ByteReader, most: number): BlockHeader[] {
  return many(count(reader, HEADER_BYTES, most, 'headers'), () => readHeader(reader));
}

/** `varint(n) | n × 108 bytes`. */
export function encodeHeaders(headers: readonly BlockHeader[]): Uint8Array {
  const writer = new ByteWriter(5 + HEADER_BYTES * headers.length);
  writeHeaders(writer, headers);
  return writer.finish();
}

export function decodeHeaders(bytes: Uint8Array): Verdict<BlockHeader[]> {
  return decodeWith(bytes, 'headers', (reader) => readHeaders(reader, MAX_HEADERS));
}

// --- Announcements ------------------------------------------------------------------------------------------------

/** `varint(n) | n × 108 bytes | varint(m) | m × 32 bytes`. */
export function encodeAnnouncement({ headers, wtxids }: Announcement): Uint8Array {
  const writer = new ByteWriter(10 + HEADER_BYTES * headers.length + HASH_BYTES * wtxids.length);
  writeHeaders(writer, headers);
  writer.varint(wtxids.length);
  for (const wtxid of wtxids) writer.hex(wtxid);
  return writer.finish();
}

export function decodeAnnouncement(bytes: Uint8Array): Verdict<Announcement> {
  return decodeWith(bytes, 'announcement', (reader) => ({
    headers: readHeaders(reader, MAX_ANNOUNCED_HEADERS),
    wtxids: readHashes(reader, MAX_ANNOUNCED_TRANSACTIONS, 'transactions') as Wtxid[],
  }));
}

// --- Asking for transactions --------------------------------------------------------------------------------------

/** `varint(n) | n × (0 for a wtxid, 1 for a txid | 32 bytes)`; the first byte is a varint, too. */
export function encodeTransactionRequest(names: readonly TransactionName[]): Uint8Array {
  const writer = new ByteWriter(5 + (HASH_BYTES + 1) * names.length);
  writer.varint(names.length);
  for (const { kind, id } of names) writer.varint(kind === 'wtxid' ? KIND_WTXID : KIND_TXID).hex(id);
  return writer.finish();
}

export function decodeTransactionRequest(bytes: Uint8Array): Verdict<TransactionName[]> {
  return decodeWith(bytes, 'request', (reader) =>
    many(count(reader, HASH_BYTES + 1, MAX_TRANSACTIONS, 'transactions'), (): TransactionName => {
      const kind = Number(reader.varint('kind'));
      const id = reader.hex(HASH_BYTES, 'id');
      if (kind === KIND_WTXID) return { kind: 'wtxid', id: id as Wtxid };
      if (kind === KIND_TXID) return { kind: 'txid', id: id as Txid };
      throw new DecodeError(`kind ${kind}; 0 and 1 are known`);
    }),
  );
}

// --- Asking for transactions of a block ------------------------------------------------------------------------------

export interface BlockTransactionsRequest {
  readonly hash: BlockHash;
  /** Places in the block, ascending; 0 is the coinbase. */
  readonly indexes: readonly number[];
}

/** `32 bytes | varint(n) | n × varint(gap)`: each gap counts from the place after the one before (BIP152). */
export function encodeBlockTransactionsRequest({ hash, indexes }: BlockTransactionsRequest): Uint8Array {
  const writer = new ByteWriter(HASH_BYTES + 5 + 3 * indexes.length);
  writer.hex(hash);
  writeIndexes(writer, indexes);
  return writer.finish();
}

export function decodeBlockTransactionsRequest(
  bytes: Uint8Array,
  maxBlockSizeBytes: number,
): Verdict<BlockTransactionsRequest> {
  return decodeWith(bytes, 'request', (reader) => ({
    hash: reader.hex(HASH_BYTES, 'hash') as BlockHash,
    indexes: readIndexes(reader, maxBlockSizeBytes),
  }));
}

function writeIndexes(writer: ByteWriter, indexes: readonly number[]): void {
  writer.varint(indexes.length);
  let next = 0;
  for (const index of indexes) {
    writer.varint(index - next);
    next = index + 1;
  }
}

function readIndexes(reader: ByteReader, maxBlockSizeBytes: number): number[] {
  const most = maxTransactionsIn(maxBlockSizeBytes);
  let next = 0;
  return many(count(reader, 1, most, 'places'), () => {
    const index = readGap(reader, next, most);
    next = index + 1;
    return index;
  });
}

/** The place that a gap leads to. @throws DecodeError when no block has it */
export function readGap(reader: ByteReader, next: number, most: number): number {
  const gap = reader.varint('gap');
  if (gap >= BigInt(most - next)) throw new DecodeError(`a place ${gap} after ${next}; no block is so long`);
  return next + Number(gap);
}

/** More transactions than this no block has. */
export function maxTransactionsIn(maxBlockSizeBytes: number): number {
  return Math.floor(maxBlockSizeBytes / MIN_TRANSACTION_BYTES);
}

// --- Frames -------------------------------------------------------------------------------------------------------

/** One frame: `varint(length) | bytes`; without bytes, "not here". */
export function encodeFrame(bytes: Uint8Array = new Uint8Array()): Uint8Array {
  return new ByteWriter(5 + bytes.length).varint(bytes.length).bytes(bytes).finish();
}
