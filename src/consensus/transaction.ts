/**
 * Transactions: which coins are spent, and which are created.
 *
 * Two encodings (PROTOCOL 2):
 * - *identity bytes*, without signatures and public keys: their hash is the {@link Txid}. A third party that changes a
 *   signature cannot change the txid (Bitcoin needed segregated witness, BIP141, for that);
 * - *full bytes*, with them: what is stored, measured and relayed; their hash is the {@link Wtxid}.
 */
import { type ByteReader, ByteWriter, DecodeError, varintSize } from './bytes.ts';
import { decodeWith } from './decode.ts';
import { type Address, NO_TXID, sha256dHex, type Txid, type Wtxid } from './hash.ts';
import { hashEngine } from './hash-engine.ts';
import type { Verdict } from './reasons.ts';

/** Points at one output of one transaction. */
export interface Outpoint {
  readonly txid: Txid;
  readonly index: number;
}

export interface TransactionInput {
  readonly prevTxid: Txid;
  readonly prevIndex: number;
  /** DER signature without sighash byte; empty in a coinbase. */
  readonly signature: Uint8Array;
  /** Compressed public key, 33 bytes; empty in a coinbase. */
  readonly pubkey: Uint8Array;
}

export interface TransactionOutput {
  /** Base units; a safe integer. */
  readonly amount: number;
  /** Who may spend it. */
  readonly pubkeyHash: Address;
}

/** Immutable: hashes are remembered by object identity. */
export interface Transaction {
  readonly version: number;
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly TransactionOutput[];
  readonly locktime: number;
}

/** `index` of the outpoint that a coinbase "spends". */
export const NULL_INDEX = 0xffffffff;
const MIN_INPUT_BYTES = 32 + 4 + 1 + 1;
const OUTPOINT_BYTES = 36;
const OUTPUT_BYTES = 8 + 20;

// Hashing costs microseconds and each hash is asked for many times: remembered for as long as the object lives.
const txids = new WeakMap<Transaction, Txid>();
const wtxids = new WeakMap<Transaction, Wtxid>();

/** True for exactly one input that points at nothing. */
export function isCoinbase(tx: Transaction): boolean {
  const only = tx.inputs[0];
  return tx.inputs.length === 1 && only !== undefined && isNullOutpoint(only);
}

export function isNullOutpoint(input: TransactionInput): boolean {
  return input.prevIndex === NULL_INDEX && input.prevTxid === NO_TXID;
}

/**
 * The bytes that the txid is the hash of. With `signing`, the sighash preimage instead: right after the outpoint of the
 * input that is being signed stand the 20 bytes of the pubkey hash of the coin which it spends.
 */
export function identityBytes(
  tx: Transaction,
  signing?: { inputIndex: number; pubkeyHash: Address },
): Uint8Array {
  const { inputs, outputs } = tx;
  const counts = varintSize(inputs.length) + varintSize(outputs.length);
  const signed = signing === undefined ? 0 : 20;
  const writer = new ByteWriter(
    8 + counts + OUTPOINT_BYTES * inputs.length + OUTPUT_BYTES * outputs.length + signed,
  );
  writer.int32(tx.version).varint(tx.inputs.length);
  tx.inputs.forEach((input, index) => {
    writer.hex(input.prevTxid).uint32(input.prevIndex);
    if (signing?.inputIndex === index) writer.hex(signing.pubkeyHash);
  });
  writer.varint(tx.outputs.length);
  for (const output of tx.outputs) writer.int64(output.amount).hex(output.pubkeyHash);
  return writer.uint32(tx.locktime).finish();
}

/** Appends the full bytes of a transaction. */
export function writeTransaction(writer: ByteWriter, tx: Transaction): void {
  writer.int32(tx.version).varint(tx.inputs.length);
  for (const input of tx.inputs) {
    writer.hex(input.prevTxid).uint32(input.prevIndex);
    writer.varint(input.signature.length).bytes(input.signature);
    writer.varint(input.pubkey.length).bytes(input.pubkey);
  }
  writer.varint(tx.outputs.length);
  for (const output of tx.outputs) writer.int64(output.amount).hex(output.pubkeyHash);
  writer.uint32(tx.locktime);
}

