/**
 * Reads headers, transactions and blocks like the decoders of `consensus`, but remembers what each byte was for.
 *
 * The annotated fields cover the bytes exactly once and in order. The tables are for learners: offset, bytes, what the field
 * is called, how it is stored, what it means.
 */
import {
  type Block,
  ByteReader,
  bytesToHex,
  DecodeError,
  decodeBlock,
  decodeHeader,
  decodeTransaction,
  type BlockHeader,
  HEADER_BYTES,
  type Transaction,
} from '../consensus/index.ts';
import { FIELD_MEANINGS as meaning } from './field-meanings.ts';

export interface AnnotatedField {
  readonly offset: number;
  readonly length: number;
  /** Hex, in order. */
  readonly bytes: string;
  /** Dotted path, as in JSON. */
  readonly field: string;
  /** Type and byte order. */
  readonly stored: string;
  readonly value: string;
  readonly meaning: string;
}

export type Annotated =
  | { readonly kind: 'header'; readonly fields: readonly AnnotatedField[]; readonly header: BlockHeader }
  | {
      readonly kind: 'transaction';
      readonly fields: readonly AnnotatedField[];
      readonly transaction: Transaction;
    }
  | {
      readonly kind: 'identity';
      readonly fields: readonly AnnotatedField[];
      readonly transaction: Transaction;
    }
  | { readonly kind: 'block'; readonly fields: readonly AnnotatedField[]; readonly block: Block };

export type Kind = Annotated['kind'];
export const KINDS: readonly Kind[] = ['header', 'transaction', 'identity', 'block'];

const INT32 = 'int32, little-endian';
const UINT32 = 'uint32, little-endian';
const INT64 = 'int64, little-endian';
const VARINT = 'varint (CompactSize), little-endian';
const HASH = '32 bytes, in order';
const TARGET = '256-bit number, big-endian';

/** A reader that takes notes. */
class NoteTakingReader {
  readonly fields: AnnotatedField[] = [];
  private readonly bytes: Uint8Array;
  private readonly reader: ByteReader;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.reader = new ByteReader(bytes);
  }

  private take<T>(
    field: string,
    stored: string,
    read: (reader: ByteReader) => T,
    describe: (value: T) => string,
    show: (value: T) => string = String,
  ): T {
    const offset = this.reader.position;
    const value = read(this.reader);
    const bytes = bytesToHex(this.bytes.subarray(offset, this.reader.position));
    this.fields.push({
      offset,
      length: this.reader.position - offset,
      bytes,
      field,
      stored,
      value: show(value),
      meaning: describe(value),
    });
    return value;
  }

  private count(field: string, minItemBytes: number, describe: (count: number) => string): number {
    return this.take(field, VARINT, (reader) => reader.count(minItemBytes, field), describe);
  }

  end(what: string): void {
    this.reader.end(what);
  }

  header(at: string): void {
    this.take(`${at}version`, INT32, (r) => r.int32('version'), meaning.headerVersion);
    this.take(`${at}prev_hash`, HASH, (r) => r.hex(32, 'prev_hash'), meaning.prevHash);
    this.take(`${at}merkle_root`, HASH, (r) => r.hex(32, 'merkle_root'), meaning.merkleRoot);
    this.take(`${at}timestamp`, UINT32, (r) => r.uint32('timestamp'), meaning.timestamp);
    const asTarget = (hex: string): string => `0x${BigInt(`0x${hex}`).toString(16)}`;
    this.take(`${at}target`, TARGET, (r) => r.hex(32, 'target'), meaning.target, asTarget);
    this.take(`${at}nonce`, UINT32, (r) => r.uint32('nonce'), meaning.nonce);
  }

  /** @param signed with signatures and public keys (full bytes), or without (what the txid is the hash of) */
  transaction(at: string, signed: boolean): void {
    this.take(`${at}version`, INT32, (r) => r.int32('version'), meaning.transactionVersion);
    const inputs = this.count(`${at}inputs`, signed ? 38 : 36, meaning.inputCount);
    let coinbase = false;
    for (let i = 0; i < inputs; i++) {
      const input = `${at}inputs[${i}].`;
      const prevTxid = this.take(`${input}prev_txid`, HASH, (r) => r.hex(32, 'prev_txid'), meaning.prevTxid);
      const prevIndex = this.take(
        `${input}prev_index`,
        UINT32,
        (r) => r.uint32('prev_index'),
        meaning.prevIndex,
      );
      coinbase ||= /^0+$/.test(prevTxid) && prevIndex === 0xffffffff;
      if (!signed) continue;
      this.blob(`${input}signature`, meaning.signature);
      this.blob(`${input}pubkey`, meaning.pubkey);
    }
    const outputs = this.count(`${at}outputs`, 28, meaning.outputCount);
    for (let i = 0; i < outputs; i++) {
      const output = `${at}outputs[${i}].`;
      this.take(`${output}amount`, INT64, (r) => r.int64('amount'), meaning.amount);
      this.take(
        `${output}pubkey_hash`,
        '20 bytes, in order',
        (r) => r.hex(20, 'pubkey_hash'),
        meaning.pubkeyHash,
      );
    }
    this.take(
      `${at}locktime`,
      UINT32,
      (r) => r.uint32('locktime'),
      (value) => meaning.locktime(value, coinbase),
    );
  }

  /** A length and that many bytes; no row for the bytes when there are none. */
  private blob(field: string, describe: (bytes: Uint8Array) => string): void {
    const length = this.count(`${field} length`, 1, (count) =>
      count === 0 ? `no ${field.slice(field.lastIndexOf('.') + 1)} follows` : `${count} bytes follow`,
    );
    if (length > 0)
      this.take(field, `${length} bytes, in order`, (r) => r.bytes(length, field), describe, bytesToHex);
  }

  block(): void {
    this.header('header.');
    const count = this.count('transactions', 10, meaning.transactionCount);
    for (let i = 0; i < count; i++) this.transaction(`transactions[${i}].`, true);
  }
}

