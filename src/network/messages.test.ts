import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHash, anyHeader, damaged } from '../../test/support/arbitraries.ts';
import {
  type BlockHash,
  ByteReader,
  ByteWriter,
  bytesToHex,
  concatBytes,
  hexToBytes,
  type Txid,
  type Verdict,
  type Wtxid,
} from '../consensus/index.ts';
import {
  decodeAnnouncement,
  decodeBlockRequest,
  decodeBlockTransactionsRequest,
  decodeHash,
  decodeHeaders,
  decodeLocator,
  decodeMempoolIds,
  decodeTransactionRequest,
  encodeAnnouncement,
  encodeBlockTransactionsRequest,
  encodeFrame,
  encodeHashes,
  encodeHeaders,
  encodeTransactionRequest,
  MAX_ANNOUNCED_HEADERS,
  MAX_ANNOUNCED_TRANSACTIONS,
  MAX_BLOCKS,
  MAX_HEADERS,
  MAX_LOCATOR,
  MAX_MEMPOOL_IDS,
  MAX_TRANSACTIONS,
  maxTransactionsIn,
  readGap,
  type TransactionName,
} from './messages.ts';

const MAX_BLOCK_BYTES = 1_000_000;

const anyHashes = (maxLength: number): fc.Arbitrary<string[]> => fc.array(anyHash, { maxLength });
const anyName: fc.Arbitrary<TransactionName> = fc.oneof(
  anyHash.map((id) => ({ kind: 'wtxid' as const, id: id as Wtxid })),
  anyHash.map((id) => ({ kind: 'txid' as const, id: id as Txid })),
);
/** Ascending places, with gaps on both sides of every length that a varint can have here. */
const anyIndexes = fc
  .uniqueArray(fc.integer({ min: 0, max: maxTransactionsIn(MAX_BLOCK_BYTES) - 1 }), { maxLength: 40 })
  .map((indexes) => indexes.sort((a, b) => a - b));

/** A codec as the properties see it, with something that it encodes. */
interface Codec {
  readonly decode: (bytes: Uint8Array) => Verdict<unknown>;
  readonly encode: (value: never) => Uint8Array;
  readonly values: fc.Arbitrary<unknown>;
}

const CODECS: Readonly<Record<string, Codec>> = {
  locator: { decode: decodeLocator, encode: encodeHashes, values: anyHashes(MAX_LOCATOR) },
  blocks: { decode: decodeBlockRequest, encode: encodeHashes, values: anyHashes(MAX_BLOCKS) },
  'mempool ids': { decode: decodeMempoolIds, encode: encodeHashes, values: anyHashes(300) },
  hash: { decode: decodeHash, encode: hexToBytes, values: anyHash },
  headers: { decode: decodeHeaders, encode: encodeHeaders, values: fc.array(anyHeader, { maxLength: 20 }) },
  announcement: {
    decode: decodeAnnouncement,
    encode: encodeAnnouncement,
    values: fc.record({
      headers: fc.array(anyHeader, { maxLength: MAX_ANNOUNCED_HEADERS }),
      wtxids: anyHashes(20),
    }),
  },
  'transaction request': {
    decode: decodeTransactionRequest,
    encode: encodeTransactionRequest,
    values: fc.array(anyName, { maxLength: MAX_TRANSACTIONS }),
  },
  'block-transactions request': {
    decode: (bytes) => decodeBlockTransactionsRequest(bytes, MAX_BLOCK_BYTES),
    encode: encodeBlockTransactionsRequest,
    values: fc.record({ hash: anyHash, indexes: anyIndexes }),
  },
};

/** As many different hashes. */
function hashes(count: number): string[] {
  return Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, '0'));
}

describe.each(Object.entries(CODECS))('%s', (_name, { decode, encode, values }) => {
  it('comes back as it was sent', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decode(encode(value as never))).toEqual({ ok: true, value });
      }),
      { numRuns: 50 },
    );
  });

  it('has one encoding only: whatever decodes encodes to the same bytes, and nothing throws', () => {
    const spoiled = damaged(values.map((value) => encode(value as never)));
    fc.assert(
      fc.property(fc.oneof(spoiled, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const decoded = decode(bytes);
        if (decoded.ok) expect(bytesToHex(encode(decoded.value as never))).toBe(bytesToHex(bytes));
        else expect(decoded).toMatchObject({ class: 'malformed' });
      }),
      { numRuns: 300 },
    );
  });

  it('has no byte too many or too few', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(value as never);
        expect(decode(concatBytes(bytes, Uint8Array.of(0))).ok).toBe(false);
        expect(decode(bytes.subarray(0, -1)).ok).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});