/** The full bytes of a transaction. */
export function encodeTransaction(tx: Transaction): Uint8Array {
  const writer = new ByteWriter(transactionSize(tx));
  writeTransaction(writer, tx);
  return writer.finish();
}

/** Length of the full bytes, without making them. */
export function transactionSize(tx: Transaction): number {
  let size =
    4 + varintSize(tx.inputs.length) + varintSize(tx.outputs.length) + OUTPUT_BYTES * tx.outputs.length + 4;
  for (const { signature, pubkey } of tx.inputs) {
    size += 36 + varintSize(signature.length) + signature.length + varintSize(pubkey.length) + pubkey.length;
  }
  return size;
}

/**
 * Reads an amount. One beyond a safe integer cannot be held, and no rule allows it: refused with the rule's own reason.
 * @throws DecodeError
 */
function readAmount(reader: ByteReader): number {
  const amount = reader.int64('amount');
  if (amount > BigInt(Number.MAX_SAFE_INTEGER))
    throw new DecodeError(`amount ${amount}`, 'bad-txns-vout-toolarge');
  if (amount < BigInt(Number.MIN_SAFE_INTEGER))
    throw new DecodeError(`amount ${amount}`, 'bad-txns-vout-negative');
  return Number(amount);
}

/**
 * Reads one transaction off a reader. Its hashes are computed on the way, while its bytes are at hand: whoever gets a
 * transaction from outside wants both, and writing it again just for that costs more than the hashing.
 * @throws DecodeError
 */
export function readTransaction(reader: ByteReader): Transaction {
  const start = reader.position;
  const version = reader.int32('version');
  const inputs: TransactionInput[] = [];
  const inputCount = reader.count(MIN_INPUT_BYTES, 'number of inputs');
  /** Where the identity bytes are: all pieces of the full bytes that are no signature and no public key. */
  const identity = [start, reader.position];
  for (let left = inputCount; left > 0; left--) {
    const outpointStart = reader.position;
    const prevTxid = reader.hex(32, 'prev_txid') as Txid;
    const prevIndex = reader.uint32('prev_index');
    identity.push(outpointStart, reader.position);
    const signature = reader.bytes(reader.count(1, 'length of the signature'), 'signature');
    const pubkey = reader.bytes(reader.count(1, 'length of the public key'), 'public key');
    inputs.push({ prevTxid, prevIndex, signature, pubkey });
  }
  const outputsStart = reader.position;
  const outputs: TransactionOutput[] = [];
  for (let left = reader.count(OUTPUT_BYTES, 'number of outputs'); left > 0; left--) {
    outputs.push({ amount: readAmount(reader), pubkeyHash: reader.hex(20, 'pubkey_hash') as Address });
  }
  const tx = { version, inputs, outputs, locktime: reader.uint32('locktime') };
  identity.push(outputsStart, reader.position);
  const bytes = reader.between(0, reader.position);
  txids.set(tx, hashEngine.sha256dHexOfRanges(bytes, identity) as Txid);
  wtxids.set(tx, hashEngine.sha256dHexOfRanges(bytes, [start, reader.position]) as Wtxid);
  return tx;
}

/** Decodes the full bytes of one transaction; anything missing or left over is `malformed-encoding`. */
export function decodeTransaction(bytes: Uint8Array): Verdict<Transaction> {
  return decodeWith(bytes, 'transaction', readTransaction);
}

/** The transaction's name: sha256d of its identity bytes. */
export function txidOf(tx: Transaction): Txid {
  let txid = txids.get(tx);
  if (txid === undefined) {
    txid = sha256dHex(identityBytes(tx)) as Txid;
    txids.set(tx, txid);
  }
  return txid;
}

/** sha256d of the full bytes: tells apart two copies of a transaction that differ in their signatures only. */
export function wtxidOf(tx: Transaction): Wtxid {
  let wtxid = wtxids.get(tx);
  if (wtxid === undefined) {
    wtxid = sha256dHex(encodeTransaction(tx)) as Wtxid;
    wtxids.set(tx, wtxid);
  }
  return wtxid;
}
