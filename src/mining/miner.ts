/**
 * The miner: finds blocks, on request or continuously, and hands them to the node as everybody else would.
 *
 *   mineOne, mineMany ──┐
 *                       ├─ turns (one at a time) ──> block search ──> pool of threads
 *   start … stop ───────┘                                 │
 *                                                         └─> submit: mined, or lost the race
 *
 * Continuous mining steps aside for single requests and goes on afterwards. Nothing here blocks the node's thread, and
 * whatever is cancelled leaves no thread working.
 */
import { setMaxListeners } from 'node:events';
import { EventStream } from '../chainstate/index.ts';
import { type Address, type BlockHash, blockHashOf, bytesToHex } from '../consensus/index.ts';
import { BlockSearch, type BlockSearchOptions, type FoundBlock, waitRealTime } from './block-search.ts';
import { FoundBlocks, type FoundRecord } from './found-blocks.ts';
import type { HashesDone } from './hash-worker-messages.ts';
import { LinkedAbort } from './linked-abort.ts';
import type { MinerEvent, MinerStatus } from './miner-status.ts';
import { MinedBlockRefusedError, MinerClosedError, TargetTooHardError } from './mining-errors.ts';
import { type MiningProgress, SearchTally } from './mining-progress.ts';
import type {
  MinedBlock,
  MineManyOptions,
  MineManyResult,
  MineOptions,
  MineResult,
  MiningEffort,
  UnfinishedSearch,
} from './mining-requests.ts';
import { describeDuration, expectedHashes } from './odds.ts';
import { hopeful, type Judge, patientUpTo } from './patience.ts';
import type { MinerModules, MiningTemplate } from './ports.ts';
import { checkShare, checkThreads } from './proof-of-work.ts';
import { RollingRate } from './rolling-rate.ts';
import { SearchTurns } from './search-turns.ts';

export interface MinerOptions extends BlockSearchOptions {
  /** Longest expected time that a single request accepts, in seconds; default 3,600. See {@link TargetTooHardError}. */
  readonly maxExpectedSeconds?: number;
  /** Single requests that may wait for their turn; default 16. */
  readonly maxWaiting?: number;
  /** Progress is told at most this often, in milliseconds; default 250. */
  readonly progressEveryMs?: number;
}

/** Continuous mining, from `start` to `stop`. */
interface Run {
  readonly address: Address;
  readonly effort: Required<MiningEffort>;
  readonly ending: AbortController;
  readonly startedAtMs: number;
  ended: Promise<void>;
}

/** One search as the miner sees it. */
interface Attempt {
  readonly address: Address;
  readonly signal: AbortSignal;
  readonly effort: Required<MiningEffort>;
  readonly tally: SearchTally;
  readonly judge: Judge;
  readonly onProgress: ((progress: MiningProgress) => void) | undefined;
}

const DEFAULT_MAX_EXPECTED_SECONDS = 3_600;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

export class Miner {
  readonly events = new EventStream<MinerEvent>();
  private readonly modules: MinerModules;
  private readonly maxExpectedSeconds: number;
  private readonly progressEveryMs: number;
  private readonly turns: SearchTurns;
  private readonly blockSearch: BlockSearch;
  private readonly wait: NonNullable<MinerModules['wait']>;
  private readonly closing = new AbortController();
  private readonly rate = new RollingRate();
  private run: Run | undefined = undefined;
  private searching: MiningTemplate | undefined = undefined;
  private lastProgressMs = -Infinity;
  private lastHashesMs = 0;
  private kernelTold: string | undefined = undefined;
  private hashesTotal = 0;
  private blocksFound = 0;
  private blocksLost = 0;
  private readonly foundBlocks = new FoundBlocks();
  /** The lowest hash of the search on one tip. */
  private best: { readonly prevHash: BlockHash; readonly hash: string } | undefined = undefined;
  private lastBlock: MinerStatus['lastBlock'] = undefined;
  private lastError: MinerStatus['lastError'] = undefined;

