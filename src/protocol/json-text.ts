/**
 * Looking at JSON before it is parsed.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

export interface JsonBounds {
  /** How deep lists and objects may be nested. */
  readonly depth: number;
  /** How many values there may be, at least counted as often as there are commas and opening brackets. */
  readonly values: number;
}

/**
 * Whether JSON goes beyond the bounds: how. One pass over the bytes, no memory.
 *
 * Attack: JSON.parse takes a quarter of a second for a megabyte of `[`, and whoever walks the result recursively runs
 * out of stack. Five megabytes of `{},` or of different keys take it more than a second, in which the node does nothing else.
 */
export function beyondBounds(json: Uint8Array, most: JsonBounds): keyof JsonBounds | undefined {
  let depth = 0;
  let values = 1;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) {
      for (i++; i < json.length && json[i] !== QUOTE; i++) if (json[i] === BACKSLASH) i++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      values++;
      if (++depth > most.depth) return 'depth';
    } else if (byte === COMMA) values++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    if (values > most.values) return 'values';
  }
  return undefined;
}

/**
 * Writes a target that stands there as a long JSON number as exact hex text. The original takes such numbers, and JSON.parse
 * would round them to 53 bits: another header, another hash.
 *
 * A key cannot be mistaken: inside a text the quotes around it would be escaped.
 */
export function withExactTargets(json: string): string {
  return json.replace(
    /("target"\s*:\s*)(\d{16,80})(?![\d.eE])/g,
    (_, key: string, digits: string) => `${key}"0x${BigInt(digits).toString(16)}"`,
  );
}
