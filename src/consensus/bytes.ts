/**
 * Bytes: hex, and the little-endian integers and CompactSize numbers ("varint") that everything on the wire is made of.
 *
 * Rule: a number has exactly one encoding. Bitcoin Core refuses non-minimal CompactSize numbers too (serialize.h,
 * ReadCompactSize: "non-canonical"), because two encodings of one transaction would be two hashes of one transaction.
 */

import type { Reason } from './reasons.ts';

/** Thrown inside decoders only; the public decode functions turn it into a verdict with this reason. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly reason: Reason;

  constructor(message: string, reason: Reason = 'malformed-encoding') {
    super(message);
    this.reason = reason;
  }
}

const HEX_DIGITS = '0123456789abcdef';
/** Character codes of the two digits of each byte. */
const HIGH_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => HEX_DIGITS.charCodeAt(byte >> 4));
const LOW_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => HEX_DIGITS.charCodeAt(byte & 15));
/** Value of a hex digit of either case by its character code; {@link NO_DIGIT} for what is none. */
const DIGIT_VALUE = new Uint8Array(128).fill(0xff);
for (let value = 0; value < 16; value++) {
  const digit = HEX_DIGITS.charAt(value);
  DIGIT_VALUE[digit.charCodeAt(0)] = value;
  DIGIT_VALUE[digit.toUpperCase().charCodeAt(0)] = value;
}
const NO_DIGIT = 0xff;

/** Value of a hex digit's character code, or {@link NO_DIGIT}. */
function hexDigitValue(code: number): number {
  return DIGIT_VALUE[code] ?? NO_DIGIT;
}

/**
 * Lower-case hex of the bytes, in their order: nothing is reversed for display (Bitcoin reverses hashes).
 *
 * Each hash becomes a text once, and there are a thousand in a block: so eight bytes at a time, which is the quickest of
 * what runs everywhere (0.3 µs for a hash; a loop over a table of texts takes 0.5).
 */
export function bytesToHex(bytes: Uint8Array): string {
  const high = (at: number): number => HIGH_DIGIT[bytes[at] as number] as number;
  const low = (at: number): number => LOW_DIGIT[bytes[at] as number] as number;
  let hex = '';
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) {
    // prettier-ignore
    hex += String.fromCharCode(
      high(i), low(i), high(i + 1), low(i + 1), high(i + 2), low(i + 2), high(i + 3), low(i + 3),
      high(i + 4), low(i + 4), high(i + 5), low(i + 5), high(i + 6), low(i + 6), high(i + 7), low(i + 7),
    );
  }
  for (; i < bytes.length; i++) hex += String.fromCharCode(high(i), low(i));
  return hex;
}

/** True when the text is hex of an even number of digits (either case), and of `byteLength` bytes where that is given. */
export function isHex(text: string, byteLength?: number): boolean {
  if (text.length % 2 !== 0) return false;
  if (byteLength !== undefined && text.length !== byteLength * 2) return false;
  for (let i = 0; i < text.length; i++) if (hexDigitValue(text.charCodeAt(i)) === NO_DIGIT) return false;
  return true;
}

/**
 * Bytes of a hex text in either case.
 * @throws DecodeError when the text is not hex of an even number of digits
 */
