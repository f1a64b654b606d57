import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ByteReader,
  bytesEqual,
  bytesToHex,
  ByteWriter,
  concatBytes,
  DecodeError,
  hexToBytes,
  isHex,
  varintSize,
} from './bytes.ts';

it("copies what it hands out, also from Node's Buffer", () => {
  const message = Buffer.from('00112233', 'hex');
  const field = new ByteReader(message).bytes(2);
  message.fill(0xff);
  expect(field).toEqual(Uint8Array.of(0x00, 0x11));
  expect(Object.getPrototypeOf(field)).toBe(Uint8Array.prototype);
});

describe('hex', () => {
  it('keeps the order of the bytes and is lower-case', () => {
    expect(bytesToHex(Uint8Array.of(0x00, 0x01, 0xab, 0xff))).toBe('0001abff');
    expect(hexToBytes('0001ABfF')).toEqual(Uint8Array.of(0x00, 0x01, 0xab, 0xff));
  });

  it.each(['0', 'abc', 'xy', ' a', '0x', '--', 'é9'])('refuses %j', (text) => {
    expect(isHex(text)).toBe(false);
    expect(() => hexToBytes(text)).toThrow(DecodeError);
  });

  it('can ask for a length', () => {
    expect([isHex('abcd', 2), isHex('abcd', 1), isHex('', 0)]).toEqual([true, false, true]);
  });

  it('comes back as it went in', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => bytesEqual(hexToBytes(bytesToHex(bytes)), bytes)));
  });
});

describe('byte strings', () => {
  it('are equal byte by byte', () => {
    const of = (...bytes: number[]) => Uint8Array.from(bytes);
    expect(bytesEqual(of(1, 2), of(1, 2))).toBe(true);
    expect(bytesEqual(of(1, 2), of(1, 3))).toBe(false);
    expect(bytesEqual(of(1, 2), of(1, 2, 0))).toBe(false);
  });

  it('are joined in order', () => {
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(
      Uint8Array.of(1, 2, 3),
    );
  });
});

describe('varint (CompactSize)', () => {
  // The edges of each form: the first byte tells how many follow.
  it.each([
    [0n, '00'],
    [0xfcn, 'fc'],
    [0xfdn, 'fdfd00'],
    [0xffffn, 'fdffff'],
    [0x10000n, 'fe00000100'],
    [0xffffffffn, 'feffffffff'],
    [0x100000000n, 'ff0000000001000000'],
    [2n ** 64n - 1n, 'ffffffffffffffffff'],
  ])('%s is %s', (value, hex) => {
    expect(bytesToHex(new ByteWriter().varint(value).finish())).toBe(hex);
    expect(new ByteReader(hexToBytes(hex)).varint()).toBe(value);
    expect(varintSize(Number(value))).toBe(hex.length / 2);
  });

  it.each(['fd0000', 'fdfc00', 'fe00000000', 'feffff0000', 'ff0000000000000000', 'ffffffffff00000000'])(
    'refuses %s: a shorter form exists, and two forms would be two hashes',
    (hex) => {
      expect(() => new ByteReader(hexToBytes(hex)).varint()).toThrow(/shortest/);
    },
  );

  it('comes back as it went in, in as many bytes as announced', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const bytes = new ByteWriter().varint(value).finish();
        const reader = new ByteReader(bytes);
        return (
          reader.varint() === value && reader.remaining === 0 && bytes.length === varintSize(Number(value))
        );
      }),
    );
  });
});

describe('writing and reading', () => {
  it('is little-endian', () => {
    const writer = new ByteWriter(1)
      .int32(-2)
      .uint32(0x01020304)
      .int64(-1n)
      .hex('beef')
      .bytes(Uint8Array.of(9));
    expect(bytesToHex(writer.finish())).toBe('feffffff04030201ffffffffffffffffbeef09');
  });

  it('grows as needed, from nothing, without losing a byte', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }), (pieces) => {
        const writer = new ByteWriter(0);
        for (const piece of pieces) writer.varint(piece.length).bytes(piece).uint32(piece.length);
        const reader = new ByteReader(writer.finish());
        for (const piece of pieces) {
          expect(reader.bytes(Number(reader.varint()))).toEqual(piece);
          expect(reader.uint32()).toBe(piece.length);
        }
        reader.end('list');
      }),
    );
  });

  it('reads what was written, and knows where it stands', () => {
    const bytes = hexToBytes('feffffff04030201ffffffffffffffffbeef09');
    const reader = new ByteReader(bytes);
    expect([reader.int32(), reader.uint32(), reader.int64(), reader.hex(2)]).toEqual([
      -2,
      0x01020304,
      -1n,
      'beef',
    ]);
    expect([reader.position, reader.remaining]).toEqual([18, 1]);
    expect(() => reader.end('thing')).toThrow(/1 bytes too many after the thing/);
    expect(reader.bytes(1)).toEqual(Uint8Array.of(9));
    reader.end('thing');
  });

  it('reads from a view into a larger buffer', () => {
    const large = Uint8Array.of(9, 9, 1, 0, 0, 0, 9);
    expect(new ByteReader(large.subarray(2, 6)).uint32()).toBe(1);
  });

  it('never reads past the end', () => {
    expect(() => new ByteReader(Uint8Array.of(1, 2, 3)).uint32('nonce')).toThrow(
      /nonce at byte 0 needs 4 bytes, 3/,
    );
  });

  it('refuses a count that cannot fit, before anything is reserved for it', () => {
    const reader = new ByteReader(hexToBytes('feffffffff00'));
    expect(() => reader.count(38, 'number of inputs')).toThrow(/number of inputs says 4294967295/);
  });
});
