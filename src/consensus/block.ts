/**
 * Blocks: a header and the transactions that its merkle root commits to, the coinbase first.
 */
import { type ByteReader, ByteWriter, varintSize } from './bytes.ts';
import { decodeWith } from './decode.ts';
import { HEADER_BYTES, readHeader, writeHeader, type BlockHeader } from './header.ts';
import type { Verdict } from './reasons.ts';
import { readTransaction, transactionSize, writeTransaction, type Transaction } from './transaction.ts';

/** Immutable. */
export interface Block {
  readonly header: BlockHeader;
  readonly transactions: readonly Transaction[];
}

const MIN_TRANSACTION_BYTES = 10;

/** The bytes of blocks that came as bytes: they are stored and passed on as they came. */
const encodings = new WeakMap<Block, Uint8Array>();

/** The full bytes of a block: `header | varint(#tx) | full transactions`. Not to be changed by the caller. */
export function encodeBlock(block: Block): Uint8Array {
  const known = encodings.get(block);
  if (known !== undefined) return known;
  const writer = new ByteWriter(blockSize(block));
  writeHeader(writer, block.header);
  writer.varint(block.transactions.length);
  for (const tx of block.transactions) writeTransaction(writer, tx);
  return writer.finish();
}

/** Length of the full bytes, without making them. */
export function blockSize(block: Block): number {
  return block.transactions.reduce(
    (sum, tx) => sum + transactionSize(tx),
    HEADER_BYTES + varintSize(block.transactions.length),
  );
}

/** Reads a block off a reader. @throws DecodeError */
export function readBlock(reader: ByteReader): Block {
  const start = reader.position;
  const header = readHeader(reader);
  const transactions: Transaction[] = [];
  for (let left = reader.count(MIN_TRANSACTION_BYTES, 'number of transactions'); left > 0; left--) {
    transactions.push(readTransaction(reader));
  }
  const block = { header, transactions };
  encodings.set(block, reader.between(start, reader.position));
  return block;
}

/** Decodes the full bytes of one block; anything missing or left over is `malformed-encoding`. */
export function decodeBlock(bytes: Uint8Array): Verdict<Block> {
  return decodeWith(bytes, 'block', readBlock);
}
