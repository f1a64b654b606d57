import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  type BlockHash,
  type BlockHeader,
  encodeBlock,
  encodeHeader,
  encodeTransaction,
  identityBytes,
  type Target,
  type Transaction,
  type Txid,
  txidOf,
  ZERO_HASH,
} from '../consensus/index.ts';
import { type Annotated, annotate, annotateAs, type AnnotatedField } from './annotate.ts';

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array).toString('hex'));
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const blob = fc.uint8Array({ maxLength: 300 });

const transactions: fc.Arbitrary<Transaction> = fc.record({
  version: int32,
  inputs: fc.array(
    fc.record({ prevTxid: hex(32) as fc.Arbitrary<Txid>, prevIndex: uint32, signature: blob, pubkey: blob }),
    { minLength: 1, maxLength: 5 },
  ),
  outputs: fc.array(
    fc.record({
      amount: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      pubkeyHash: hex(20) as fc.Arbitrary<Address>,
    }),
    { minLength: 1, maxLength: 5 },
  ),
  locktime: uint32,
});

const headers: fc.Arbitrary<BlockHeader> = fc.record({
  version: int32,
  prevHash: hex(32) as fc.Arbitrary<BlockHash>,
  merkleRoot: hex(32),
  timestamp: uint32,
  target: fc.bigInt(0n, (1n << 256n) - 1n) as fc.Arbitrary<Target>,
  nonce: uint32,
});

/** Every byte belongs to exactly one field, in order, and the field shows it. */
function expectCovered(fields: readonly AnnotatedField[], bytes: Uint8Array): void {
  let next = 0;
  for (const field of fields) {
    expect(field.offset).toBe(next);
    expect(field.length).toBeGreaterThan(0);
    expect(field.bytes).toHaveLength(field.length * 2);
    expect(field.meaning).not.toBe('');
    next += field.length;
  }
  expect(next).toBe(bytes.length);
  expect(fields.map((field) => field.bytes).join('')).toBe(Buffer.from(bytes).toString('hex'));
}

function annotated(result: ReturnType<typeof annotateAs>): Annotated {
  if ('fields' in result) return result;
  throw new Error(result.detail);
}

describe('annotating bytes', () => {
  it('covers every byte of a header exactly once', () => {
    fc.assert(
      fc.property(headers, (header) => {
        const bytes = encodeHeader(header);
        const result = annotate(bytes);
        if (!('kind' in result) || result.kind !== 'header') throw new Error('not read as a header');
        expectCovered(result.fields, bytes);
        expect(result.header).toEqual(header);
      }),
    );
  });

  it('covers every byte of a transaction exactly once', () => {
    fc.assert(
      fc.property(transactions, (tx) => {
        const bytes = encodeTransaction(tx);
        const result = annotated(annotateAs('transaction', bytes));
        expectCovered(result.fields, bytes);
        expect(result).toMatchObject({ kind: 'transaction', transaction: tx });
      }),
    );
  });

  it('covers every byte of identity bytes, and finds the txid', () => {
    fc.assert(
      fc.property(transactions, (tx) => {
        const bytes = identityBytes(tx);
        const result = annotated(annotateAs('identity', bytes));
        expectCovered(result.fields, bytes);
        if (result.kind !== 'identity') throw new Error('wrong kind');
        expect(txidOf(result.transaction)).toBe(txidOf(tx));
      }),
    );
  });

  it('covers every byte of a block, also with many transactions', () => {
    fc.assert(
      fc.property(headers, fc.array(transactions, { minLength: 0, maxLength: 4 }), (header, list) => {
        const bytes = encodeBlock({ header, transactions: list });
        const result = annotated(annotateAs('block', bytes));
        expectCovered(result.fields, bytes);
        expect(result).toMatchObject({ kind: 'block', block: { header, transactions: list } });
      }),
      { numRuns: 40 },
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const result = annotate(bytes);
        if ('fields' in result) expectCovered(result.fields, bytes);
        else expect(result.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('tells a coinbase and its height', () => {
    const tx: Transaction = {
      version: 1,
      inputs: [
        {
          prevTxid: ZERO_HASH as Txid,
          prevIndex: 0xffffffff,
          signature: new Uint8Array(),
          pubkey: new Uint8Array(),
        },
      ],
      outputs: [{ amount: 5_000_000_000, pubkeyHash: '11'.repeat(20) as Address }],
      locktime: 42,
    };
    const { fields } = annotated(annotateAs('transaction', encodeTransaction(tx)));
    const meaning = (name: string): string | undefined => fields.find(({ field }) => field === name)?.meaning;
    expect(meaning('inputs[0].prev_txid')).toContain('coinbase');
    expect(meaning('inputs[0].signature length')).toBe('no signature follows');
    expect(meaning('outputs[0].amount')).toBe('50 coins');
    expect(meaning('locktime')).toContain('height of the block that this coinbase belongs to: 42');
  });

  it('says where it stopped to understand', () => {
    const result = annotateAs('header', new Uint8Array(107));
    expect(result).toEqual({ kind: 'header', detail: expect.stringContaining('nonce at byte 104') });
  });
});
