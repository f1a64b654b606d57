import { expect, test } from 'vitest';
import { MAX_TARGET, type Target, workOfTarget } from '../../../src/consensus/target.ts';
import { expectedSeconds, KNOWN, targetFrom, textOf, zeroBitsOf } from './targets.ts';

const TWENTY_BITS = (MAX_TARGET >> 20n) as Target;

test('twenty zero bits are one in 1,048,576 hashes', () => {
  expect(targetFrom('bits', '20')).toEqual({ value: TWENTY_BITS });
  expect(targetFrom('odds', '1048576')).toEqual({ value: TWENTY_BITS });
  expect(targetFrom('target', `0x00000${'f'.repeat(59)}`)).toEqual({ value: TWENTY_BITS });
  expect(workOfTarget(TWENTY_BITS)).toBe(1_048_576n);
  expect(expectedSeconds(TWENTY_BITS, 1_048_576)).toBe(1);
});

test('each way to say it leads back to the target', () => {
  for (const bits of [0n, 1n, 17n, 255n, 256n]) {
    const target = (MAX_TARGET >> bits) as Target;
    expect(zeroBitsOf(target)).toBe(Number(bits));
    for (const known of KNOWN) expect(targetFrom(known, textOf(known, target))).toEqual({ value: target });
  }
});

test('what cannot be', () => {
  expect(targetFrom('odds', '0')).toMatchObject({ mistake: { name: 'range', least: '1' } });
  expect(targetFrom('bits', '257')).toMatchObject({ mistake: { name: 'range', most: '256' } });
  expect(targetFrom('target', '')).toEqual({ mistake: { name: 'empty' } });
});
