/** The way up from a transaction to the merkle root: what the lesson hashes, loaded with the proof. */
import { bytesToHex, concatBytes, hexToBytes } from '../../../../src/consensus/bytes.ts';
import { sha256d } from '../../../../src/consensus/hash.ts';
import type { MerkleStep } from '../../../../src/consensus/merkle.ts';

export { verifyMerkleProof } from '../../../../src/consensus/merkle.ts';

/** The leaf, then what comes of it on each level. */
export function pathOf(leaf: string, steps: readonly MerkleStep[]): string[] {
  let at = hexToBytes(leaf);
  return [
    leaf,
    ...steps.map(({ hash, position }) => {
      const sibling = hexToBytes(hash);
      at = sha256d(position === 'left' ? concatBytes(sibling, at) : concatBytes(at, sibling));
      return bytesToHex(at);
    }),
  ];
}
