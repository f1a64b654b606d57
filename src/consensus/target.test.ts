import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyTarget } from '../../test/support/arbitraries.ts';
import { hexToBytes } from './bytes.ts';
import {
  addWork,
  hashMeetsTarget,
  MAX_TARGET,
  NO_WORK,
  parseTarget,
  type Target,
  targetFromBytes,
  targetToHeaderHex,
  targetToJson,
  TWO_256,
  workOfTarget,
} from './target.ts';

describe('proof of work', () => {
  it('reads the hash as a big-endian number, which may equal the target but not exceed it', () => {
    const target = 0x1000n as Target;
    expect(hashMeetsTarget('1000'.padStart(64, '0'), target)).toBe(true);
    expect(hashMeetsTarget('1001'.padStart(64, '0'), target)).toBe(false);
    expect(hashMeetsTarget('f'.repeat(64), MAX_TARGET)).toBe(true);
  });
});

describe('work', () => {
  it('is how many hashes one must try on average', () => {
    expect(workOfTarget(MAX_TARGET)).toBe(1n); // every hash will do
    expect(workOfTarget((TWO_256 / 2n - 1n) as Target)).toBe(2n); // every second one
    expect(workOfTarget(0n as Target)).toBe(TWO_256); // one of all there are
  });

  it('adds up', () => {
    expect(addWork(NO_WORK, workOfTarget(MAX_TARGET))).toBe(1n);
  });

  it('grows as the target shrinks', () => {
    fc.assert(
      fc.property(anyTarget, anyTarget, (a, b) => (a <= b ? workOfTarget(a) >= workOfTarget(b) : true)),
    );
  });
});

describe('its forms', () => {
  it('come back as they went in: 32 bytes in the header, short hex in JSON', () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        expect(targetFromBytes(hexToBytes(targetToHeaderHex(target)))).toBe(target);
        expect(parseTarget(targetToJson(target))).toBe(target);
      }),
    );
  });

  it.each([
    '0x0f',
    '0X0F',
    '0f',
    'f',
    '0x000000000000000000000000000000000000000000000000000000000000000000000f',
  ])('reads %s as 15', (text) => {
    expect(parseTarget(text)).toBe(15n);
  });

  it.each(['', '0x', '-1', '0x-1', ' 0x1', '0x1 ', '1.0', '0xg', `0x1${'0'.repeat(64)}`, 'f'.repeat(300)])(
    'does not read %j',
    (text) => {
      expect(parseTarget(text)).toBeUndefined();
    },
  );
});
