/** The chain state: see chainstate.ts, then chain-step.ts. */
export type * from './chain-events.ts';
export * from './chain-step.ts';
export * from './chainstate.ts';
export type * from './chainstate-options.ts';
export { StoreUnusableError } from './certain-commit.ts';
export * from './coins-cache.ts';
export * from './event-stream.ts';
export { type AcceptedBlock, MAX_RUN } from './incoming-block.ts';
export * from './loose-headers.ts';
export * from './orphan-blocks.ts';
export * from './ports.ts';
export * from './reorg-log.ts';
export * from './serial-queue.ts';
export * from './verify-coins.ts';
