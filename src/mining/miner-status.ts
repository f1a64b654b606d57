/** What the miner tells of itself. */
import type { Address, Target } from '../consensus/index.ts';
import type { MiningProgress } from './mining-progress.ts';
import type { MinedBlock } from './mining-requests.ts';

export interface MinerStatus {
  /** Continuous mining is on. */
  readonly running: boolean;
  /** Whom continuous mining pays. */
  readonly address: Address | undefined;
  readonly threads: number;
  /** What they hash with (hash-kernel.ts); undefined before the first search. */
  readonly kernel: string | undefined;
  readonly share: number;
  /** Hashes per second over the last ten seconds of searching; 0 while nothing is searched. */
  readonly hashRate: number;
  readonly hashesTotal: number;
  /** In the active chain when they were found. */
  readonly blocksFound: number;
  readonly blocksLost: number;
  /** Of the block searched now, whoever asked for it; undefined when nothing is searched. */
  readonly currentHeight: number | undefined;
  readonly target: Target | undefined;
  /** The lowest hash seen so far, in hex, by those who search on the present tip; undefined where the threads do not tell. */
  readonly bestHash: string | undefined;
  /** On average at this rate; undefined while the rate is not known. */
  readonly expectedSecondsPerBlock: number | undefined;
  /** Milliseconds since 1970 when continuous mining was started. */
  readonly startedAtMs: number | undefined;
  readonly lastBlock:
    (Pick<MinedBlock, 'hash' | 'height' | 'outcome'> & { readonly atMs: number }) | undefined;
  readonly lastError: { readonly message: string; readonly atMs: number } | undefined;
  /** Single requests that wait for their turn. */
  readonly waiting: number;
}

export type MinerEvent =
  | { readonly type: 'mining-started'; readonly address: Address }
  | { readonly type: 'mining-stopped' }
  | ({ readonly type: 'mining-progress' } & MiningProgress)
  | ({ readonly type: 'block-found'; readonly address: Address } & Pick<
      MinedBlock,
      'hash' | 'height' | 'outcome'
    >);
