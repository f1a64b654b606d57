import { expect, test } from 'vitest';
import { firstBits, hashDigits, missingFactor, triesFor } from './hash-digits.ts';
import { forecastRetarget } from './retarget-forecast.ts';

test('leading zeros are counted in digits and in bits', () => {
  expect(hashDigits(`0000ab${'f'.repeat(58)}`)).toMatchObject({ zeros: '0000', zeroBits: 16 });
  expect(hashDigits(`0x1${'f'.repeat(59)}`)).toMatchObject({ zeros: '0000', zeroBits: 19 });
  expect(hashDigits('0x0')).toEqual({ zeros: '0'.repeat(64), rest: '', zeroBits: 256 });
  expect(hashDigits('7'.padEnd(64, 'f')).zeroBits).toBe(1);
  expect(firstBits(`0x1${'f'.repeat(62)}`, 3)).toBe('0000 0001 1111');
});

test('how far a hash is from the target', () => {
  expect(missingFactor('00ff'.padEnd(64, '0'), `0x${'00ff'.padEnd(64, '0')}`)).toBe(1);
  expect(missingFactor('01'.padEnd(64, '0'), `0x${'00'.padEnd(3, '1').padEnd(64, '0')}`)).toBe(16);
  // Just above is not low enough, however little it is.
  for (const best of ['80'.padEnd(63, '0').padEnd(64, '1'), '81'.padEnd(64, '0'), '8c'.padEnd(64, '0')])
    expect(missingFactor(best, `0x${'80'.padEnd(64, '0')}`)).toBe(1.1);
  expect(triesFor((1n << 236n) - 1n)).toBe(1n << 20n);
});

test('the forecast is what consensus would say if blocks went on so', () => {
  const rules = { retarget_interval: 10, target_block_time: 60 };
  const target = 1n << 200n;
  // Blocks 10 … 15 in steps of 30 seconds: twice as fast as wanted, so twice as hard.
  expect(forecastRetarget(rules, 1_000, { timestamp: 1_150, height: 15 }, target)).toEqual({
    ...{ target: target / 2n, meanSeconds: 30, factor: 2 },
  });
  expect(forecastRetarget(rules, 1_000, { timestamp: 1_000, height: 19 }, target)?.factor).toBe(4);
  expect(forecastRetarget(rules, 1_000, { timestamp: 1_000, height: 20 }, target)).toBeUndefined();
  expect(
    forecastRetarget({ ...rules, retarget_interval: 0 }, 1, { timestamp: 9, height: 5 }, target),
  ).toBeUndefined();
});
