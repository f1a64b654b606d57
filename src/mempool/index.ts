/** The mempool: see mempool.ts, which tells in which order to read. */
export { MempoolBusyError } from './admission.ts';
export { MempoolEntry, inOrder, isMinable, isMinedBefore, miningScore, type PackageTotals } from './entry.ts';
export { ancestorsOf, descendantsOf } from './entry-graph.ts';
export * from './fee-rate.ts';
export { Heap } from './heap.ts';
export { Mempool, type MempoolModules, type MempoolOptions } from './mempool.ts';
export * from './policy.ts';
export type * from './ports.ts';
export type * from './verdicts.ts';
export { VerifiedTransactions } from './verified-transactions.ts';
