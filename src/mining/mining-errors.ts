/** Why mining cannot be done. All messages are for people. */
import { type Failure, type Target, targetToJson } from '../consensus/index.ts';
import { describeDuration, describeHashRate, describeNumber, expectedHashes } from './odds.ts';

/** What a {@link TargetTooHardError} is about. */
export interface TargetTooHardDetails {
  readonly height: number;
  readonly target: Target;
  readonly threads: number;
  /** Hashes per second, measured; undefined where no rate would do. */
  readonly hashRate: number | undefined;
  /** Longest expected time that is accepted, in seconds. */
  readonly limitSeconds: number;
}

/** A block would take longer on average than the caller has patience for. */
export class TargetTooHardError extends Error {
  override readonly name = 'TargetTooHardError';
  readonly height: number;
  readonly target: Target;
  readonly expectedHashes: number;
  /** Hashes per second; undefined where no rate would do. */
  readonly hashRate: number | undefined;
  /** On average; undefined where no rate would do. */
  readonly expectedSeconds: number | undefined;
  readonly limitSeconds: number;

  constructor(details: TargetTooHardDetails) {
    const { height, target, threads, hashRate, limitSeconds } = details;
    const hashes = expectedHashes(target);
    const seconds = hashRate === undefined ? undefined : hashes / hashRate;
    super(
      hashRate === undefined || seconds === undefined
        ? `No block can be mined at height ${height}: the target is ${targetToJson(target)}, which only a hash of all ` +
            'zeros meets. Start a network of your own with a larger DEFAULT_TARGET.'
        : `A block at height ${height} takes ${describeNumber(hashes)} hashes on average. This machine does ` +
            `${describeHashRate(hashRate)} on ${threads} ${threads === 1 ? 'thread' : 'threads'}, so expect ` +
            `${describeDuration(seconds)}; the limit is ${describeDuration(limitSeconds)}. Use more threads, accept a ` +
            'longer search, mine continuously in the background, or start a network of your own with a larger ' +
            'DEFAULT_TARGET.',
    );
    this.height = height;
    this.target = target;
    this.expectedHashes = hashes;
    this.hashRate = hashRate;
    this.expectedSeconds = seconds;
    this.limitSeconds = limitSeconds;
  }
}

/** Too many requests wait already. Nothing was begun. */
export class MinerBusyError extends Error {
  override readonly name = 'MinerBusyError';
}

/** The miner was closed. */
export class MinerClosedError extends Error {
  override readonly name = 'MinerClosedError';
}

/** Our own node refuses the block that it found: template and rules disagree. A bug, not bad luck. */
export class MinedBlockRefusedError extends Error {
  override readonly name = 'MinedBlockRefusedError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`the block that was mined is refused: ${failure.reason} (${failure.detail})`);
    this.failure = failure;
  }
}
