/**
 * Searches one block until it is found, while the world around it changes.
 *
 *   template ──> header ──> nonces ──> found
 *      ^           ^          │
 *      │           └──────────┤ the nonces ran out, or the timestamp is stale: same template, later timestamp
 *      └──────────────────────┘ new tip: at once. Other transactions wait: after a while
 *
 * 2^32 nonces last a thread half an hour here; a farm of ASICs, a fraction of a second. When they run out, another field of
 * the header must change. Bitcoin's miners turn to an extra nonce in the coinbase; ours has no room for one, and the
 * timestamp does: consensus takes anything between the median of the last 11 blocks and two hours from now.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Address,
  type Block,
  type BlockHeader,
  encodeHeader,
  HEADER_NONCE_OFFSET,
  HEADER_TARGET_OFFSET,
  MAX_FUTURE_BLOCK_TIME_S,
} from '../consensus/index.ts';
import { NONCE_COUNT } from './hash-kernel.ts';
import type { HashesDone } from './hash-worker-messages.ts';
import { LinkedAbort } from './linked-abort.ts';
import type { MinerModules, MiningTemplate } from './ports.ts';

export interface BlockSearchOptions {
  /** How old a template may get before waiting transactions are looked at again, in milliseconds, > 0; default 3,000. */
  readonly templateRefreshMs?: number;
  /** A timestamp this far behind our clock is renewed, in seconds, ≥ 1; default 2. */
  readonly staleTimestampS?: number;
  /**
   * How far ahead of our clock a timestamp may be rolled, in seconds; default: a minute less than consensus allows, so
   * that nodes whose clocks lag behind ours take the block too.
   */
  readonly maxTimestampAheadS?: number;
  /** Nonces to try for each timestamp, 1 … 2^32; default 2^32. Tests make it small. */
  readonly nonceCount?: number;
}

export interface BlockSearchRequest {
  readonly address: Address;
  readonly signal: AbortSignal;
  readonly threads: number;
  /** > 0 … 1. */
  readonly share: number;
  /** Called for every template, and again as hashes are done; an error ends the search with it. */
  readonly judge: (template: MiningTemplate) => Error | undefined;
  readonly onProgress: (template: MiningTemplate, done: HashesDone) => void;
}

export interface FoundBlock {
  readonly block: Block;
  readonly template: MiningTemplate;
}

/** A template, and what the world was like when it was made. */
interface BuiltTemplate {
  readonly template: MiningTemplate;
  readonly tipChanges: number;
  readonly mempoolChanges: number;
  readonly builtAtMs: number;
}

type UnminedHeader = Omit<BlockHeader, 'nonce'>;

const CLOCK_LAG_S = 60;
/** While the timestamp is as far ahead as it may be, the clock is looked at this often. */
const WAIT_FOR_CLOCK_MS = 500;

