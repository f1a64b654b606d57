/** What can be asked of the miner, and what it answers. */
import type { Block, BlockHash } from '../consensus/index.ts';
import type { MiningProgress } from './mining-progress.ts';

export interface MiningEffort {
  /** Default: all of the pool's. */
  readonly threads?: number;
  /** Part of the time to hash, > 0 … 1; default 1. Less keeps the machine cool. */
  readonly share?: number;
}

export interface MineOptions extends MiningEffort {
  /** Ends it: the result is `cancelled`. */
  readonly signal?: AbortSignal;
  /** Ends it after so many seconds, waiting for the turn included: the result is `timed-out`. */
  readonly maxSeconds?: number;
  /** Instead of the miner's own limit; without one, `maxSeconds` does away with the limit too. */
  readonly maxExpectedSeconds?: number;
  readonly onProgress?: (progress: MiningProgress) => void;
}

/** A block that was found. */
export interface MinedBlock {
  /** `lost-race`: another block came first; ours is valid, but not in the active chain, and pays nothing. */
  readonly outcome: 'mined' | 'lost-race';
  readonly block: Block;
  readonly hash: BlockHash;
  readonly height: number;
  /** Base units. */
  readonly fees: number;
  readonly hashes: number;
  /** Since its search began. */
  readonly elapsedSeconds: number;
}

/** No block was found. */
export interface UnfinishedSearch {
  readonly outcome: 'cancelled' | 'timed-out';
  readonly hashes: number;
  readonly elapsedSeconds: number;
}

export type MineResult = MinedBlock | UnfinishedSearch;

export interface MineManyOptions extends MineOptions {
  /** Called for each block found, those that lost the race too. */
  readonly onBlock?: (block: MinedBlock) => void;
}

export interface MineManyResult {
  readonly outcome: 'done' | 'cancelled' | 'timed-out';
  /** Those in the active chain, in order. */
  readonly mined: readonly { readonly hash: BlockHash; readonly height: number }[];
  /** Blocks that lost the race. */
  readonly lost: number;
}
