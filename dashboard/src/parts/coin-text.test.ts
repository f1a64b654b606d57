import { expect, test } from 'vitest';
import { coinText } from './coin-text.ts';

test.each([
  [0, 'en', '0'],
  [1, 'en', '0.00000001'],
  [299_150_000_000, 'en', '2,991.5'],
  [299_150_000_000, 'de', '2.991,5'],
  // As a floating point number it would end in …4.
  [2_099_999_999_999_993, 'en', '20,999,999.99999993'],
])('%d units in %s are %s coins', (units, language, text) => {
  expect(coinText(units, language)).toBe(text);
});
