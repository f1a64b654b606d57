/**
 * Reads the vectors exactly: JSON.parse rounds integers beyond 2^53, and the vectors are full of them.
 */
import { readFileSync } from 'node:fs';

const folder = new URL('../vectors/', import.meta.url);

/** JSON in which an integer of 16 or more digits is a `bigint`; other numbers are numbers. */
export function parseExactJson(text: string): unknown {
  // Node 20 has no access to a number's source text in a reviver. So such a number is first made a marked text; the mark is
  // a character that the vectors do not contain. Numbers inside texts are skipped by matching texts first.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) =>
    token.startsWith('"') ? token : `"\u0001${token}"`.replace('\u0001', '\\u0001'),
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith('\u0001') ? BigInt(value.slice(1)) : value,
  );
}

/** One file of test/vectors. The type is a claim of the caller about a file that never changes. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function readVectors<T>(name: string): T {
  return parseExactJson(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as T;
}
