import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHash } from '../../test/support/arbitraries.ts';
import { bytesToHex, hexToBytes } from './bytes.ts';
import { sha256d } from './hash.ts';
import { merkleLevels, merkleProof, merkleRoot, verifyMerkleProof } from './merkle.ts';

const [a, b, c] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(32)) as [string, string, string];
const join = (left: string, right: string): string => bytesToHex(sha256d(hexToBytes(left + right)));
const anyLeaves = fc.uniqueArray(anyHash, { minLength: 1, maxLength: 40 });

describe('the root', () => {
  it('of one leaf is that leaf', () => {
    expect(merkleRoot([a])).toEqual({ root: a, mutated: false });
  });

  it('of two is the hash of both, in order', () => {
    expect(merkleRoot([a, b]).root).toBe(join(a, b));
    expect(merkleRoot([b, a]).root).not.toBe(join(a, b));
  });

  it('repeats the last of an odd level', () => {
    expect(merkleRoot([a, b, c])).toEqual({ root: join(join(a, b), join(c, c)), mutated: false });
  });

  it('is the top of the levels', () => {
    fc.assert(
      fc.property(anyLeaves, (leaves) => {
        const levels = merkleLevels(leaves);
        expect(levels[0]).toEqual(leaves);
        expect(levels.at(-1)).toEqual([merkleRoot(leaves).root]);
      }),
      { numRuns: 30 },
    );
  });

  it('of nothing does not exist', () => {
    expect(() => merkleRoot([])).toThrow(RangeError);
    expect(() => merkleLevels([])).toThrow(RangeError);
  });
});

describe('mutation (CVE-2012-2459)', () => {
  it('is told where a written-out repetition gives the root of the shorter list', () => {
    fc.assert(
      fc.property(anyLeaves, (leaves) => {
        const levels = merkleLevels(leaves);
        for (const [depth, level] of levels.entries()) {
          if (level.length === 1 || level.length % 2 === 0) continue;
          // At an odd level, write out the leaves below its last node once more.
          const below = leaves.slice((level.length - 1) * 2 ** depth);
          if (below.length !== 2 ** depth) continue; // itself incomplete; the level below shows that
          const longer = [...leaves, ...below];
          expect(merkleRoot(longer)).toEqual({ root: merkleRoot(leaves).root, mutated: true });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is not seen where no two siblings are equal', () => {
    expect(merkleRoot([a, b, c, a]).mutated).toBe(false);
    expect(merkleRoot([a, a, b]).mutated).toBe(true);
  });
});

describe('proofs', () => {
  it('show each leaf to be in the tree, and nothing else', () => {
    fc.assert(
      fc.property(anyLeaves, fc.nat(), anyHash, (leaves, seed, stranger) => {
        const index = seed % leaves.length;
        const { root } = merkleRoot(leaves);
        const proof = merkleProof(leaves, index);
        expect(proof).toHaveLength(Math.ceil(Math.log2(leaves.length)));
        expect(verifyMerkleProof(leaves[index]!, proof, root)).toBe(true);
        expect(verifyMerkleProof(leaves[index]!.toUpperCase(), proof, root.toUpperCase())).toBe(true);
        expect(verifyMerkleProof(stranger, proof, root)).toBe(false);
        expect(verifyMerkleProof(leaves[index]!, proof, stranger)).toBe(false);
        expect(
          verifyMerkleProof(leaves[index]!, [...proof, { hash: stranger, position: 'left' }], root),
        ).toBe(false);
        if (proof.length > 0) expect(verifyMerkleProof(leaves[index]!, proof.slice(1), root)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['a leaf that is no hash', 'aa', [], a],
    ['a root that is no hash', a, [], 'xyz'],
    ['a step that is no hash', a, [{ hash: '', position: 'left' as const }], a],
  ])('are refused, not thrown, for %s', (_, leaf, proof, root) => {
    expect(verifyMerkleProof(leaf, proof, root)).toBe(false);
  });

  it.each([-1, 3, 0.5, NaN])('do not exist for leaf %s of three', (index) => {
    expect(() => merkleProof([a, b, c], index)).toThrow(RangeError);
  });
});
