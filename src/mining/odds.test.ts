import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMS, MAX_TARGET, type Target } from '../consensus/index.ts';
import { blockProbability, describeDuration, describeHashRate, expectedHashes } from './odds.ts';

describe('odds', () => {
  test('expected hashes', () => {
    expect(expectedHashes(MAX_TARGET)).toBe(1);
    expect(expectedHashes(DEFAULT_PARAMS.defaultTarget)).toBe(2 ** 20);
    expect(expectedHashes(0n as Target)).toBe(2 ** 256);
  });

  test('the expected number of hashes finds a block in 63 % of all cases', () => {
    expect(blockProbability(DEFAULT_PARAMS.defaultTarget, 0)).toBe(0);
    expect(blockProbability(DEFAULT_PARAMS.defaultTarget, 2 ** 20)).toBeCloseTo(1 - Math.exp(-1), 5);
    expect(blockProbability(1n as Target, 1e6)).toBeGreaterThan(0); // not rounded away
    expect(blockProbability(MAX_TARGET, 1)).toBe(1);
  });

  test.each([
    [0.5, '0.5 seconds'],
    [1, '1 second'],
    [90, '1.5 minutes'],
    [3_600, '1 hour'],
    [1e6, '12 days'],
    [2 ** 256 / 1e6, '3.7e+63 years'],
  ])('%d s is %s', (seconds, text) => {
    expect(describeDuration(seconds)).toBe(text);
  });

  test.each([
    [12, '12 H/s'],
    [45_600, '46 kH/s'],
    [2_345_678, '2.3 MH/s'],
    [234_567_800, '235 MH/s'],
  ])('%d hashes per second are %s', (rate, text) => {
    expect(describeHashRate(rate)).toBe(text);
  });
});
