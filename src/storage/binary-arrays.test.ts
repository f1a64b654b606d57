import { describe, expect, it } from 'vitest';
import {
  boolArray,
  byteaArray,
  float8Array,
  hexArray,
  hexBytes,
  int4Array,
  int8Array,
  textArray,
} from './binary-arrays.ts';
import { createTestDatabase, runSql } from '../../test/support/postgres-server.ts';

/** What PostgreSQL reads out of a parameter. */
async function readBack(type: string, value: Buffer): Promise<unknown> {
  return runSql(await database, `SELECT array_to_json($1::${type}[])`, [value]);
}
const database = createTestDatabase();

describe('arrays in binary', () => {
  it('are read by PostgreSQL as they were meant', async () => {
    const ints = [0, -1, 0x7fffffff, -0x80000000];
    expect(await readBack('int', int4Array(ints))).toEqual(ints);
    const longs = [...ints, 0x100000000, -0x100000001, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(await readBack('bigint', int8Array(longs))).toEqual(longs);
    const doubles = [0.1, undefined, -1, Number.MAX_SAFE_INTEGER, 1e-9];
    expect(await readBack('float8', float8Array(doubles))).toEqual(doubles.map((value) => value ?? null));
    expect(await readBack('float8', float8Array([2.5]))).toEqual([2.5]);
    expect(await readBack('bool', boolArray([true, false]))).toEqual([true, false]);
    expect(await readBack('bytea', hexArray(['00ff', 'abcd']))).toEqual(['\\x00ff', '\\xabcd']);
    expect(await readBack('text', textArray(['', undefined, 'äß"\\']))).toEqual(['', null, 'äß"\\']);
    expect(await readBack('bytea', byteaArray([Uint8Array.of(1, 255), undefined, new Uint8Array()]))).toEqual(
      ['\\x01ff', null, '\\x'],
    );
  });

  it('refuse what would be stored wrongly in silence', () => {
    expect(() => hexArray(['00ff', 'zz00'])).toThrow(RangeError);
    expect(() => hexArray(['00ff', 'abcdef'])).toThrow(RangeError);
    expect(() => hexArray(['abc'])).toThrow(RangeError);
    expect(() => hexBytes('0g')).toThrow(RangeError);
    expect(() => int8Array([2 ** 53])).toThrow(RangeError);
    expect(() => int8Array([0.5])).toThrow(RangeError);
    expect(() => int4Array([2 ** 31])).toThrow(RangeError);
  });
});
