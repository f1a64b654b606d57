import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HashJob, NONCE_COUNT } from './hash-kernel.ts';
import { midstateKernel } from './midstate-kernel.ts';
import { referenceKernel } from './reference-kernel.ts';

/** The oracle: OpenSSL, and the comparison by BigInt. */
function hashOf(header: Uint8Array, nonce: number): bigint {
  const bytes = Buffer.from(header);
  bytes.writeUInt32LE(nonce, 104);
  const once = createHash('sha256').update(bytes).digest();
  return BigInt(`0x${createHash('sha256').update(once).digest('hex')}`);
}

function toBytes(target: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(target.toString(16).padStart(64, '0'), 'hex'));
}

function expectedScan(header: Uint8Array, target: bigint, firstNonce: number, count: number) {
  for (let done = 0; done < count; done++) {
    if (hashOf(header, firstNonce + done) <= target)
      return { nonce: firstNonce + done, hashesDone: done + 1 };
  }
  return { nonce: undefined, hashesDone: count };
}

const headers = fc.uint8Array({ minLength: 108, maxLength: 108 });
/** From "every hash" to "about one in 16,000", with any bits below. */
const targets = fc
  .tuple(fc.integer({ min: 0, max: 14 }), fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }))
  .map(([zeroBits, bits]) => bits >> BigInt(zeroBits));

describe.each([referenceKernel, midstateKernel])('kernel $name', (kernel) => {
  test('finds what node:crypto finds', () => {
    fc.assert(
      fc.property(
        headers,
        targets,
        fc.integer({ min: 0, max: NONCE_COUNT - 200 }),
        fc.integer({ min: 0, max: 200 }),
        (header, target, firstNonce, count) => {
          const result = kernel.scan({ header, target: toBytes(target) }, firstNonce, count);
          expect(result).toEqual(expectedScan(header, target, firstNonce, count));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('takes a hash that equals the target, and not one that exceeds it by 1', () => {
    fc.assert(
      fc.property(headers, fc.integer({ min: 0, max: NONCE_COUNT - 1 }), (header, nonce) => {
        const hash = hashOf(header, nonce);
        expect(kernel.scan({ header, target: toBytes(hash) }, nonce, 1).nonce).toBe(nonce);
        expect(kernel.scan({ header, target: toBytes(hash - 1n) }, nonce, 1).nonce).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  test('reaches the last nonce', () => {
    const header = new Uint8Array(108).fill(7);
    const job = { header, target: toBytes(hashOf(header, NONCE_COUNT - 1)) };
    const result = kernel.scan(job, NONCE_COUNT - 3, 3);
    expect(result).toEqual(expectedScan(header, hashOf(header, NONCE_COUNT - 1), NONCE_COUNT - 3, 3));
    expect(result.nonce).toBeDefined();
  });

  test('ignores the nonce in the header, reads views into larger buffers, and changes nothing', () => {
    const whole = Uint8Array.from({ length: 200 }, (_, index) => index);
    const before = whole.slice();
    const job: HashJob = { header: whole.subarray(5, 113), target: whole.subarray(150, 182) };
    const other = Uint8Array.from(job.header).fill(0xff, 104);
    const target = BigInt(`0x${Buffer.from(job.target).toString('hex')}`);
    expect(kernel.scan(job, 0, 300)).toEqual(expectedScan(other, target, 0, 300));
    expect(whole).toEqual(before);
  });

  test('refuses jobs and ranges that are none', () => {
    const job = { header: new Uint8Array(108), target: new Uint8Array(32) };
    expect(() => kernel.scan({ ...job, header: new Uint8Array(80) }, 0, 1)).toThrow(RangeError);
    expect(() => kernel.scan({ ...job, target: new Uint8Array(31) }, 0, 1)).toThrow(RangeError);
    for (const [first, count] of [
      [-1, 1],
      [0.5, 1],
      [0, -1],
      [1, NONCE_COUNT],
      [NaN, 1],
    ] as const) {
      expect(() => kernel.scan(job, first, count)).toThrow(RangeError);
    }
  });
});

test('both kernels agree on a longer search', () => {
  fc.assert(
    fc.property(headers, fc.integer({ min: 0, max: NONCE_COUNT - 5_000 }), (header, firstNonce) => {
      const job = { header, target: toBytes(1n << 244n) };
      expect(midstateKernel.scan(job, firstNonce, 5_000)).toEqual(
        referenceKernel.scan(job, firstNonce, 5_000),
      );
    }),
    { numRuns: 10 },
  );
});