  constructor(options: MinerOptions, modules: MinerModules) {
    // One listener for each request that runs or waits: bounded by maxWaiting, and no leak.
    setMaxListeners(0, this.closing.signal);
    this.modules = modules;
    this.maxExpectedSeconds = options.maxExpectedSeconds ?? DEFAULT_MAX_EXPECTED_SECONDS;
    this.progressEveryMs = options.progressEveryMs ?? 250;
    this.turns = new SearchTurns(options.maxWaiting ?? 16);
    this.blockSearch = new BlockSearch(options, modules);
    this.wait = modules.wait ?? waitRealTime;
  }

  // --- Single requests ----------------------------------------------------------------------------------------------

  /**
   * Finds one block that pays `address`.
   * @throws MinerBusyError, TargetTooHardError, MinedBlockRefusedError, HashWorkerError, MinerClosedError, and what the
   * template or the store threw
   */
  mineOne(address: Address, options: MineOptions = {}): Promise<MineResult> {
    return this.limited(options, (signal, why) => this.mineInTurn(address, options, { signal, why }, false));
  }

  /**
   * Finds blocks until `count` of its own are in the active chain. Other requests get their turns in between.
   * @throws like {@link mineOne}; RangeError for a count that is not a whole number from 1 on
   */
  async mineMany(address: Address, count: number, options: MineManyOptions = {}): Promise<MineManyResult> {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`the number of blocks must be a whole number from 1 on, not ${count}`);
    }
    return this.limited(options, async (signal, why) => {
      const mined: { hash: BlockHash; height: number }[] = [];
      let lost = 0;
      while (mined.length < count) {
        const admitted = mined.length + lost > 0;
        const result = await this.mineInTurn(address, options, { signal, why }, admitted);
        switch (result.outcome) {
          case 'mined':
            mined.push({ hash: result.hash, height: result.height });
            options.onBlock?.(result);
            break;
          case 'lost-race':
            lost++;
            options.onBlock?.(result);
            break;
          case 'cancelled':
          case 'timed-out':
            return { outcome: result.outcome, mined, lost };
        }
      }
      return { outcome: 'done', mined, lost };
    });
  }

  // --- Continuous mining --------------------------------------------------------------------------------------------

  /**
   * Mines on and on. When it does so already, the new address and effort take the place of the old ones.
   * @throws MinerClosedError; RangeError for a share or threads out of range
   */
  start(address: Address, effort: MiningEffort = {}): MinerStatus {
    this.checkOpen();
    const complete = this.completeEffort(effort);
    const before = this.run;
    before?.ending.abort();
    this.rate.reset();
    this.lastError = undefined;
    const run: Run = {
      address,
      effort: complete,
      ending: new AbortController(),
      startedAtMs: this.modules.clock.nowMs(),
      ended: Promise.resolve(),
    };
    this.run = run;
    this.modules.log.info({ address, ...complete }, 'mining started');
    this.events.emit({ type: 'mining-started', address });
    run.ended = Promise.all([before?.ended, this.mineOnAndOn(run)]).then(() => undefined);
    return this.status();
  }

  /** Stops continuous mining. When it resolves, nothing of it is left; single requests go on. */
  async stop(): Promise<void> {
    const { run } = this;
    if (run === undefined) return;
    run.ending.abort();
    await run.ended;
  }

  /** Ends everything, requests that wait too (as cancelled). The pool stays open: it is not ours. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.stop();
    // The last turn, which is never given back: whoever had the turn before has ended then.
    await this.turns.take(new AbortController().signal, true);
    this.blockSearch.close();
  }

  /** The blocks found lately, latest first; those that lost the race, too. */
  found(): readonly FoundRecord[] {
    return this.foundBlocks.list();
  }

  status(): MinerStatus {
    const { run, searching } = this;
    const hashRate = searching === undefined ? 0 : this.rate.perSecond;
    const target = searching?.header.target;
    return {
      running: run !== undefined,
      address: run?.address,
      threads: run?.effort.threads ?? this.modules.pool.threads,
      kernel: this.modules.pool.kernel,
      share: run?.effort.share ?? 1,
      hashRate,
      hashesTotal: this.hashesTotal,
      blocksFound: this.blocksFound,
      blocksLost: this.blocksLost,
      currentHeight: searching?.height,
      target,
      bestHash: this.best?.hash,
      expectedSecondsPerBlock:
        target !== undefined && hashRate > 0 ? expectedHashes(target) / hashRate : undefined,
      startedAtMs: run?.startedAtMs,
      lastBlock: this.lastBlock,
      lastError: this.lastError,
      waiting: this.turns.waitingCount,
    };
  }

  // --- How ----------------------------------------------------------------------------------------------------------

  /** Runs `work` under a signal that the caller, the time limit and `close` abort. */
  private async limited<T>(
    options: MineOptions,
    work: (signal: AbortSignal, why: () => UnfinishedSearch['outcome']) => Promise<T>,
  ): Promise<T> {
    this.checkOpen();
    const ending = new LinkedAbort([options.signal, this.closing.signal]);
    let timedOut = false;
    const limit =
      options.maxSeconds === undefined
        ? undefined
        : this.wait(options.maxSeconds * 1000, ending.signal).then(() => {
            timedOut = !ending.signal.aborted;
            ending.abort();
          });
    try {
      return await work(ending.signal, () => (timedOut ? 'timed-out' : 'cancelled'));
    } finally {
      ending.release();
      ending.abort(); // calls the time limit off
      await limit;
    }
  }

  private async mineInTurn(
    address: Address,
    options: MineOptions,
    { signal, why }: { signal: AbortSignal; why: () => UnfinishedSearch['outcome'] },
    admitted: boolean,
  ): Promise<MineResult> {
    const effort = this.completeEffort(options);
    const turn = await this.turns.take(signal, admitted);
    if (turn === undefined) return { outcome: why(), hashes: 0, elapsedSeconds: 0 };
    try {
      const tally = this.newTally();
      const judge = patientUpTo(this.limitSecondsOf(options), effort, tally);
      const attempt = { address, signal, effort, tally, judge, onProgress: options.onProgress };
      const mined = await this.attempt(attempt);
      return mined ?? { outcome: why(), hashes: tally.hashes, elapsedSeconds: this.secondsSince(tally) };
    } finally {
      turn.release();
    }
  }

  /** Never rejects. */
  private async mineOnAndOn(run: Run): Promise<void> {
    const { address, effort } = run;
    const signal = run.ending.signal;
    let tally = this.newTally();
    let failuresInARow = 0;
    const judge = hopeful(
      this.maxExpectedSeconds,
      effort,
      () => tally,
      (expectedSeconds, { height }) => {
        const message = `a block takes about ${describeDuration(expectedSeconds)} at this speed`;
        this.modules.log.warn({ height, expectedSeconds }, message);
      },
    );
    for (;;) {
      const turn = await this.turns.takeInBackground(signal);
      if (turn === undefined) break;
      const until = new LinkedAbort([signal, turn.interrupted]);
      try {
        const attempt = { address, signal: until.signal, effort, tally, judge, onProgress: undefined };
        // An interrupted search goes on later, with its count.
        if ((await this.attempt(attempt)) !== undefined) tally = this.newTally();
        failuresInARow = 0;
      } catch (error) {
        failuresInARow++;
        this.remember(error);
        if (error instanceof TargetTooHardError) break;
      } finally {
        until.release();
        turn.release();
      }
      if (failuresInARow > 0) {
        await this.wait(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failuresInARow - 1)), signal);
      }
    }
    if (this.run !== run) return; // another start took its place
    this.run = undefined;
    this.modules.log.info({ address }, 'mining stopped');
    this.events.emit({ type: 'mining-stopped' });
  }

  /** Searches one block and hands it in; undefined when the signal ended it. */
  private async attempt(attempt: Attempt): Promise<MinedBlock | undefined> {
    const { address, signal, effort, tally } = attempt;
    try {
      const found = await this.blockSearch.run({
        address,
        signal,
        ...effort,
        judge: (template) => {
          if (this.searching !== template) this.lastHashesMs = this.modules.clock.nowMs();
          this.searching = template;
          return attempt.judge(template);
        },
        onProgress: (template, done) => this.onHashes(attempt, template, done),
      });
      return found === undefined ? undefined : await this.handIn(found, address, tally);
    } finally {
      this.searching = undefined;
    }
  }

  private async handIn(found: FoundBlock, address: Address, tally: SearchTally): Promise<MinedBlock> {
    const { block, template } = found;
    const { height, fees } = template;
    const verdict = await this.modules.submit(block);
    // A duplicate is our own block, found by another node that mines for the same address: no error, but not ours either.
    if (!verdict.ok && verdict.class !== 'duplicate') throw new MinedBlockRefusedError(verdict);
    const outcome = verdict.ok && verdict.value.status === 'active' ? 'mined' : 'lost-race';
    if (outcome === 'mined') this.blocksFound++;
    else this.blocksLost++;

    const hash = blockHashOf(block.header);
    const atMs = this.modules.clock.nowMs();
    const { hashes } = tally;
    const elapsedSeconds = this.secondsSince(tally);
    const mined: MinedBlock = { outcome, block, hash, height, fees, hashes, elapsedSeconds };
    this.lastBlock = { hash, height, outcome, atMs };
    this.foundBlocks.note(mined, address, atMs);
    this.modules.log.info({ hash, height, outcome, hashes }, 'block found');
    this.events.emit({ type: 'block-found', hash, height, outcome, address });
    return mined;
  }

  private onHashes(attempt: Attempt, template: MiningTemplate, done: HashesDone): void {
    const nowMs = this.modules.clock.nowMs();
    this.hashesTotal += done.hashes;
    this.rate.add(done.hashes, nowMs - this.lastHashesMs);
    this.lastHashesMs = nowMs;
    attempt.tally.add(done);
    this.noteBest(template, done);
    this.tellKernel();

    // A clock that was set back must not silence it.
    const sinceMs = Math.abs(nowMs - this.lastProgressMs);
    if (sinceMs < this.progressEveryMs) return;
    this.lastProgressMs = nowMs;
    const progress = attempt.tally.progress(template, nowMs);
    attempt.onProgress?.(progress);
    this.events.emit({ type: 'mining-progress', ...progress });
  }

  private noteBest({ header: { prevHash } }: MiningTemplate, { bestHash }: HashesDone): void {
    if (this.best?.prevHash !== prevHash) this.best = undefined;
    if (bestHash === undefined) return;
    const hash = bytesToHex(bestHash);
    // Hex of one length sorts as the numbers do.
    if (this.best === undefined || hash < this.best.hash) this.best = { prevHash, hash };
  }

  /** A node that mines slowly should not leave its owner guessing why. */
  private tellKernel(): void {
    const { kernel } = this.modules.pool;
    if (kernel === undefined || kernel === this.kernelTold) return;
    this.kernelTold = kernel;
    this.modules.log.info({ kernel }, `the hashing threads run the kernel ${kernel}`);
  }

  /** The longest expected time. Who limits the real time has decided for himself. */
  private limitSecondsOf({ maxExpectedSeconds, maxSeconds }: MineOptions): number {
    return maxExpectedSeconds ?? (maxSeconds === undefined ? this.maxExpectedSeconds : Infinity);
  }

  private completeEffort({
    threads = this.modules.pool.threads,
    share = 1,
  }: MiningEffort): Required<MiningEffort> {
    return { threads: checkThreads(threads), share: checkShare(share) };
  }

  private remember(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.lastError = { message, atMs: this.modules.clock.nowMs() };
    this.modules.log.warn({ err: error }, `mining failed: ${message}`);
  }

  private newTally(): SearchTally {
    return new SearchTally(this.modules.clock.nowMs(), this.rate);
  }

  private secondsSince(tally: SearchTally): number {
    return Math.max(0, this.modules.clock.nowMs() - tally.startedAtMs) / 1000;
  }

  private checkOpen(): void {
    if (this.closing.signal.aborted) throw new MinerClosedError('the miner is closed');
  }
}
