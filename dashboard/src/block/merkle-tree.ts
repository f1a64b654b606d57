/** The merkle tree of a block as it is drawn: which nodes lead to one transaction, and which stand beside that way. */
import { merkleLevels } from '../../../src/consensus/merkle.ts';

/** A tree with more leaves is not drawn: only the way from one of them is shown. */
export const DRAWN_LEAVES = 8;

export interface TreeNode {
  readonly hash: string;
  /** On the way up, beside it, or neither. */
  readonly role: 'path' | 'sibling' | 'other';
  /** The node stands at the end of an odd level and is hashed with itself. */
  readonly isRepeated: boolean;
}

/** All levels, leaves first, with what each node is on the way up from leaf `picked`. */
export function treeLevels(txids: readonly string[], picked: number): TreeNode[][] {
  return merkleLevels(txids).map((hashes, level, levels) => {
    const own = picked >> level;
    const isRoot = level === levels.length - 1;
    return hashes.map((hash, index) => ({
      hash,
      role: index === own ? 'path' : !isRoot && index === (own ^ 1) ? 'sibling' : 'other',
      isRepeated: !isRoot && index % 2 === 0 && index === hashes.length - 1,
    }));
  });
}
