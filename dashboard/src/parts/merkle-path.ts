/** The way from a transaction up to the merkle root, step by step. */
import { bytesToHex, concatBytes, hexToBytes } from '../../../src/consensus/bytes.ts';
import { sha256d } from '../../../src/consensus/hash.ts';
import type { MerkleStep } from '../../../src/consensus/merkle.ts';

/** Two nodes are hashed together into the one above. */
export interface Climb {
  readonly left: string;
  readonly right: string;
  /** On which side the node stands that leads to our transaction. */
  readonly own: 'left' | 'right';
  readonly parent: string;
  /** The last node of an odd level has no sibling: it is hashed with itself. */
  readonly isRepeated: boolean;
}

/** @param proof siblings from the leaf up, as `merkleProof` and the node give them */
export function climb(leaf: string, proof: readonly MerkleStep[]): Climb[] {
  let node = leaf;
  return proof.map(({ hash, position }) => {
    const step = hashedTogether(node, hash, position === 'left' ? 'right' : 'left');
    node = step.parent;
    return step;
  });
}

/** The same way from another leaf: siblings stay, but a node that has none is hashed with itself again. */
export function climbFrom(leaf: string, steps: readonly Climb[]): Climb[] {
  let node = leaf;
  return steps.map(({ left, right, own, isRepeated }) => {
    const step = hashedTogether(node, isRepeated ? node : own === 'left' ? right : left, own);
    node = step.parent;
    return step;
  });
}

function hashedTogether(node: string, sibling: string, own: Climb['own']): Climb {
  const [left, right] = own === 'left' ? [node, sibling] : [sibling, node];
  const parent = bytesToHex(sha256d(concatBytes(hexToBytes(left), hexToBytes(right))));
  return { left, right, own, parent, isRepeated: node === sibling };
}

/** Where the climb ends: without a step, the leaf is the root. */
export function topOf(leaf: string, steps: readonly Climb[]): string {
  return steps.at(-1)?.parent ?? leaf;
}
