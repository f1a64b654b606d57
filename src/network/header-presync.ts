/**
 * Looking at a chain of headers without keeping it: does it have enough work to be worth keeping?
 *
 * Attack: at an easy target, headers cost next to nothing. Whoever keeps what he is sent can be made to keep a million of them
 * (a "low-work header flood"). So a chain that does not show enough work in its first portion is read twice:
 *
 *   1. every header is checked against all rules, the work is added up, and of each portion only the hash of its last
 *      header is remembered: 32 bytes for 2,000 headers;
 *   2. once the work suffices, the headers are fetched again. The last hash of a portion commits to all headers before it, so
 *      what comes the second time is what was checked the first time, or it is noticed.
 *
 * (Core has the same two passes since version 24, and remembers a salted bit for every 600 headers: headerssync.cpp.)
 */
import {
  addWork,
  type BlockHash,
  type BlockHeader,
  blockHashOf,
  type ChainParams,
  checkHeader,
  type Failure,
  fail,
  type HeaderNode,
  NO_BLOCK,
  NO_WORK,
  type Target,
  type TimedBlock,
  type Work,
  workOfTarget,
} from '../consensus/index.ts';

/** As much of a header as the rules for the next ones need. */
class RecentHeader implements TimedBlock {
  readonly height: number;
  readonly timestamp: number;
  readonly target: Target;
  parent: TimedBlock | null;

  constructor(header: BlockHeader, parent: TimedBlock | null) {
    this.height = (parent?.height ?? -1) + 1;
    this.timestamp = header.timestamp;
    this.target = header.target;
    this.parent = parent;
  }
}

/** The median of the last eleven is the furthest that a rule looks back, apart from the retarget interval. */
const LOOK_BACK = 12;

export class HeaderPresync {
  private readonly params: ChainParams;
  /** The last few, oldest first: those that rules may still look at. */
  private readonly recent: RecentHeader[] = [];
  private last: TimedBlock | null;
  private lastHashSoFar: BlockHash;
  private workSoFar: Work;

  /** @param fork where the chain leaves what is known; null when it has a genesis block of its own */
  constructor(fork: HeaderNode | null, params: ChainParams) {
    this.params = params;
    this.last = fork;
    this.lastHashSoFar = fork?.hash ?? NO_BLOCK;
    this.workSoFar = fork?.chainWork ?? NO_WORK;
  }

  /** Work from genesis up to the last header taken. */
  get work(): Work {
    return this.workSoFar;
  }

  get height(): number {
    return this.last?.height ?? -1;
  }

  /** Hash of the last header taken. */
  get lastHash(): BlockHash {
    return this.lastHashSoFar;
  }

  /**
   * Checks a portion that follows the last one.
   * @param nowS our clock, in seconds
   * @returns why it cannot be, or undefined
   */
  take(headers: readonly BlockHeader[], nowS: number): Failure | undefined {
    for (const header of headers) {
      if (header.prevHash !== this.lastHashSoFar)
        return fail(
          'prev-blk-not-found',
          `a header follows ${header.prevHash} instead of ${this.lastHashSoFar}`,
        );
      const hash = blockHashOf(header);
      const verdict = checkHeader(header, hash, this.last, this.params, nowS);
      if (!verdict.ok) return verdict;
      this.lastHashSoFar = hash;
      this.workSoFar = addWork(this.workSoFar, workOfTarget(header.target));
      this.remember(new RecentHeader(header, this.last));
    }
    return undefined;
  }

  private remember(header: RecentHeader): void {
    this.last = header;
    this.recent.push(header);
    const needed = Math.max(LOOK_BACK, this.params.retargetInterval + 1);
    if (this.recent.length <= 2 * needed) return;
    // The chain of parents is cut, so that what nobody looks at any more can be forgotten.
    this.recent.splice(0, this.recent.length - needed);
    const oldest = this.recent[0];
    if (oldest !== undefined) oldest.parent = null;
  }
}
