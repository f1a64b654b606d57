import { expect, test } from 'vitest';
import { strengthOf } from './passphrase.ts';

test.each([
  ['', 'short'],
  ['Xk3!p9z', 'short'],
  ['password', 'weak'],
  ['Password1234', 'weak'],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['abcdefghijklmnop', 'weak'],
  ['qwertyuiop', 'weak'],
  ['kqzvbhwfmpt', 'fair'],
  ['tulip ladder 7 comet', 'good'],
  ['xK3!p9zQ#m2L', 'good'],
] as const)('%j is %s', (passphrase, strength) => {
  expect(strengthOf(passphrase)).toBe(strength);
});
