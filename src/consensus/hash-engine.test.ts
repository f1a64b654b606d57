import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from './bytes.ts';
import { type HashEngine, hashEngine, javascriptEngine, wasmEngine } from './hash-engine.ts';
import hashingModule from './hashing.wasm.ts';
import { base64ToBytes, startModule, webAssemblyHere, type WebAssemblyApi } from './web-assembly.ts';

const digest = (algorithm: string, bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash(algorithm).update(bytes).digest());
const twice = (bytes: Uint8Array): Uint8Array => digest('sha256', digest('sha256', bytes));

const engines: HashEngine[] = [javascriptEngine, wasmEngine(startModule(hashingModule))];
/** Around the places where the padding needs another chunk, and beyond the memory that the module starts with. */
const messages = fc.oneof(
  fc.uint8Array({ minLength: 0, maxLength: 260 }),
  fc.integer({ min: 0, max: 200_000 }).map((length) => new Uint8Array(length).fill(length)),
);
const leaf = fc.uint8Array({ minLength: 32, maxLength: 32 });

it('takes WebAssembly where there is some', () => {
  expect(hashEngine.name).toBe('WebAssembly');
});

describe.each(engines)('$name', (engine) => {
  it('hashes as OpenSSL does', () => {
    fc.assert(
      fc.property(messages, (bytes) => {
        const before = bytes.slice();
        expect(engine.sha256(bytes)).toEqual(digest('sha256', bytes));
        expect(engine.sha256d(bytes)).toEqual(twice(bytes));
        expect(engine.hash160(bytes)).toEqual(digest('ripemd160', digest('sha256', bytes)));
        expect(engine.sha256dHex(bytes)).toBe(bytesToHex(engine.sha256d(bytes)));
        expect(engine.hash160Hex(bytes)).toBe(bytesToHex(engine.hash160(bytes)));
        expect(Buffer.compare(bytes, before)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('hashes pieces as if they were one', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500 }),
        fc.array(fc.nat(500), { maxLength: 12 }),
        (bytes, cuts) => {
          const places = cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b);
          const ranges = places.length % 2 === 0 ? places : places.slice(1);
          const pieces = ranges.flatMap((from, i) =>
            i % 2 === 0 ? [bytes.subarray(from, ranges[i + 1])] : [],
          );
          expect(engine.sha256dHexOfRanges(bytes, ranges)).toBe(bytesToHex(twice(Buffer.concat(pieces))));
        },
      ),
    );
  });

  it('gives results that later calls leave alone', () => {
    const first = engine.sha256(Uint8Array.of(1));
    const copy = first.slice();
    engine.sha256(Uint8Array.of(2));
    engine.merkleRoot(['00'.repeat(32)]);
    expect(first).toEqual(copy);
  });

  it('computes merkle roots, and notices equal siblings', () => {
    const root = (leaves: readonly Uint8Array[]): Uint8Array => {
      if (leaves.length === 1) return leaves[0]!;
      const above: Uint8Array[] = [];
      for (let i = 0; i < leaves.length; i += 2)
        above.push(twice(Buffer.concat([leaves[i]!, leaves[i + 1] ?? leaves[i]!])));
      return root(above);
    };
    fc.assert(
      fc.property(fc.uniqueArray(leaf, { minLength: 1, maxLength: 70, selector: String }), (leaves) => {
        expect(engine.merkleRoot(leaves.map(bytesToHex))).toEqual({
          root: bytesToHex(root(leaves)),
          mutated: false,
        });
        const doubled = [...leaves, ...leaves.slice(-1)];
        // The last leaf again: a sibling of itself where their number was odd.
        expect(engine.merkleRoot(doubled.map(bytesToHex)).mutated).toBe(leaves.length % 2 === 1);
      }),
    );
  });

  it('computes the sighashes of all inputs in one go', () => {
    const owners = fc.array(fc.uint8Array({ minLength: 20, maxLength: 20 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        owners,
        fc.integer({ min: 5, max: 7 }),
        fc.integer({ min: 5, max: 300 }),
        (hashes, first, rest) => {
          const identity = Uint8Array.from({ length: first + 36 * hashes.length + rest }, (_, i) => i);
          const found = engine.sighashes(identity, first, hashes.map(bytesToHex));
          hashes.forEach((hash, index) => {
            const end = first + 36 * (index + 1);
            const preimage = Buffer.concat([identity.subarray(0, end), hash, identity.subarray(end)]);
            expect(found[index]).toEqual(twice(preimage));
          });
        },
      ),
    );
  });
});

describe('without WebAssembly', () => {
  it('does not start where there is none, or where a page refuses it', () => {
    const api = webAssemblyHere() as WebAssemblyApi;
    const refusing: WebAssemblyApi = {
      ...api,
      Module: function () {
        throw new EvalError('refused by Content-Security-Policy');
      } as unknown as WebAssemblyApi['Module'],
      validate: () => true,
    };
    expect(startModule(hashingModule, refusing)).toBeUndefined();
    expect(startModule('AAAA')).toBeUndefined();
  });

  it('reads base64 as others do', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(base64ToBytes(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
      }),
    );
  });
});
