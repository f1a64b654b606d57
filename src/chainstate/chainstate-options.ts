/** What the chain state is made of. */
import type { ChainParams, Wtxid } from '../consensus/index.ts';
import type { ChainQueries, ChainStore, Clock, Verifier } from './ports.ts';

export interface ChainstateOptions {
  readonly params: ChainParams;
  /** Coins held in memory; default 200,000 (54 MB). */
  readonly coinsCacheSize?: number;
}

export interface ChainstateModules {
  readonly store: ChainStore & Pick<ChainQueries, 'findTransaction'>;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** Signatures that were found good before, by full bytes: shared with the mempool, so that nothing is verified twice. */
  readonly verified: { has(wtxid: Wtxid): boolean; add(wtxid: Wtxid): void };
}