export function hexToBytes(hex: string): Uint8Array {
  if (hex.length % 2 !== 0)
    throw new DecodeError(`hex needs an even number of digits, this has ${hex.length}`);
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = hexDigitValue(hex.charCodeAt(2 * i));
    const low = hexDigitValue(hex.charCodeAt(2 * i + 1));
    if (high === NO_DIGIT || low === NO_DIGIT)
      throw new DecodeError(`not a hex digit near position ${2 * i}`);
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

/**
 * Writes the bytes of a hex text into `target` from `at` on; the caller vouches that it is hex (identifiers are normalised when
 * they come in) and that there is room.
 * @returns where it ended
 */
export function writeHex(target: Uint8Array, at: number, hex: string): number {
  let end = at;
  for (let i = 0; i < hex.length; i += 2) {
    target[end++] = (hexDigitValue(hex.charCodeAt(i)) << 4) | hexDigitValue(hex.charCodeAt(i + 1));
  }
  return end;
}

/** Compares two byte strings for equality. (Nothing here is secret: no constant time needed.) */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Joins byte strings. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Length in bytes of the CompactSize form of `value`. */
export function varintSize(value: number): number {
  if (value < 0xfd) return 1;
  if (value <= 0xffff) return 3;
  return value <= 0xffffffff ? 5 : 9;
}

/** Appends fields to a growing buffer. */
export class ByteWriter {
  private buffer: Uint8Array<ArrayBuffer>;
  private view: DataView<ArrayBuffer>;
  private length = 0;

  constructor(initialBytes = 256) {
    this.buffer = new Uint8Array(initialBytes);
    this.view = new DataView(this.buffer.buffer);
  }

  /**
   * Makes room and says where it starts. Call it *before* naming `buffer` or `view` in an expression: growing replaces them,
   * and JavaScript evaluates the left side first.
   */
  private reserve(extra: number): number {
    const start = this.length;
    const needed = start + extra;
    if (needed > this.buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
      grown.set(this.buffer.subarray(0, start));
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    this.length = needed;
    return start;
  }

  bytes(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }

  /** Bytes given as hex; the caller vouches that it is hex (identifiers are normalised when they come in). */
  hex(hex: string): this {
    const at = this.reserve(hex.length / 2);
    writeHex(this.buffer, at, hex);
    return this;
  }

  private uint8(value: number): this {
    const at = this.reserve(1);
    this.buffer[at] = value;
    return this;
  }

  private uint16(value: number): this {
    const at = this.reserve(2);
    this.view.setUint16(at, value, true);
    return this;
  }

  int32(value: number): this {
    const at = this.reserve(4);
    this.view.setInt32(at, value, true);
    return this;
  }

  uint32(value: number): this {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
    return this;
  }

  int64(value: number | bigint): this {
    const at = this.reserve(8);
    this.view.setBigInt64(at, BigInt(value), true);
    return this;
  }

  private uint64(value: number | bigint): this {
    const at = this.reserve(8);
    this.view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  varint(value: number | bigint): this {
    if (value < 0xfd) return this.uint8(Number(value));
    if (value <= 0xffff) return this.uint8(0xfd).uint16(Number(value));
    if (value <= 0xffffffff) return this.uint8(0xfe).uint32(Number(value));
    return this.uint8(0xff).uint64(value);
  }

  /** What was written, as bytes of their own. Nothing may be written afterwards. */
  finish(): Uint8Array {
    return this.length === this.buffer.length ? this.buffer : this.buffer.slice(0, this.length);
  }
}

/**
 * Takes fields off a byte string, and never reads past its end. Every method throws {@link DecodeError}.
 *
 * It works on a copy: what it hands out are views of that, which nobody else writes to. One copy of a whole block is cheaper
 * than one for each of its four hundred signatures and keys; that a field keeps its block alive is the price.
 */
export class ByteReader {
  private readonly bytesIn: Uint8Array;
  private readonly view: DataView;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytesIn = new Uint8Array(bytes);
    this.view = new DataView(this.bytesIn.buffer);
  }

  /** Where the next field starts. */
  get position(): number {
    return this.offset;
  }

  get remaining(): number {
    return this.bytesIn.length - this.offset;
  }

  private take(count: number, what: string): number {
    if (count > this.remaining) {
      throw new DecodeError(
        `${what} at byte ${this.offset} needs ${count} bytes, ${this.remaining} are left`,
      );
    }
    const start = this.offset;
    this.offset += count;
    return start;
  }

  /** A view of the copy. */
  bytes(count: number, what = 'field'): Uint8Array {
    const start = this.take(count, what);
    return this.bytesIn.subarray(start, start + count);
  }

  /** What stands between two positions, as a view of the copy. */
  between(start: number, end: number): Uint8Array {
    return this.bytesIn.subarray(start, end);
  }

  hex(count: number, what = 'field'): string {
    const start = this.take(count, what);
    return bytesToHex(this.bytesIn.subarray(start, start + count));
  }

  int32(what = 'int32'): number {
    return this.view.getInt32(this.take(4, what), true);
  }

  uint32(what = 'uint32'): number {
    return this.view.getUint32(this.take(4, what), true);
  }

  int64(what = 'int64'): bigint {
    return this.view.getBigInt64(this.take(8, what), true);
  }

  /** A CompactSize number, refused unless it is in its shortest form. */
  varint(what = 'varint'): bigint {
    const first = this.view.getUint8(this.take(1, what));
    if (first < 0xfd) return BigInt(first);
    let value: bigint;
    let smallest: bigint;
    if (first === 0xfd) {
      value = BigInt(this.view.getUint16(this.take(2, what), true));
      smallest = 0xfdn;
    } else if (first === 0xfe) {
      value = BigInt(this.view.getUint32(this.take(4, what), true));
      smallest = 0x10000n;
    } else {
      value = this.view.getBigUint64(this.take(8, what), true);
      smallest = 0x100000000n;
    }
    if (value < smallest)
      throw new DecodeError(`${what} is not in its shortest form (${value} after 0x${first.toString(16)})`);
    return value;
  }

  /**
   * A count of items, each of which takes at least `minItemBytes`: a count that cannot fit into what is left is refused
   * at once, so that four bytes from a stranger never make us reserve gigabytes.
   */
  count(minItemBytes: number, what: string): number {
    const count = this.varint(what);
    if (count * BigInt(minItemBytes) > BigInt(this.remaining)) {
      throw new DecodeError(`${what} says ${count}, but only ${this.remaining} bytes are left`);
    }
    return Number(count);
  }

  /** Refuses bytes after the end. */
  end(what: string): void {
    if (this.remaining > 0) throw new DecodeError(`${this.remaining} bytes too many after the ${what}`);
  }
}
