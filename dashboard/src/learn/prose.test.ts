import { describe, expect, test } from 'vitest';
import { piecesOf } from './prose.ts';

describe('texts of lessons', () => {
  test('are cut into text, terms and code', () => {
    expect(piecesOf('A {hash|32 bytes.} like `00ab`')).toEqual([
      { kind: 'text', text: 'A ' },
      { kind: 'term', text: 'hash', meaning: '32 bytes.' },
      { kind: 'text', text: ' like ' },
      { kind: 'code', text: '00ab' },
    ]);
  });

  test.each(['', 'plain', 'a | b', '{half', 'a ` b'])('%j is text', (text) => {
    expect(piecesOf(text)).toEqual(text === '' ? [] : [{ kind: 'text', text }]);
  });
});
