import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyBlock, damaged } from '../../test/support/arbitraries.ts';
import { blockSize, decodeBlock, encodeBlock } from './block.ts';
import { concatBytes } from './bytes.ts';
import { encodeHeader } from './header.ts';
import { encodeTransaction } from './transaction.ts';

it('is its header, the number of its transactions, and their full bytes', () => {
  fc.assert(
    fc.property(anyBlock, (block) => {
      const { header, transactions } = block;
      const parts = [
        encodeHeader(header),
        Uint8Array.of(transactions.length),
        ...transactions.map(encodeTransaction),
      ];
      expect(encodeBlock(block)).toEqual(concatBytes(...parts));
      expect(encodeBlock(block)).toHaveLength(blockSize(block));
    }),
    { numRuns: 50 },
  );
});

it('comes back as it went in', () => {
  fc.assert(
    fc.property(anyBlock, (block) => {
      expect(decodeBlock(encodeBlock(block))).toEqual({ ok: true, value: block });
    }),
    { numRuns: 50 },
  );
});

it('has one encoding, and damage never throws', () => {
  fc.assert(
    fc.property(damaged(anyBlock.map(encodeBlock)), (bytes) => {
      const decoded = decodeBlock(bytes);
      if (decoded.ok) expect(encodeBlock(decoded.value)).toEqual(bytes);
    }),
    { numRuns: 200 },
  );
});

it('does not believe a count that the bytes cannot hold', () => {
  const bytes = concatBytes(
    new Uint8Array(108),
    Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0xff),
    new Uint8Array(50),
  );
  expect(decodeBlock(bytes)).toMatchObject({ ok: false, reason: 'malformed-encoding' });
});
