/** Bytes or JSON of a header, transaction or block: the fields, the hashes, and which rules it breaks by itself. */
import { encodeBlock } from '../../../src/consensus/block.ts';
import { bytesToHex } from '../../../src/consensus/bytes.ts';
import { checkBlock } from '../../../src/consensus/check-block.ts';
import { checkSignaturesOfKeys, checkTransaction } from '../../../src/consensus/check-transaction.ts';
import { blockHashOf, type BlockHeader, encodeHeader } from '../../../src/consensus/header.ts';
import { blockFromJson, headerFromJson, transactionFromJson } from '../../../src/consensus/json-form.ts';
import { type ChainParams, DEFAULT_PARAMS, MAX_FUTURE_BLOCK_TIME_S } from '../../../src/consensus/params.ts';
import { type Failure, fail, type Verdict } from '../../../src/consensus/reasons.ts';
import type { SignatureCheck } from '../../../src/consensus/signature.ts';
import { hashMeetsTarget, targetToJson } from '../../../src/consensus/target.ts';
import {
  encodeTransaction,
  isCoinbase,
  type Transaction,
  txidOf,
  wtxidOf,
} from '../../../src/consensus/transaction.ts';
import { annotate, type Annotated, type AnnotatedField, type Kind } from '../../../src/explain/annotate.ts';
import { readHex, type Reading } from './readings.ts';

/** What each broken rule means. */
export { REASONS } from '../../../src/consensus/reasons.ts';

export interface TakenApart {
  readonly kind: Kind;
  readonly bytes: number;
  readonly hex: string;
  readonly fields: readonly AnnotatedField[];
  /** Its names: txid, wtxid, block hash. */
  readonly hashes: readonly (readonly ['txid' | 'wtxid' | 'blockHash', string])[];
  readonly broken: readonly Failure[];
  /** What is left to verify with the curve: signatures of which the form is right. */
  readonly signatures: readonly SignatureCheck[];
}

/** Neither of the things that can be taken apart: why not, for each of them. */
export interface NoSuchThing {
  readonly tried: readonly { readonly kind: string; readonly detail: string }[];
}

/**
 * @param limits where the network has others than the usual ones
 * @param nowS seconds since 1970
 */
export function takeApart(
  text: string,
  limits: Partial<ChainParams>,
  nowS: number,
): Reading<TakenApart | NoSuchThing> {
  const read = text.trimStart().startsWith('{') ? bytesOfJson(text) : readHex(text);
  if ('tried' in read) return { value: read };
  if ('mistake' in read) return read;
  if (read.value.length === 0) return { mistake: { name: 'empty' } };
  const found = annotate(read.value);
  if (!('fields' in found)) return { value: { tried: found } };
  return {
    value: {
      kind: found.kind,
      bytes: read.value.length,
      hex: bytesToHex(read.value),
      fields: found.fields,
      ...judged(found, { ...DEFAULT_PARAMS, ...limits }, nowS),
    },
  };
}

/** As the API writes them. */
function bytesOfJson(text: string): { readonly value: Uint8Array } | NoSuchThing {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { tried: [{ kind: 'JSON', detail: error instanceof Error ? error.message : String(error) }] };
  }
  const has = (name: string): boolean => typeof json === 'object' && json !== null && name in json;
  if (has('header')) return encoded('block', blockFromJson(json), encodeBlock);
  if (has('nonce')) return encoded('header', headerFromJson(json), encodeHeader);
  return encoded('transaction', transactionFromJson(json), encodeTransaction);
}

function encoded<T>(
  kind: Kind,
  read: Verdict<T>,
  encode: (value: T) => Uint8Array,
): { readonly value: Uint8Array } | NoSuchThing {
  return read.ok ? { value: encode(read.value) } : { tried: [{ kind, detail: read.detail }] };
}

type Judged = Pick<TakenApart, 'hashes' | 'broken' | 'signatures'>;

function judged(found: Annotated, params: ChainParams, nowS: number): Judged {
  switch (found.kind) {
    case 'header':
      return {
        hashes: [['blockHash', blockHashOf(found.header)]],
        broken: brokenByHeader(found.header, nowS),
        signatures: [],
      };
    case 'block': {
      const { header, transactions } = found.block;
      // Which height it claims, only its coinbase says; whether that is right, only the chain knows.
      const body = checkBlock(found.block, transactions[0]?.locktime ?? 0, params);
      const signed = transactions.filter((tx) => !isCoinbase(tx)).map(signaturesOf);
      return {
        hashes: [['blockHash', blockHashOf(header)]],
        broken: [
          ...brokenByHeader(header, nowS),
          ...(body.ok ? [] : [body]),
          ...signed.flatMap(({ broken }) => broken),
        ],
        signatures: signed.flatMap(({ signatures }) => signatures),
      };
    }
    // The bytes that the txid is the hash of have no signatures to check.
    case 'identity':
    case 'transaction': {
      const tx = found.transaction;
      const form = checkTransaction(tx, params);
      const { broken, signatures } =
        found.kind === 'identity' || isCoinbase(tx) ? { broken: [], signatures: [] } : signaturesOf(tx);
      return {
        hashes: [
          ['txid', txidOf(tx)],
          ...(found.kind === 'identity' ? [] : ([['wtxid', wtxidOf(tx)]] as const)),
        ],
        broken: [...(form.ok ? [] : [form]), ...broken],
        signatures,
      };
    }
  }
}

function signaturesOf(tx: Transaction): Pick<Judged, 'broken' | 'signatures'> {
  const checked = checkSignaturesOfKeys(tx);
  return checked.ok ? { broken: [], signatures: checked.value } : { broken: [checked], signatures: [] };
}

/** Of the rules for a header those that need no chain. */
function brokenByHeader(header: BlockHeader, nowS: number): Failure[] {
  const broken: Failure[] = [];
  const hash = blockHashOf(header);
  if (!hashMeetsTarget(hash, header.target))
    broken.push(fail('high-hash', `the hash ${hash} is above the target ${targetToJson(header.target)}`));
  if (header.timestamp > nowS + MAX_FUTURE_BLOCK_TIME_S)
    broken.push(
      fail(
        'time-too-new',
        `timestamp ${header.timestamp} is more than ${MAX_FUTURE_BLOCK_TIME_S} s ahead of the clock (${nowS})`,
      ),
    );
  return broken;
}