/** Why the bytes are not a thing of this kind. */
export interface NotAnnotated {
  readonly kind: Kind;
  readonly detail: string;
}

/** Reads the bytes as one kind of thing. */
export function annotateAs(kind: Kind, bytes: Uint8Array): Annotated | NotAnnotated {
  const reader = new NoteTakingReader(bytes);
  try {
    if (kind === 'header') reader.header('');
    else if (kind === 'block') reader.block();
    else reader.transaction('', kind === 'transaction');
    reader.end(kind);
  } catch (error) {
    if (error instanceof DecodeError) return { kind, detail: error.message };
    throw error;
  }
  return withDecoded(kind, bytes, reader.fields);
}

/** The fields, and the thing itself as the rules' own decoder reads it: the two readings must agree. */
function withDecoded(
  kind: Kind,
  bytes: Uint8Array,
  fields: readonly AnnotatedField[],
): Annotated | NotAnnotated {
  switch (kind) {
    case 'header': {
      const decoded = decodeHeader(bytes);
      return decoded.ok ? { kind, fields, header: decoded.value } : { kind, detail: decoded.detail };
    }
    case 'block': {
      const decoded = decodeBlock(bytes);
      return decoded.ok ? { kind, fields, block: decoded.value } : { kind, detail: decoded.detail };
    }
    case 'transaction': {
      const decoded = decodeTransaction(bytes);
      return decoded.ok ? { kind, fields, transaction: decoded.value } : { kind, detail: decoded.detail };
    }
    case 'identity': {
      const decoded = decodeTransaction(withEmptySignatures(bytes, fields));
      return decoded.ok ? { kind, fields, transaction: decoded.value } : { kind, detail: decoded.detail };
    }
  }
}

/** Identity bytes have no decoder of their own: with two empty lengths after each outpoint they are full bytes. */
function withEmptySignatures(bytes: Uint8Array, fields: readonly AnnotatedField[]): Uint8Array {
  const full: number[] = [];
  for (const { offset, length, field } of fields) {
    full.push(...bytes.subarray(offset, offset + length));
    if (field.endsWith('.prev_index')) full.push(0, 0);
  }
  return Uint8Array.from(full);
}

/**
 * Finds out what the bytes are. A header has exactly 108; else the first reading that fits is taken, the more specific ones
 * first.
 */
export function annotate(bytes: Uint8Array): Annotated | readonly NotAnnotated[] {
  const order: readonly Kind[] =
    bytes.length === HEADER_BYTES ? KINDS : KINDS.filter((kind) => kind !== 'header');
  const failures: NotAnnotated[] = [];
  for (const kind of order) {
    const annotated = annotateAs(kind, bytes);
    if ('fields' in annotated) return annotated;
    failures.push(annotated);
  }
  return failures;
}
