/** What the lesson needs of the node's own code, loaded with the copy: hashes, rules, and a search for nonces. */
export { blockHashOf } from '../../../../src/consensus/header.ts';
export { REASONS } from '../../../../src/consensus/reasons.ts';
export { workOfTarget } from '../../../../src/consensus/target.ts';
export { searchNonce } from '../nonce-search.ts';
export { copyLastBlocks, tampered, verdictsOf, withRightRoot } from './copied-blocks.ts';
