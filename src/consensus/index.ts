/**
 * The rules of the network, pure and synchronous: no I/O, no clock, no randomness. Runs in Node, browsers and the simulator.
 *
 * To read it in order: bytes, hash, transaction, sighash, header, block, merkle, target, retarget, subsidy, params, coins,
 * then what is checked and when: check-transaction, check-header, check-block, connect-block, disconnect-block; and at last
 * header-tree, which chooses the best chain.
 */
export * from './block.ts';
export * from './bytes.ts';
export * from './check-block.ts';
export * from './check-header.ts';
export * from './check-transaction.ts';
export * from './coins.ts';
export * from './connect-block.ts';
export * from './decode.ts';
export * from './disconnect-block.ts';
export * from './hash.ts';
export * from './header-tree.ts';
export * from './header.ts';
export * from './json-form.ts';
export * from './locator.ts';
export * from './merkle.ts';
export * from './params.ts';
export * from './reasons.ts';
export * from './retarget.ts';
export * from './sighash.ts';
export * from './signature.ts';
export * from './subsidy.ts';
export * from './target.ts';
export * from './transaction.ts';
