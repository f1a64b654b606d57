import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HashJob, type HashKernel, NONCE_COUNT } from './hash-kernel.ts';
import { midstateKernel } from './midstate-kernel.ts';
import { RecordKernel } from './record-kernel.ts';
import { referenceKernel } from './reference-kernel.ts';
import { wasmKernel, type WasmKernelName } from './wasm-kernel.ts';

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

function started(name: WasmKernelName): HashKernel {
  const kernel = wasmKernel(name);
  if (kernel === undefined) throw new Error(`${name} does not start here`);
  return kernel;
}

/** Vectors hold 4 nonces, batches 64 of one (scalar) or 4 (SIMD): all sides of these borders. */
const LENGTHS = [1, 2, 3, 4, 5, 63, 64, 65, 127, 128, 129, 255, 256, 257, 260, 511, 512, 513];
const simd = started('wasm-simd');
const kernels = [referenceKernel, midstateKernel, started('wasm-scalar'), simd];
/** What a thread runs: a kernel that remembers the lowest hash finds the same nonces. */
const remembering: HashKernel = {
  name: 'wasm-simd, with records',
  scan: (job, firstNonce, count) => new RecordKernel(simd).scan(job, firstNonce, count),
};

describe.each([...kernels, remembering])('kernel $name', (kernel) => {
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

  test('finds a single nonce wherever it lies in a range, and looks no further than the range goes', () => {
    fc.assert(
      fc.property(headers, fc.constantFrom(...LENGTHS), fc.nat(), fc.nat(), (header, count, where, start) => {
        const firstNonce = start % (NONCE_COUNT - 2 * count);
        const nonce = firstNonce + (where % count);
        const target = hashOf(header, nonce);
        // With the hash of one nonce as the target, it is practically the only one for which that works.
        const job = { header, target: toBytes(target) };
        const expected = expectedScan(header, target, firstNonce, count);
        expect(kernel.scan(job, firstNonce, count)).toEqual(expected);
        // The nonce just behind the range is tried in the same vector, and does not count.
        const behind = { header, target: toBytes(hashOf(header, firstNonce + count)) };
        expect(kernel.scan(behind, firstNonce, count)).toEqual(
          expectedScan(header, hashOf(header, firstNonce + count), firstNonce, count),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('of several nonces in a batch, it gives the first; going on behind it gives all', () => {
    fc.assert(
      fc.property(headers, fc.integer({ min: 0, max: NONCE_COUNT - 700 }), (header, firstNonce) => {
        const target = (1n << 256n) / 20n;
        const found: number[] = [];
        const expected: number[] = [];
        for (let done = 0; done < 700;) {
          const scan = kernel.scan({ header, target: toBytes(target) }, firstNonce + done, 700 - done);
          if (scan.nonce !== undefined) found.push(scan.nonce);
          done += scan.hashesDone;
        }
        for (let nonce = firstNonce; nonce < firstNonce + 700; nonce++)
          if (hashOf(header, nonce) <= target) expected.push(nonce);
        expect(found).toEqual(expected);
        expect(found.length).toBeGreaterThan(5);
      }),
      { numRuns: 15 },
    );
  });

  test('goes on behind a nonce whose first word is small enough, and whose hash is not', () => {
    const header = new Uint8Array(108).fill(9);
    const nonce = midstateKernel.scan({ header, target: toBytes(1n << 244n) }, 0, 100_000).nonce ?? 0;
    const hash = hashOf(header, nonce);
    // The same first word, and then zeros.
    const target = (hash >> 224n) << 224n;
    const [from, count] = [Math.max(0, nonce - 50), 200];
    expect(kernel.scan({ header, target: toBytes(target) }, from, count)).toEqual(
      expectedScan(header, target, from, count),
    );
  });

  test('every target of 1s is met by the first nonce, and one of 0s by none', () => {
    const header = new Uint8Array(108).fill(3);
    const all = { header, target: new Uint8Array(32).fill(0xff) };
    expect(kernel.scan(all, 77, 1_000)).toEqual({ nonce: 77, hashesDone: 1 });
    const none = { header, target: new Uint8Array(32) };
    expect(kernel.scan(none, 77, 1_000)).toEqual({ nonce: undefined, hashesDone: 1_000 });
    expect(kernel.scan(none, 77, 0)).toEqual({ nonce: undefined, hashesDone: 0 });
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

test('all kernels agree on longer searches', () => {
  fc.assert(
    fc.property(headers, fc.integer({ min: 0, max: NONCE_COUNT - 5_000 }), (header, firstNonce) => {
      const job = { header, target: toBytes(1n << 244n) };
      const expected = referenceKernel.scan(job, firstNonce, 5_000);
      for (const kernel of kernels) expect(kernel.scan(job, firstNonce, 5_000)).toEqual(expected);
    }),
    { numRuns: 10 },
  );
});
