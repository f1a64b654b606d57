/** Where the nodes of a merkle tree stand when it is drawn, the root on top. */
import { bytesToHex } from '../../../src/consensus/bytes.ts';
import { sha256d } from '../../../src/consensus/hash.ts';
import { merkleLevels, merkleRoot } from '../../../src/consensus/merkle.ts';

/** More leaves than this nobody can look at. */
export const MOST_LEAVES = 64;

export interface MerkleNode {
  /** 0 is the row of the leaves. */
  readonly level: number;
  readonly index: number;
  readonly hash: string;
  /** In columns of one leaf, from the left. */
  readonly middle: number;
  /** The two that it is the hash of; the same one twice where the level is odd. None for leaves. */
  readonly left: MerkleNode | undefined;
  readonly right: MerkleNode | undefined;
}

export interface MerkleView {
  readonly rows: readonly (readonly MerkleNode[])[];
  readonly root: MerkleNode;
  readonly leafCount: number;
  /** Two equal nodes stand side by side: the list of other transactions has this root, too. */
  readonly isMutated: boolean;
}

export interface Leaf {
  readonly text: string;
  readonly hash: string;
  /** A text that was hashed; else it was a txid already. */
  readonly isHashed: boolean;
}

/** One leaf for each line: a txid as it is, any other text by its sha256d. */
export function leavesOf(text: string): Leaf[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) =>
      /^[0-9a-fA-F]{64}$/.test(line)
        ? { text: line, hash: line.toLowerCase(), isHashed: false }
        : { text: line, hash: bytesToHex(sha256d(new TextEncoder().encode(line))), isHashed: true },
    );
}

/** @throws RangeError when there are no leaves */
export function merkleView(leaves: readonly string[]): MerkleView {
  const rows: MerkleNode[][] = [];
  for (const [level, hashes] of merkleLevels(leaves).entries()) {
    const below = rows[level - 1];
    rows.push(
      hashes.map((hash, index) => {
        const left = below?.[2 * index];
        const right = below?.[2 * index + 1] ?? left;
        const middle =
          left === undefined || right === undefined ? index + 0.5 : (left.middle + right.middle) / 2;
        return { level, index, hash, middle, left, right };
      }),
    );
  }
  const root = rows.at(-1)?.[0];
  if (root === undefined) throw new Error('invariant: a tree has a root');
  return { rows, root, leafCount: leaves.length, isMutated: merkleRoot(leaves).mutated };
}
