import { describe, expect, test } from 'vitest';
import { sha256d } from '../consensus/hash.ts';
import { type HashJob, headerWithNonce } from './hash-kernel.ts';
import { midstateKernel } from './midstate-kernel.ts';
import { RecordKernel } from './record-kernel.ts';

const header = Uint8Array.from({ length: 108 }, (_, index) => index);
const hard: HashJob = { header, target: new Uint8Array(32) };
const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
const lowestOf = (count: number, job = hard): string | undefined =>
  Array.from({ length: count }, (_, nonce) => hex(sha256d(headerWithNonce(job, nonce)))).sort()[0];

describe('a kernel that remembers', () => {
  test('knows the lowest hash of all that it tried, over many scans, and tells it once', () => {
    const kernel = new RecordKernel(midstateKernel);
    expect(kernel.takeRecord()).toBeUndefined();
    for (let nonce = 0; nonce < 3_000; nonce += 100) {
      expect(kernel.scan(hard, nonce, 100)).toEqual({ nonce: undefined, hashesDone: 100 });
    }
    expect(hex(kernel.takeRecord())).toBe(lowestOf(3_000));
    expect(kernel.takeRecord()).toBeUndefined();
  });

  test('keeps it for the same header that comes again, and begins anew for another', () => {
    const kernel = new RecordKernel(midstateKernel);
    kernel.scan(hard, 0, 1_000);
    kernel.scan({ ...hard, header: Uint8Array.from(header) }, 1_000, 10);
    expect(hex(kernel.takeRecord())).toBe(lowestOf(1_010));
    const other = { ...hard, header: Uint8Array.from(header).fill(9, 0, 1) };
    kernel.scan(other, 0, 10);
    expect(hex(kernel.takeRecord())).toBe(lowestOf(10, other));
  });

  test('a find is the record, and the search goes on behind it when asked to', () => {
    const kernel = new RecordKernel(midstateKernel);
    const job = { header, target: new Uint8Array(32).fill(0xff).fill(1, 0, 1) };
    const expected = Array.from({ length: 2_000 }, (_, nonce) => nonce).filter(
      (nonce) => (sha256d(headerWithNonce(job, nonce))[0] ?? 0) <= 1,
    );
    const found: number[] = [];
    for (let next = 0; next < 2_000;) {
      const { nonce, hashesDone } = kernel.scan(job, next, 2_000 - next);
      next += hashesDone;
      if (nonce !== undefined) found.push(nonce);
    }
    expect(found).toEqual(expected);
    expect(hex(kernel.takeRecord())).toBe(lowestOf(2_000));
  });
});
