import { expect, test } from 'vitest';
import type { SignatureCheck } from '../consensus/index.ts';
import { SignatureBatch } from './signature-batch.ts';

/** Not a signature of anything: a stand-in that says what its verdict is to be. */
const check = (holds: boolean, name = 0): SignatureCheck => ({
  digest: new Uint8Array(32).fill(name),
  compactSignature: new Uint8Array(64).fill(holds ? 1 : 0),
  pubkey: new Uint8Array(33).fill(name),
});
const holds = ({ compactSignature }: SignatureCheck): boolean => compactSignature.every((byte) => byte === 1);

/** A batch as another thread sees it. */
const elsewhere = (batch: SignatureBatch): SignatureBatch => new SignatureBatch(batch.memory);

test('what was packed comes out byte by byte, and each check once', () => {
  const checks = Array.from({ length: 300 }, (_, index) => check(true, index & 0xff));
  const batch = SignatureBatch.pack(checks);
  const other = elsewhere(batch);
  expect(other.size).toBe(300);
  const seen: number[] = [];
  const note = (seenCheck: SignatureCheck): boolean => {
    expect(seenCheck).toEqual(checks[seen.length]);
    seen.push(seenCheck.digest[0]!);
    return true;
  };
  expect(other.verify(1, note, 100)).toBe(100);
  expect(batch.verdict()).toBeUndefined();
  expect(batch.verify(2, note)).toBe(200);
  expect(other.verify(1, note)).toBe(0);
  expect(seen).toEqual(checks.map(({ digest }) => digest[0]));
  expect(batch.verdict()).toBe(-1);
});

test('the verdict waits for all that come before the first failure, and for nothing after it', () => {
  const batch = SignatureBatch.pack([check(true), check(true), check(false), check(true), check(false)]);
  // Thread 1 holds check 0 while thread 2 does the rest.
  let calls = 0;
  batch.verify(
    1,
    (first) => {
      expect(
        elsewhere(batch).verify(2, (one) => {
          calls++;
          return holds(one);
        }),
      ).toBe(2);
      expect(batch.verdict()).toBeUndefined();
      return holds(first);
    },
    1,
  );
  expect(calls, 'nothing after check 2 matters').toBe(2);
  expect(batch.verdict()).toBe(2);
});

test('an earlier failure that is found later wins', () => {
  const batch = SignatureBatch.pack([check(false), check(false)]);
  batch.verify(
    1,
    (first) => {
      elsewhere(batch).verify(2, holds);
      return holds(first);
    },
    1,
  );
  expect(batch.verdict()).toBe(0);
});

test('what a dead thread had is free again; what it had done stays done', () => {
  const batch = SignatureBatch.pack([check(true), check(true), check(true)]);
  const dying = (): boolean => {
    throw new Error('gone');
  };
  batch.verify(1, holds, 1);
  expect(() => elsewhere(batch).verify(1, dying)).toThrow('gone');
  expect(batch.verify(2, holds), 'the claimed one is not free').toBe(1);
  expect(batch.verdict()).toBeUndefined();
  expect(batch.release(3)).toBe(false);
  expect(batch.release(1)).toBe(true);
  expect(batch.verify(2, holds)).toBe(1);
  expect(batch.verdict()).toBe(-1);
});

test('a wrong length fails without any work', () => {
  const short: SignatureCheck = { ...check(true), pubkey: new Uint8Array(32).fill(2) };
  expect(SignatureBatch.pack([short, check(true)]).verdict()).toBe(0);
  const batch = SignatureBatch.pack([check(true), short, check(true)]);
  expect(batch.verdict()).toBeUndefined();
  batch.verify(1, holds);
  expect(batch.verdict()).toBe(1);
});

test('an empty batch holds', () => {
  const batch = SignatureBatch.pack([]);
  expect(batch.verdict()).toBe(-1);
  expect(elsewhere(batch).verify(1, holds)).toBe(0);
});
