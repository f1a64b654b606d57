import { expect, test } from 'vitest';
import { plural } from './plural.ts';

test.each([
  [1, 'block'],
  ['1', 'block'],
  [0, 'blocks'],
  ['1.5', 'blocks'],
  ['1,001', 'blocks'],
])('%s %s', (count, word) => {
  expect(plural(count, 'block', 'blocks')).toBe(word);
});
