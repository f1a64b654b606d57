/**
 * What the miner needs from the outside world.
 */
import type {
  Address,
  Block,
  BlockHash,
  BlockHeader,
  BlockStatus,
  Transaction,
  Verdict,
} from '../consensus/index.ts';
import type { Clock } from '../chainstate/index.ts';
import type { ProofOfWork } from './proof-of-work.ts';

/** The block to search, all but the nonce. A {@link ./block-template.ts BlockTemplate} is one. */
export interface MiningTemplate {
  readonly height: number;
  /** Its timestamp is the earliest that the miner uses, in seconds. */
  readonly header: Omit<BlockHeader, 'nonce'>;
  readonly transactions: readonly Transaction[];
  /** Base units. */
  readonly fees: number;
  /** Full bytes of the block. */
  readonly sizeBytes: number;
}

/** What became of a block that was handed in. Chainstate's `AcceptedBlock` is one. */
export interface SubmittedBlock {
  readonly hash: BlockHash;
  readonly height: number;
  readonly status: BlockStatus;
}

/** As pino has it. */
export interface MinerLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface MinerModules {
  readonly pool: ProofOfWork;
  /** Builds on the present tip. */
  readonly makeTemplate: (minerAddress: Address) => Promise<MiningTemplate> | MiningTemplate;
  readonly submit: (block: Block) => Promise<Verdict<SubmittedBlock>>;
  /** Calls back after every change of the tip. @returns a function that ends the subscription */
  readonly onTipChange: (listener: () => void) => () => void;
  /** Calls back when other transactions wait than before. @returns a function that ends the subscription */
  readonly onMempoolChange: (listener: () => void) => () => void;
  readonly clock: Clock;
  readonly log: MinerLog;
  /**
   * Where a search starts, 0 … 2^32 − 1. Random by default: two nodes that mine for one address have the same header to
   * search, and starting at one place they would do the same work twice.
   */
  readonly firstNonce?: () => number;
  /** Resolves after a time, or at once when the signal aborts. Default: real time. */
  readonly wait?: (durationMs: number, signal: AbortSignal) => Promise<void>;
}
