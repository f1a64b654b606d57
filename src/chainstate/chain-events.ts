/**
 * What the chain state tells, after it is durable.
 */
import type { Block, BlockHash, BlockStatus, Failure, HeaderNode, Transaction } from '../consensus/index.ts';

/** One block of a change, for listeners. */
export interface ChangedBlock {
  readonly hash: BlockHash;
  readonly height: number;
  readonly block: Block;
}

/** What happened to the chain; told after it is durable. */
export type ChainEvent =
  | {
      readonly type: 'tip-changed';
      readonly tip: HeaderNode;
      /** Height of the last block that stayed; −1 when none did. */
      readonly forkHeight: number;
      /** Top first; empty when the chain only grew. */
      readonly disconnected: readonly ChangedBlock[];
      /** Lowest first. */
      readonly connected: readonly ChangedBlock[];
      /** Transactions of disconnected blocks that are unconfirmed again, oldest first. */
      readonly returned: readonly Transaction[];
    }
  | {
      readonly type: 'block-stored';
      readonly hash: BlockHash;
      readonly height: number;
      readonly block: Block;
      readonly status: BlockStatus;
    }
  | {
      readonly type: 'block-invalid';
      readonly hash: BlockHash;
      readonly height: number;
      readonly failure: Failure;
      /** The block and all that builds on it: lowest first, so the block itself is the first. */
      readonly condemned: readonly BlockHash[];
      /** Came just now, and is one of these. */
      readonly arrived: ChangedBlock | undefined;
    };
