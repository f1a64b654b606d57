/**
 * Transactions, headers and blocks in JSON (PROTOCOL 7), the form that the Python original and the API speak.
 *
 * What comes in is a stranger's: every field is checked for type and range, hex is normalised to lower case before anything
 * is compared, and a `txid` or `block_hash` that does not belong to the bytes beside it is refused. Fields that we do
 * not know are ignored, as the original does.
 */
import type { Block } from './block.ts';
import { bytesToHex, hexToBytes, isHex } from './bytes.ts';
import type { Address, BlockHash, Txid } from './hash.ts';
import { blockHashOf, type BlockHeader } from './header.ts';
import { type Failure, fail, ok, type Reason, type Verdict } from './reasons.ts';
import { parseTarget, type Target, targetToJson, TWO_256 } from './target.ts';
import { type Transaction, type TransactionInput, type TransactionOutput, txidOf } from './transaction.ts';

export interface TransactionInputJson {
  prev_txid: string;
  prev_index: number;
  signature: string;
  pubkey: string;
}

export interface TransactionOutputJson {
  amount: number;
  pubkey_hash: string;
}

export interface TransactionJson {
  txid: string;
  version: number;
  inputs: TransactionInputJson[];
  outputs: TransactionOutputJson[];
  locktime: number;
}

export interface HeaderJson {
  version: number;
  prev_hash: string;
  merkle_root: string;
  timestamp: number;
  target: string;
  nonce: number;
}

export interface BlockJson {
  block_hash: string;
  header: HeaderJson;
  transactions: TransactionJson[];
}

// --- Out ---------------------------------------------------------------------------------------------------------

export function transactionToJson(tx: Transaction): TransactionJson {
  return {
    txid: txidOf(tx),
    version: tx.version,
    inputs: tx.inputs.map((input) => ({
      prev_txid: input.prevTxid,
      prev_index: input.prevIndex,
      signature: bytesToHex(input.signature),
      pubkey: bytesToHex(input.pubkey),
    })),
    outputs: tx.outputs.map(({ amount, pubkeyHash }) => ({ amount, pubkey_hash: pubkeyHash })),
    locktime: tx.locktime,
  };
}

export function headerToJson(header: BlockHeader): HeaderJson {
  return {
    version: header.version,
    prev_hash: header.prevHash,
    merkle_root: header.merkleRoot,
    timestamp: header.timestamp,
    target: targetToJson(header.target),
    nonce: header.nonce,
  };
}

export function blockToJson(block: Block): BlockJson {
  return {
    block_hash: blockHashOf(block.header),
    header: headerToJson(block.header),
    transactions: block.transactions.map(transactionToJson),
  };
}

// --- In ----------------------------------------------------------------------------------------------------------

/** Leaves the parse at the first field that is wrong; never gets out of this file. */
class FieldError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.detail);
    this.failure = failure;
  }
}

function malformed(path: string, expected: string, reason: Reason = 'malformed-field'): FieldError {
  return new FieldError(fail(reason, `${path}: ${expected}`, 'malformed'));
}

type Fields = Readonly<Record<string, unknown>>;

function asObject(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(path, 'an object is expected');
  return value as Fields;
}

function asArray(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(path, 'a list is expected');
  return value;
}

/** How a whole number may be written. Beyond 2^53 it is an estimate, which is out of every range anyway. */
type ReadNumber = (value: unknown, path: string) => number;

/** A JSON number; readers that keep long numbers exact hand them over as `bigint`. */
const numberOnly: ReadNumber = (value, path) => {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw malformed(path, 'a whole number is expected');
  return number === 0 ? 0 : number; // JSON has a −0
};

/** Also as text: where the original takes a loose transaction it takes `"5"` for 5. In its blocks it does not. */
const numberOrText: ReadNumber = (value, path) =>
  numberOnly(typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? Number(value) : value, path);

function integer(number: number, path: string, least: number, most: number): number {
  if (number < least || number > most) throw malformed(path, `a number from ${least} to ${most} is expected`);
  return number;
}

const int32 = (value: unknown, path: string, read: ReadNumber): number =>
  integer(read(value, path), path, -0x80000000, 0x7fffffff);
const uint32 = (value: unknown, path: string, read: ReadNumber): number =>
  integer(read(value, path), path, 0, 0xffffffff);

/** An amount. Out of range is told by the rule's own reason; the JSON form itself has no negative amounts. */
function amount(value: unknown, path: string, read: ReadNumber): number {
  const number = read(value, path);
  if (number < 0) throw malformed(path, 'an amount cannot be negative', 'bad-txns-vout-negative');
  if (!Number.isSafeInteger(number)) {
    throw new FieldError(fail('bad-txns-vout-toolarge', `${path}: ${number} is more than can exist`));
  }
  return number;
}

