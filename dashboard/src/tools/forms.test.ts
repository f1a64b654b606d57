import { describe, expect, test } from 'vitest';
import vectorsText from '../../../test/vectors/integers.json?raw';
import { FORMS, type Form, formsOf, retyped } from './forms.ts';

function rows(form: Form, text: string): Record<string, string> {
  const read = formsOf(form, text);
  if ('mistake' in read) throw new Error(read.mistake.name);
  return Object.fromEntries(read.value);
}

describe('the forms of a value', () => {
  test('a number', () => {
    expect(rows('number', '1000')).toEqual({
      ...{ number: '1000', hexNumber: '0x3e8' },
      ...{ little4: 'e8030000', little8: 'e803000000000000', varint: 'fde803' },
    });
    expect(rows('number', '4294967296')).not.toHaveProperty('little4');
    expect(rows('number', String(1n << 64n))).toEqual({
      number: '18446744073709551616',
      hexNumber: '0x10000000000000000',
    });
  });

  test('the same number from each form', () => {
    for (const [form, text] of [
      ['number', '0x3e8'],
      ['varint', 'fde803'],
      ['little', 'e8 03 00'],
      ['hex', '03e8'],
    ] as const)
      expect(rows(form, text)['number']).toBe('1000');
  });

  test('text is UTF-8, and not all bytes are text', () => {
    expect(rows('text', '€')).toMatchObject({ bytes: 'e282ac', count: '3', text: '€', number: '14844588' });
    expect(rows('hex', 'e282ac')['text']).toBe('€');
    expect(rows('hex', 'ff')).toHaveProperty('noText');
    expect(rows('text', '')).toEqual({ bytes: '', count: '0', text: '' });
    expect(rows('text', 'x'.repeat(33))).not.toHaveProperty('number');
  });

  test('as the vectors have them', () => {
    const vectors = JSON.parse(vectorsText) as Record<'uint32' | 'varint', { value: string; hex: string }[]>;
    for (const { value, hex } of vectors.uint32) expect(rows('number', value)['little4']).toBe(hex);
    for (const { value, hex } of vectors.varint) expect(rows('number', value)['varint']).toBe(hex);
  });

  test('mistakes', () => {
    expect(formsOf('little', '')).toEqual({ mistake: { name: 'empty' } });
    expect(formsOf('little', '00'.repeat(33))).toMatchObject({ mistake: { name: 'tooLong', count: 33 } });
    expect(formsOf('varint', 'fd0100')).toMatchObject({ mistake: { name: 'varintForm' } });
    expect(formsOf('number', '')).toEqual({ mistake: { name: 'empty' } });
  });
});

describe('what was typed in one form', () => {
  test.each([
    ['number', '1000', 'hex', '03e8'],
    ['number', '1000', 'varint', 'fde803'],
    ['number', '1000', 'little', 'e803000000000000'],
    ['varint', 'fde803', 'number', '1000'],
    ['little', 'e803', 'number', '1000'],
    ['hex', '4d42', 'text', 'MB'],
    ['text', 'MB', 'hex', '4d42'],
    ['text', 'MB', 'number', '19778'],
  ] as const)('%s %j is, as %s, %j', (from, text, to, wanted) => {
    expect(retyped(from, text, to)).toBe(wanted);
    const numbers = [formsOf(from, text), formsOf(to, wanted)].map((read) =>
      'value' in read ? new Map(read.value).get('number') : undefined,
    );
    expect(numbers[0]).toBe(numbers[1]);
  });

  test.each([
    ['hex', 'ff', 'text'],
    ['number', '12x', 'hex'],
    ['number', String(1n << 70n), 'varint'],
  ] as const)('%s %j is no %s', (from, text, to) => {
    expect(retyped(from, text, to)).toBeUndefined();
  });

  test('stays where the form stays', () => {
    for (const form of FORMS) expect(retyped(form, '10', form)).toBeDefined();
  });
});
