/**
 * Compact blocks: a block said in few bytes to somebody who has most of its transactions already (BIP152).
 *
 *   header 108 | nonce 8 | varint(n) | n × short id 6 | varint(m) | m × (varint(gap) | full transaction)
 *
 * The m transactions are sent along because the receiver cannot have them (the coinbase); `gap` counts places from the one
 * after the transaction before. The n short ids stand for all others, in their order. The receiver looks for each among its
 * waiting transactions and asks for those that it does not find.
 *
 * A short id is the first 6 bytes of sha256(key | wtxid), where key = sha256(header | nonce). It is made of the *full* bytes'
 * hash: what is found has the block's own signatures, not others of the same txid.
 *
 * Attack: with a fixed rule, somebody could grind two transactions with one short id and slow every block down. The key
 * differs for every block and sender. Where two waiting transactions match one id, neither is believed: it is asked for.
 * If in spite of all that the wrong one is taken, the merkle root tells, and the whole block is fetched.
 *
 * Differs from BIP152: SHA-256 instead of SipHash (one hash function fewer to understand), no mode in which they are sent
 * unasked.
 */
import { hash } from 'node:crypto';
import {
  type Block,
  type BlockHeader,
  type ByteReader,
  ByteWriter,
  concatBytes,
  DecodeError,
  decodeWith,
  encodeHeader,
  HEADER_BYTES,
  hexToBytes,
  readHeader,
  readTransaction,
  sha256,
  type Transaction,
  transactionSize,
  type Verdict,
  writeHeader,
  writeTransaction,
  type Wtxid,
  wtxidOf,
} from '../consensus/index.ts';
import { maxTransactionsIn, readGap } from './messages.ts';

const SHA256_BYTES = 32;
const NONCE_BYTES = 8;
const SHORT_ID_BYTES = 6;
const MIN_PREFILLED_BYTES = 11;
/** More waiting transactions than this are not looked through for one block: what is not among the best is asked for. */
const MAX_CANDIDATES = 20_000;

export interface CompactBlock {
  readonly header: BlockHeader;
  /** 16 hex characters, chosen by the sender. */
  readonly nonce: string;
  /** 12 hex characters each, in the order of the block, without the prefilled ones. */
  readonly shortIds: readonly string[];
  readonly prefilled: readonly { readonly index: number; readonly tx: Transaction }[];
}

/** Says a block in short. @param nonce 8 random bytes in hex */
export function compactBlockOf(block: Block, nonce: string): CompactBlock {
  const shortId = shortIds(block.header, nonce);
  const [coinbase, ...others] = block.transactions;
  if (coinbase === undefined) throw new Error('invariant: a block has a coinbase');
  return {
    header: block.header,
    nonce,
    shortIds: others.map((tx) => shortId(wtxidOf(tx))),
    prefilled: [{ index: 0, tx: coinbase }],
  };
}

/**
 * The short id of transactions in the compact form of this block. Asked for thousands of times in a row, so it uses the
 * platform's SHA-256 and one buffer.
 */
function shortIds(header: BlockHeader, nonce: string): (wtxid: Wtxid) => string {
  const input = Buffer.alloc(2 * SHA256_BYTES);
  input.set(sha256(concatBytes(encodeHeader(header), hexToBytes(nonce))));
  return (wtxid) => {
    input.write(wtxid, SHA256_BYTES, 'hex');
    return hash('sha256', input, 'hex').slice(0, 2 * SHORT_ID_BYTES);
  };
}

export function encodeCompactBlock({ header, nonce, shortIds: ids, prefilled }: CompactBlock): Uint8Array {
  const size = prefilled.reduce((sum, { tx }) => sum + 5 + transactionSize(tx), 0);
  const writer = new ByteWriter(HEADER_BYTES + NONCE_BYTES + 10 + SHORT_ID_BYTES * ids.length + size);
  writeHeader(writer, header);
  writer.hex(nonce).varint(ids.length);
  for (const id of ids) writer.hex(id);
  writer.varint(prefilled.length);
  let next = 0;
  for (const { index, tx } of prefilled) {
    writer.varint(index - next);
    writeTransaction(writer, tx);
    next = index + 1;
  }
  return writer.finish();
}