function hex(value: unknown, path: string, byteLength?: number): string {
  if (typeof value !== 'string' || !isHex(value, byteLength)) {
    throw malformed(
      path,
      byteLength === undefined ? 'hex is expected' : `${byteLength * 2} hex characters are expected`,
    );
  }
  return value.toLowerCase();
}

function target(value: unknown, path: string): Target {
  // The original also takes a JSON number; readers keep such a number exact by handing it over as bigint.
  if (typeof value === 'bigint' && value >= 0n && value < TWO_256) return value as Target;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value) as Target;
  const parsed = typeof value === 'string' ? parseTarget(value) : undefined;
  if (parsed === undefined) throw malformed(path, '0x and up to 64 hex characters are expected');
  return parsed;
}

function readInput(value: unknown, path: string, read: ReadNumber): TransactionInput {
  const fields = asObject(value, path);
  return {
    prevTxid: hex(fields['prev_txid'], `${path}.prev_txid`, 32) as Txid,
    prevIndex: uint32(fields['prev_index'], `${path}.prev_index`, read),
    signature: hexToBytes(hex(fields['signature'] ?? '', `${path}.signature`)),
    pubkey: hexToBytes(hex(fields['pubkey'] ?? '', `${path}.pubkey`)),
  };
}

function readOutput(value: unknown, path: string, read: ReadNumber): TransactionOutput {
  const fields = asObject(value, path);
  return {
    amount: amount(fields['amount'], `${path}.amount`, read),
    pubkeyHash: hex(fields['pubkey_hash'], `${path}.pubkey_hash`, 20) as Address,
  };
}

function readTransactionJson(value: unknown, path: string, read: ReadNumber): Transaction {
  const fields = asObject(value, path);
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const tx: Transaction = {
    version: int32(fields['version'] ?? 1, at('version'), read),
    inputs: asArray(fields['inputs'], at('inputs')).map((input, i) =>
      readInput(input, at(`inputs[${i}]`), read),
    ),
    outputs: asArray(fields['outputs'], at('outputs')).map((output, i) =>
      readOutput(output, at(`outputs[${i}]`), read),
    ),
    locktime: uint32(fields['locktime'] ?? 0, at('locktime'), read),
  };
  if (fields['txid'] !== undefined && fields['txid'] !== null) {
    const claimed = hex(fields['txid'], at('txid'), 32);
    if (claimed !== txidOf(tx))
      throw malformed(at('txid'), `the bytes hash to ${txidOf(tx)}`, 'txid-mismatch');
  }
  return tx;
}

function readHeaderJson(value: unknown, path: string): BlockHeader {
  const fields = asObject(value, path);
  return {
    version: int32(fields['version'] ?? 1, `${path}.version`, numberOnly),
    prevHash: hex(fields['prev_hash'], `${path}.prev_hash`, 32) as BlockHash,
    merkleRoot: hex(fields['merkle_root'], `${path}.merkle_root`, 32),
    timestamp: uint32(fields['timestamp'], `${path}.timestamp`, numberOnly),
    target: target(fields['target'], `${path}.target`),
    nonce: uint32(fields['nonce'], `${path}.nonce`, numberOnly),
  };
}

function parse<T>(read: () => T): Verdict<T> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof FieldError) return error.failure;
    throw error;
  }
}

/** Reads a transaction from parsed JSON; `txid` is optional but must be right. */
export function transactionFromJson(value: unknown): Verdict<Transaction> {
  return parse(() => readTransactionJson(value, '', numberOrText));
}

/** Reads a header from parsed JSON. */
export function headerFromJson(value: unknown): Verdict<BlockHeader> {
  return parse(() => readHeaderJson(value, 'header'));
}

/** Reads a block from parsed JSON; `block_hash` and `txid`s are optional but must be right. */
export function blockFromJson(value: unknown): Verdict<Block> {
  return parse(() => {
    const fields = asObject(value, 'block');
    const header = readHeaderJson(fields['header'], 'header');
    const transactions = asArray(fields['transactions'], 'transactions').map((tx, i) =>
      readTransactionJson(tx, `transactions[${i}]`, numberOnly),
    );
    if (fields['block_hash'] !== undefined && fields['block_hash'] !== null) {
      const claimed = hex(fields['block_hash'], 'block_hash', 32);
      if (claimed !== blockHashOf(header)) {
        throw malformed('block_hash', `the header hashes to ${blockHashOf(header)}`, 'block-hash-mismatch');
      }
    }
    return { header, transactions };
  });
}
