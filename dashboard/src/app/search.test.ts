import { describe, expect, test } from 'vitest';
import { guessesOf } from './search.ts';

describe('what a search may mean', () => {
  test.each([
    [' 17 ', ['height']],
    ['aB'.repeat(32), ['block', 'transaction']],
    ['aB'.repeat(20), ['address']],
    // Forty digits are an address; a height has ten at most.
    ['1'.repeat(40), ['address']],
    // As the pages write it, in one language or the other.
    ['1,234', ['height']],
    ['1.234.567', ['height']],
    ['1,23', []],
    ['', []],
    ['-1', []],
    ['0x10', []],
    ['g'.repeat(64), []],
  ])('%j', (text, guesses) => {
    expect(guessesOf(text)).toEqual(guesses);
  });
});
