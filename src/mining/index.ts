/**
 * Making blocks: what goes into one (block-template), and finding its nonce.
 *
 * To read it in order: hash-kernel, midstate-kernel, wasm-kernel, slice-search, hash-worker-pool, block-search, miner.
 */
export * from './block-template.ts';
export * from './hash-kernel.ts';
export type { HashesDone } from './hash-worker-messages.ts';
export * from './hash-worker-pool.ts';
export * from './midstate-kernel.ts';
export type { FoundRecord } from './found-blocks.ts';
export type * from './miner-status.ts';
export * from './miner.ts';
export * from './mining-errors.ts';
export type { MiningProgress } from './mining-progress.ts';
export type * from './mining-requests.ts';
export * from './next-block.ts';
export * from './odds.ts';
export type * from './ports.ts';
export * from './proof-of-work.ts';
export * from './record-kernel.ts';
export * from './reference-kernel.ts';
export * from './wasm-kernel.ts';
