import { expect, test } from 'vitest';
import { freeName } from './key-names.ts';

test.each([
  [[], 'Key 1'],
  [['Savings'], 'Key 2'],
  [['Key 2'], 'Key 3'],
  [['Key 3', 'Key 4'], 'Key 5'],
])('beside %j comes %j', (taken, name) => {
  expect(freeName(taken, (number) => `Key ${number}`)).toBe(name);
});
