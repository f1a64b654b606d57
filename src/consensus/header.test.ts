import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHeader } from '../../test/support/arbitraries.ts';
import { bytesToHex } from './bytes.ts';
import { type BlockHash, sha256d } from './hash.ts';
import {
  type BlockHeader,
  blockHashOf,
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  HEADER_NONCE_OFFSET,
  HEADER_TARGET_OFFSET,
  HEADER_TIMESTAMP_OFFSET,
} from './header.ts';
import type { Target } from './target.ts';

const header: BlockHeader = {
  version: -1,
  prevHash: 'aa'.repeat(32) as BlockHash,
  merkleRoot: 'bb'.repeat(32),
  timestamp: 0x01020304,
  target: 0x0f00n as Target,
  nonce: 0x0a0b0c0d,
};

describe('the 108 bytes', () => {
  it('are little-endian, except for the target', () => {
    expect(bytesToHex(encodeHeader(header))).toBe(
      `ffffffff${'aa'.repeat(32)}${'bb'.repeat(32)}04030201${'00'.repeat(30)}0f000d0c0b0a`,
    );
  });

  it('have their fields where miners look for them', () => {
    const bytes = encodeHeader(header);
    const view = new DataView(bytes.buffer);
    expect(bytes).toHaveLength(HEADER_BYTES);
    expect(view.getUint32(HEADER_TIMESTAMP_OFFSET, true)).toBe(header.timestamp);
    expect(view.getUint16(HEADER_TARGET_OFFSET + 30)).toBe(0x0f00);
    expect(view.getUint32(HEADER_NONCE_OFFSET, true)).toBe(header.nonce);
  });

  it('come back as they went in', () => {
    fc.assert(
      fc.property(anyHeader, (any) => {
        expect(decodeHeader(encodeHeader(any))).toEqual({ ok: true, value: any });
      }),
    );
  });

  it('are neither 107 nor 109', () => {
    expect(decodeHeader(encodeHeader(header).slice(1))).toMatchObject({ reason: 'malformed-encoding' });
    expect(decodeHeader(Uint8Array.of(...encodeHeader(header), 0))).toMatchObject({
      reason: 'malformed-encoding',
    });
  });

  it('all go into the hash', () => {
    expect(blockHashOf(header)).toBe(bytesToHex(sha256d(encodeHeader(header))));
    expect(blockHashOf({ ...header, nonce: 1 })).not.toBe(blockHashOf(header));
  });
});