/** Resolves after a time, or at once when the signal aborts. */
export async function waitRealTime(durationMs: number, signal: AbortSignal): Promise<void> {
  // Longer times than this would overflow and fire at once.
  const maxMs = 2 ** 31 - 1;
  await sleep(Math.min(durationMs, maxMs), undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

export class BlockSearch {
  private readonly modules: MinerModules;
  private readonly templateRefreshMs: number;
  private readonly staleTimestampS: number;
  private readonly maxTimestampAheadS: number;
  private readonly nonceCount: number;
  private readonly wait: NonNullable<MinerModules['wait']>;
  private readonly firstNonce: () => number;
  private readonly unsubscribe: readonly (() => void)[];
  private tipChanges = 0;
  private mempoolChanges = 0;
  private round: LinkedAbort | undefined = undefined;
  /** The header searched last: searching the same one again would find nothing new. */
  private searched: UnminedHeader | undefined = undefined;

  constructor(options: BlockSearchOptions, modules: MinerModules) {
    this.modules = modules;
    this.templateRefreshMs = options.templateRefreshMs ?? 3_000;
    this.staleTimestampS = options.staleTimestampS ?? 2;
    this.maxTimestampAheadS = options.maxTimestampAheadS ?? MAX_FUTURE_BLOCK_TIME_S - CLOCK_LAG_S;
    this.nonceCount = options.nonceCount ?? NONCE_COUNT;
    this.wait = modules.wait ?? waitRealTime;
    this.firstNonce = modules.firstNonce ?? (() => Math.floor(Math.random() * NONCE_COUNT));
    this.unsubscribe = [
      modules.onTipChange(() => {
        this.tipChanges++;
        this.round?.abort();
      }),
      modules.onMempoolChange(() => this.mempoolChanges++),
    ];
  }

  /** Ends the subscriptions. */
  close(): void {
    for (const end of this.unsubscribe) end();
  }

  /**
   * Searches until a block is found; undefined when the signal ended it. One at a time.
   * @throws what `judge` returned, what `makeTemplate` threw, HashWorkerError
   */
  async run(request: BlockSearchRequest): Promise<FoundBlock | undefined> {
    const { signal } = request;
    let built: BuiltTemplate | undefined;
    let told = false;
    while (!signal.aborted) {
      if (built === undefined || this.isOutdated(built)) {
        built = await this.build(request.address);
        continue; // the tip may have changed meanwhile
      }
      const { template } = built;
      const objection = request.judge(template);
      if (objection !== undefined) throw objection;

      const timestamp = this.timestampFor(template.header);
      const aheadS = timestamp - this.modules.clock.nowS();
      if (aheadS > this.maxTimestampAheadS) {
        if (!told) this.modules.log.warn({ aheadS }, 'mining waits for the clock to catch up');
        told = true;
        await this.wait(WAIT_FOR_CLOCK_MS, signal);
        continue;
      }

      const header: UnminedHeader = { ...template.header, timestamp };
      const nonce = await this.searchHeader(header, built, request);
      if (nonce !== undefined) {
        return { template, block: { header: { ...header, nonce }, transactions: template.transactions } };
      }
    }
    return undefined;
  }

  private async build(address: Address): Promise<BuiltTemplate> {
    // Counted before: what changes while the template is made may not be in it.
    const { tipChanges, mempoolChanges } = this;
    const template = await this.modules.makeTemplate(address);
    return { template, tipChanges, mempoolChanges, builtAtMs: this.modules.clock.nowMs() };
  }

  private isOutdated(built: BuiltTemplate): boolean {
    if (built.tipChanges !== this.tipChanges) return true;
    if (built.mempoolChanges === this.mempoolChanges) return false;
    return this.modules.clock.nowMs() - built.builtAtMs >= this.templateRefreshMs;
  }

  /** Now, or later where the rules or earlier searches of the same header ask for it. In seconds. */
  private timestampFor(header: UnminedHeader): number {
    const timestamp = Math.max(header.timestamp, this.modules.clock.nowS());
    const { searched } = this;
    return searched !== undefined && isSameButForTime(searched, header)
      ? Math.max(timestamp, searched.timestamp + 1)
      : timestamp;
  }

  /** One round: searches the nonces of one header, until something about it should change. */
  private async searchHeader(
    header: UnminedHeader,
    built: BuiltTemplate,
    request: BlockSearchRequest,
  ): Promise<number | undefined> {
    this.searched = header;
    const bytes = encodeHeader({ ...header, nonce: 0 });
    const round = new LinkedAbort([request.signal]);
    this.round = round;
    try {
      const result = await this.modules.pool.search({
        header: bytes,
        target: bytes.slice(HEADER_TARGET_OFFSET, HEADER_NONCE_OFFSET),
        signal: round.signal,
        threads: request.threads,
        share: request.share,
        firstNonce: this.firstNonce(),
        nonceCount: this.nonceCount,
        onProgress: (done) => {
          request.onProgress(built.template, done);
          const objects = request.judge(built.template) !== undefined;
          if (objects || this.isOutdated(built) || this.isStale(header)) round.abort();
        },
      });
      return result.kind === 'found' ? result.nonce : undefined;
    } finally {
      this.round = undefined;
      round.release();
    }
  }

  /** A block should say when it was found, or the next target adjustment is misled. */
  private isStale(header: UnminedHeader): boolean {
    return this.modules.clock.nowS() - header.timestamp >= this.staleTimestampS;
  }
}

function isSameButForTime(a: UnminedHeader, b: UnminedHeader): boolean {
  return (
    a.prevHash === b.prevHash &&
    a.merkleRoot === b.merkleRoot &&
    a.version === b.version &&
    a.target === b.target
  );
}
