/**
 * Merkle trees: one hash for all transactions of a block, and short proofs that one of them is in it.
 *
 *            root
 *          /      \
 *       h01        h22        An odd level repeats its last node.
 *      /   \      /   \
 *     t0   t1   t2   (t2)
 *
 * Attack (CVE-2012-2459): because of that repetition the lists [t0 t1 t2] and [t0 t1 t2 t2] have one root. A block with
 * the doubled transaction is invalid, but its hash is that of the good block: whoever remembers the hash as bad can be
 * cut off from the chain. So two equal sibling nodes (other than that repeat) are reported as *mutated*.
 * Source: Core's consensus/merkle.cpp.
 */
import { concatBytes, bytesToHex, hexToBytes } from './bytes.ts';
import { sha256d } from './hash.ts';
import { hashEngine } from './hash-engine.ts';

export interface MerkleRoot {
  /** 64 hex characters. */
  readonly root: string;
  /** True when two equal siblings were hashed together. */
  readonly mutated: boolean;
}

/** One step of a proof: the sibling's hash (hex) and the side on which it stands. */
export interface MerkleStep {
  readonly hash: string;
  readonly position: 'left' | 'right';
}

/** The level above: pairs are hashed, an odd last node with itself. */
function levelAbove(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Uint8Array;
    above.push(sha256d(concatBytes(left, level[i + 1] ?? left)));
  }
  return above;
}

/** Every level of the tree, leaves first, the root alone in the last. */
export function merkleLevels(leaves: readonly string[]): string[][] {
  if (leaves.length === 0) throw new RangeError('a merkle tree needs at least one leaf');
  let level = leaves.map(hexToBytes);
  const levels = [level.map(bytesToHex)];
  while (level.length > 1) {
    level = levelAbove(level);
    levels.push(level.map(bytesToHex));
  }
  return levels;
}

/**
 * Root of the tree over these leaves (txids in hex).
 * @throws RangeError when there are none: no block is without a transaction
 */
export function merkleRoot(leaves: readonly string[]): MerkleRoot {
  if (leaves.length === 0) throw new RangeError('a merkle tree needs at least one leaf');
  return hashEngine.merkleRoot(leaves);
}

/** The siblings on the way from leaf `index` up to the root. */
export function merkleProof(leaves: readonly string[], index: number): MerkleStep[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`there is no leaf ${index}`);
  const proof: MerkleStep[] = [];
  let position = index;
  let level = leaves.map(hexToBytes);
  while (level.length > 1) {
    const isRight = position % 2 === 1;
    const sibling = isRight ? level[position - 1] : (level[position + 1] ?? level[position]);
    proof.push({ hash: bytesToHex(sibling as Uint8Array), position: isRight ? 'left' : 'right' });
    level = levelAbove(level);
    position = Math.floor(position / 2);
  }
  return proof;
}

/** Recomputes the root from a leaf and its proof and compares; false for anything that does not fit together. */
export function verifyMerkleProof(leaf: string, proof: readonly MerkleStep[], root: string): boolean {
  const isHash = (hex: string): boolean => /^[0-9a-fA-F]{64}$/.test(hex);
  if (!isHash(leaf) || !isHash(root) || !proof.every((step) => isHash(step.hash))) return false;
  let node = hexToBytes(leaf);
  for (const step of proof) {
    const sibling = hexToBytes(step.hash);
    node = sha256d(step.position === 'left' ? concatBytes(sibling, node) : concatBytes(node, sibling));
  }
  return bytesToHex(node) === root.toLowerCase();
}
