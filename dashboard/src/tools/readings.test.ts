import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../../src/consensus/bytes.ts';
import vectorsText from '../../../test/vectors/integers.json?raw';
import { readHex, readNumber, readTarget, readVarint } from './readings.ts';

describe('hex', () => {
  test.each([
    ['', ''],
    ['00ff', '00ff'],
    [' 0x00 FF\n aB ', '00ffab'],
  ])('%j', (text, hex) => {
    const read = readHex(text);
    expect('value' in read && bytesToHex(read.value)).toBe(hex);
  });

  test.each([
    ['0g', undefined, { name: 'hexDigit', at: 2, found: 'g' }],
    ['00 0x', undefined, { name: 'hexDigit', at: 5, found: 'x' }],
    ['ab€d', undefined, { name: 'hexDigit', at: 3, found: '€' }],
    ['ab😀', undefined, { name: 'hexDigit', at: 3, found: '😀' }],
    ['abc', undefined, { name: 'oddDigits', count: 3 }],
    ['abcd', 32, { name: 'bytes', wanted: 32, count: 2 }],
    [' ', 32, { name: 'empty' }],
  ])('%j: the mistake and its place', (text, length, mistake) => {
    expect(readHex(text, length)).toEqual({ mistake });
  });
});

describe('numbers', () => {
  const MOST = (1n << 64n) - 1n;
  test.each([
    ['0', 0n],
    ['-5', -5n],
    [' 1 000 ', 1000n],
    ['0xFf', 255n],
    ['18446744073709551615', MOST],
  ])('%j', (text, value) => {
    expect(readNumber(text, -10n, MOST)).toEqual({ value });
  });

  test.each([
    ['', { name: 'empty' }],
    ['-', { name: 'digit', at: 1, found: '-' }],
    ['1,5', { name: 'digit', at: 2, found: ',' }],
    ['1-5', { name: 'digit', at: 2, found: '-' }],
    ['0x1g', { name: 'hexDigit', at: 4, found: 'g' }],
    ['-11', { name: 'range', least: '-10', most: '18446744073709551615' }],
    ['18446744073709551616', { name: 'range', least: '-10', most: '18446744073709551615' }],
  ])('%j: the mistake', (text, mistake) => {
    expect(readNumber(text, -10n, MOST)).toEqual({ mistake });
  });

  test('a target is hex with or without 0x, of 256 bits at most', () => {
    expect(readTarget('0x0F')).toEqual({ value: 15n });
    expect(readTarget('f'.repeat(64))).toEqual({ value: (1n << 256n) - 1n });
    expect(readTarget('f'.repeat(65))).toMatchObject({ mistake: { name: 'range' } });
    expect(readTarget('0xzz')).toEqual({ mistake: { name: 'hexDigit', at: 3, found: 'z' } });
  });
});

describe('varints', () => {
  const { varint } = JSON.parse(vectorsText) as { varint: { value: string; hex: string }[] };
  test('all vectors', () => {
    expect(varint.length).toBeGreaterThan(20);
    for (const { value, hex } of varint) expect(readVarint(hex)).toEqual({ value: BigInt(value) });
  });

  test.each([
    ['fd01', { name: 'varintLength', wanted: 3, count: 2 }],
    ['0102', { name: 'varintLength', wanted: 1, count: 2 }],
    ['fdfc00', { name: 'varintForm', value: '252', wanted: 1, count: 3 }],
    ['feffff0000', { name: 'varintForm', value: '65535', wanted: 3, count: 5 }],
    ['ffffffffff00000000', { name: 'varintForm', value: '4294967295', wanted: 5, count: 9 }],
  ])('%s is none', (hex, mistake) => {
    expect(readVarint(hex)).toEqual({ mistake });
  });
});