export function decodeCompactBlock(bytes: Uint8Array, maxBlockSizeBytes: number): Verdict<CompactBlock> {
  return decodeWith(bytes, 'compact block', (reader) => readCompactBlock(reader, maxBlockSizeBytes));
}

function readCompactBlock(reader: ByteReader, maxBlockSizeBytes: number): CompactBlock {
  const most = maxTransactionsIn(maxBlockSizeBytes);
  const header = readHeader(reader);
  const nonce = reader.hex(NONCE_BYTES, 'nonce');
  const ids: string[] = [];
  for (let left = reader.count(SHORT_ID_BYTES, 'number of short ids'); left > 0; left--)
    ids.push(reader.hex(SHORT_ID_BYTES, 'short id'));
  const prefilled: { index: number; tx: Transaction }[] = [];
  let next = 0;
  for (let left = reader.count(MIN_PREFILLED_BYTES, 'number of transactions'); left > 0; left--) {
    const index = readGap(reader, next, most);
    prefilled.push({ index, tx: readTransaction(reader) });
    next = index + 1;
  }
  const total = ids.length + prefilled.length;
  if (total > most) throw new DecodeError(`${total} transactions; no block is so long`);
  if (next > total) throw new DecodeError(`a transaction at place ${next - 1} of a block of ${total}`);
  return { header, nonce, shortIds: ids, prefilled };
}

/** A compact block on its way to being a block again. */
export interface PartialBlock {
  readonly header: BlockHeader;
  /** In the order of the block; undefined where a transaction is missing. */
  readonly transactions: readonly (Transaction | undefined)[];
  /** Places that are empty, ascending. */
  readonly missing: readonly number[];
}

/**
 * Fills a compact block from what is known. Costs one SHA-256 for each candidate, until all ids are found.
 * @param candidates waiting transactions, the likeliest first
 */
export function fillFrom(compact: CompactBlock, candidates: Iterable<Transaction>): PartialBlock {
  const transactions: (Transaction | undefined)[] = Array.from({
    length: compact.shortIds.length + compact.prefilled.length,
  });
  for (const { index, tx } of compact.prefilled) transactions[index] = tx;
  const placeOf = new Map<string, number>();
  let place = 0;
  for (const id of compact.shortIds) {
    while (transactions[place] !== undefined) place++;
    // Two equal ids in one block: neither can be told apart, both are asked for.
    placeOf.set(id, placeOf.has(id) ? -1 : place);
    place++;
  }
  const shortId = shortIds(compact.header, compact.nonce);
  let left = placeOf.size;
  let looks = 0;
  for (const tx of candidates) {
    if (left <= 0 || ++looks > MAX_CANDIDATES) break;
    const id = shortId(wtxidOf(tx));
    const found = placeOf.get(id);
    if (found === undefined || found < 0) continue;
    if (transactions[found] === undefined) {
      transactions[found] = tx;
      left--;
    } else if (wtxidOf(transactions[found]) !== wtxidOf(tx)) {
      transactions[found] = undefined;
      placeOf.set(id, -1);
    }
  }
  return { header: compact.header, transactions, missing: emptyPlaces(transactions) };
}

function emptyPlaces(transactions: readonly (Transaction | undefined)[]): number[] {
  return [...transactions.keys()].filter((index) => transactions[index] === undefined);
}

/** Puts the missing transactions in, in the order of {@link PartialBlock.missing}. */
export function complete(partial: PartialBlock, found: readonly Transaction[]): Block {
  const transactions = [...partial.transactions];
  partial.missing.forEach((index, i) => (transactions[index] = found[i]));
  const whole = transactions.filter((tx) => tx !== undefined);
  if (whole.length !== transactions.length)
    throw new Error('invariant: a transaction of the block is missing');
  return { header: partial.header, transactions: whole };
}
