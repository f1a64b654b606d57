/**
 * How hard each node of a devnet mines, and how hard blocks must be so that one comes in the time wanted.
 *
 * All nodes share one machine, so what matters is the sum: a share is a part of one processor thread, and together they may
 * take no more than the machine can spare.
 */
import { HEADER_BYTES, MAX_TARGET, targetToJson } from '../../consensus/index.ts';
import type { Target } from '../../consensus/index.ts';
import { bestKernel } from '../../mining/wasm-kernel.ts';
import { usageError } from '../cli-errors.ts';

/** Parts of one thread, 0 … 1, in the order of the nodes. 0 does not mine. */
export type Shares = readonly number[];

/** When no shares are given: together one thread. A block time means something, and the machine stays usable. */
const DEFAULT_TOTAL = 1;
/** The node does not take smaller ones seriously, and neither does its clock. */
const LEAST_SHARE = 0.001;

/**
 * Reads `--mine`: true for equal shares, one number for the same share each, or a number for each node; in percent of one
 * thread.
 * @throws CliError (usage)
 */
export function parseShares(asked: true | string, nodes: number): Shares {
  if (asked === true) return Array.from({ length: nodes }, () => Math.min(1, DEFAULT_TOTAL / nodes));
  const percents = asked.split(',').map((text) => parsePercent(text, '--mine'));
  const each = percents.length === 1 ? Array.from({ length: nodes }, () => percents[0] ?? 0) : percents;
  if (each.length !== nodes) {
    throw usageError(
      `--mine has ${each.length} shares for ${nodes} nodes.`,
      'Give one for each, like --mine 50,30,20; one number for all; or --mine alone for equal shares.',
    );
  }
  if (each.every((share) => share === 0))
    throw usageError('--mine: all shares are 0.', 'Leave --mine out, and nobody mines.');
  return each;
}

/** `50` as 0.5. @throws CliError (usage) */
export function parsePercent(text: string, flag: string): number {
  const percent = Number(text.trim().replace(/%$/, ''));
  if (text.trim() === '' || !(percent >= 0 && percent <= 100)) {
    throw usageError(
      `${flag}: "${text.trim()}" is not a share.`,
      'A share is a percentage of one processor thread, from 0 to 100.',
    );
  }
  return percent === 0 ? 0 : Math.max(LEAST_SHARE, percent / 100);
}

export interface FittedShares {
  readonly shares: Shares;
  /** What all shares were multiplied with; 1 when the machine can spare what was asked for. */
  readonly factor: number;
}

/** Shrinks shares in proportion where they are more than the machine can spare: one thread is left to everything else. */
export function fitShares(shares: Shares, cores: number): FittedShares {
  const total = sum(shares);
  const most = Math.max(1, cores - 1);
  const factor = total <= most ? 1 : most / total;
  return { shares: shares.map((share) => share * factor), factor };
}

/** The part of a thread that works for the whole network; that of {@link DEFAULT_TOTAL} while nobody mines yet. */
export function totalShare(shares: Shares | undefined): number {
  return shares === undefined ? DEFAULT_TOTAL : sum(shares);
}

function sum(shares: Shares): number {
  return shares.reduce((total, share) => total + share, 0);
}

export interface Miner {
  /** What it should mine with. */
  readonly share: number;
  readonly hasBlocks: boolean;
  /** Miners of one group hear of each other's blocks. */
  readonly group: number;
}

/**
 * What each miner of those that run should mine with at this moment. While a group has no block at all, its strongest miner
 * searches for the first with the shares of all: were all of them to search, several first blocks would be found, and the
 * network's life would begin with a quarrel. After that, whoever has the first block takes part.
 */
export function sharesNow(miners: readonly Miner[]): Shares {
  return miners.map((miner) => {
    if (miner.hasBlocks) return miner.share;
    const group = miners.filter((other) => other.group === miner.group);
    if (group.some((other) => other.hasBlocks)) return 0;
    const strongest = group.reduce((best, other) => (other.share > best.share ? other : best));
    return miner === strongest ? Math.min(1, sum(group.map(({ share }) => share))) : 0;
  });
}

/** The target at which so many hashes a second find a block in so many seconds on average, as `0x…`. */
export function targetFor(hashesPerSecond: number, blockTimeS: number): string {
  const hashes = BigInt(Math.max(1, Math.round(hashesPerSecond * blockTimeS)));
  return targetToJson((MAX_TARGET / hashes) as Target);
}

const WARM_UP_MS = 150;
const MEASURE_MS = 250;
const NONCES_PER_CALL = 2_000;

/** Hashes a second that one thread of this machine does. Blocks the caller for about half a second. */
export function measureHashRate(): number {
  const kernel = bestKernel();
  const job = { header: new Uint8Array(HEADER_BYTES), target: new Uint8Array(32) }; // nothing meets this target
  const run = (forMs: number): number => {
    const startedMs = performance.now();
    let hashes = 0;
    let elapsedMs = 0;
    for (; elapsedMs < forMs; elapsedMs = performance.now() - startedMs)
      hashes += kernel.scan(job, hashes, NONCES_PER_CALL).hashesDone;
    return (hashes * 1000) / elapsedMs;
  };
  run(WARM_UP_MS); // until it is compiled
  return run(MEASURE_MS);
}