describe('bounds', () => {
  const header = fc.sample(anyHeader, { numRuns: 1, seed: 1 })[0]!;
  const headers = (count: number): (typeof header)[] => Array.from({ length: count }, () => header);
  const names = (count: number): TransactionName[] =>
    hashes(count).map((id) => ({ kind: 'wtxid', id: id as Wtxid }));

  it.each<[string, number, (count: number) => Verdict<unknown>]>([
    ['locator', MAX_LOCATOR, (count) => decodeLocator(encodeHashes(hashes(count)))],
    ['blocks', MAX_BLOCKS, (count) => decodeBlockRequest(encodeHashes(hashes(count)))],
    ['mempool ids', MAX_MEMPOOL_IDS, (count) => decodeMempoolIds(encodeHashes(hashes(count)))],
    ['headers', MAX_HEADERS, (count) => decodeHeaders(encodeHeaders(headers(count)))],
    [
      'announced headers',
      MAX_ANNOUNCED_HEADERS,
      (count) => decodeAnnouncement(encodeAnnouncement({ headers: headers(count), wtxids: [] })),
    ],
    [
      'announced transactions',
      MAX_ANNOUNCED_TRANSACTIONS,
      (count) => decodeAnnouncement(encodeAnnouncement({ headers: [], wtxids: hashes(count) as Wtxid[] })),
    ],
    [
      'transactions',
      MAX_TRANSACTIONS,
      (count) => decodeTransactionRequest(encodeTransactionRequest(names(count))),
    ],
  ])('of %s: %i and not one more', (_what, most, decode) => {
    expect(decode(most).ok).toBe(true);
    expect(decode(most + 1)).toMatchObject({
      ok: false,
      detail: expect.stringContaining(`${most} are allowed`),
    });
  });

  it.each(Object.entries(CODECS).filter(([name]) => !/hash|block-transactions/.test(name)))(
    'a count that the bytes cannot hold reserves nothing: %s',
    (_name, { decode }) => {
      const huge = new ByteWriter().varint(0xffffffffffffffffn).finish();
      expect(decode(huge)).toMatchObject({ ok: false, detail: expect.stringContaining('bytes are left') });
    },
  );

  it('a transaction is asked for by wtxid or txid; there is no third kind', () => {
    const request = new ByteWriter().varint(1).varint(2).hex('00'.repeat(32)).finish();
    expect(decodeTransactionRequest(request)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('kind 2'),
    });
  });

  it('a place is in the longest block that there can be', () => {
    const most = maxTransactionsIn(500);
    expect(most).toBe(50);
    const request = (indexes: number[]): Verdict<unknown> =>
      decodeBlockTransactionsRequest(
        encodeBlockTransactionsRequest({ hash: hashes(1)[0] as BlockHash, indexes }),
        500,
      );
    expect(request([0, 1, 48, 49]).ok).toBe(true);
    expect(request([50]).ok).toBe(false);
    expect(request([49, 50]).ok).toBe(false);
    expect(request(Array.from({ length: 50 }, (_, i) => i)).ok).toBe(true);
    expect(request(Array.from({ length: 51 }, (_, i) => i)).ok).toBe(false);
  });

  it('a gap of 2^64 − 1 does not lead back to the beginning', () => {
    const reader = new ByteReader(new ByteWriter().varint(0xffffffffffffffffn).finish());
    expect(() => readGap(reader, 3, 100)).toThrow('no block is so long');
  });
});

describe('frames', () => {
  it('are a length and the bytes; without bytes they say "not here"', () => {
    expect(bytesToHex(encodeFrame(Uint8Array.of(1, 2, 3)))).toBe('03010203');
    expect(bytesToHex(encodeFrame())).toBe('00');
    expect(bytesToHex(encodeFrame(new Uint8Array(300))).slice(0, 6)).toBe('fd2c01');
  });
});
