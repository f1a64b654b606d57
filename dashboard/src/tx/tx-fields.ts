/** The bytes of a transaction, and those that each of its inputs signs, with the field that every byte belongs to. */
import { bytesToHex } from '../../../src/consensus/bytes.ts';
import type { Address } from '../../../src/consensus/hash.ts';
import { transactionFromJson } from '../../../src/consensus/json-form.ts';
import { sighashPreimage } from '../../../src/consensus/sighash.ts';
import { encodeTransaction, identityBytes, type Transaction } from '../../../src/consensus/transaction.ts';
import { annotateAs, type AnnotatedField } from '../../../src/explain/annotate.ts';
import type { Transaction as TransactionJson } from '../../../src/protocol/transactions.ts';
import type { Tone } from '../parts/byte-view.ts';

const TONES = {
  version: 'version',
  inputs: 'plain',
  prev_txid: 'prev_hash',
  prev_index: 'nonce',
  'signature length': 'plain',
  signature: 'target',
  'pubkey length': 'plain',
  pubkey: 'timestamp',
  outputs: 'plain',
  amount: 'merkle_root',
  pubkey_hash: 'timestamp',
  locktime: 'version',
  /** In what is signed: whose coin the input spends. */
  owner: 'target',
} as const satisfies Record<string, Tone>;

export type TxFieldKind = keyof typeof TONES;

export interface TxField extends AnnotatedField {
  readonly kind: TxFieldKind;
  /** Of the input or output that it is part of. */
  readonly index: number | undefined;
  readonly tone: Tone;
}

export interface TxBytes {
  readonly hex: string;
  readonly fields: readonly TxField[];
}

/** The transaction as the rules take it. @throws Error when the node sent what is none */
export function transactionOf(json: TransactionJson): Transaction {
  const read = transactionFromJson(json);
  if (!read.ok) throw new Error(read.detail);
  return read.value;
}

/** All bytes, as they are stored and sent. */
export function fullBytes(tx: Transaction): TxBytes {
  return withFields('transaction', encodeTransaction(tx));
}

/**
 * What input `index` signs: the bytes without signatures, with the owner of the coin put in after its outpoint.
 * @param owner of the coin that the input spends
 */
export function signedBytes(tx: Transaction, index: number, owner: Address): TxBytes {
  const { fields } = withFields('identity', identityBytes(tx));
  const at = fields.findIndex((field) => field.kind === 'prev_index' && field.index === index) + 1;
  const before = fields.slice(0, at);
  const offset = before.reduce((sum, { length }) => sum + length, 0);
  const put: TxField = {
    offset,
    length: 20,
    bytes: owner,
    field: `inputs[${index}].owner`,
    stored: '20 bytes, in order',
    value: owner,
    meaning: 'address of whoever may spend it',
    ...{ kind: 'owner', index, tone: TONES.owner },
  };
  const after = fields.slice(at).map((field) => ({ ...field, offset: field.offset + put.length }));
  return { hex: bytesToHex(sighashPreimage(tx, index, owner)), fields: [...before, put, ...after] };
}

function withFields(kind: 'transaction' | 'identity', bytes: Uint8Array): TxBytes {
  const annotated = annotateAs(kind, bytes);
  if (!('fields' in annotated)) throw new Error(annotated.detail);
  return { hex: bytesToHex(bytes), fields: annotated.fields.map(placed) };
}

function placed(field: AnnotatedField): TxField {
  const [, index, name] = /^(?:inputs|outputs)\[(\d+)\]\.(.+)$/.exec(field.field) ?? [];
  const kind = (name ?? field.field) as TxFieldKind;
  return { ...field, kind, index: index === undefined ? undefined : Number(index), tone: TONES[kind] };
}
