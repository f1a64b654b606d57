/**
 * Mining in the page: a template from the node, threads that search its nonces, and the block back to the node.
 *
 *   node ── template ──> header ──> a part of the nonces for each thread ──> found ── POST /block ──> node
 *              ^                                                  │
 *              └── new tip; other transactions wait; all tried ───┘
 */
import { encodeHeader, HEADER_NONCE_OFFSET, HEADER_TARGET_OFFSET } from '../../../src/consensus/header.ts';
import { bytesEqual, bytesToHex } from '../../../src/consensus/bytes.ts';
import type { BlockHash } from '../../../src/consensus/hash.ts';
import type { Target } from '../../../src/consensus/target.ts';
import { NONCE_COUNT, nonceWorks } from '../../../src/mining/hash-kernel.ts';
import type {
  HashesDone,
  HashWorkerReport,
  HashWorkerRequest,
} from '../../../src/mining/hash-worker-messages.ts';
import { ApiError } from '../../../src/protocol/client-errors.ts';
import type { SubmitBlockAnswer } from '../../../src/protocol/blocks.ts';
import type { MiningTemplateAnswer } from '../../../src/protocol/mining.ts';
import { NOT_MINING, type PageEffort, type PageMining } from './page-mining.ts';

/** As much of a Worker as is used here. */
export interface HashThread {
  postMessage(request: HashWorkerRequest): void;
  onmessage: ((event: MessageEvent<HashWorkerReport>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export interface PageMinerModules {
  readonly api: {
    miningTemplate(minerAddress: string): Promise<MiningTemplateAnswer>;
    submitBlock(block: object): Promise<SubmitBlockAnswer>;
  };
  readonly startThread: () => HashThread;
  readonly nowMs: () => number;
  readonly onChange: (state: PageMining) => void;
}

const KEPT_FOUND = 20;
/** The rate is that of so many milliseconds. */
const RATE_MS = 3_000;

const isDuplicate = (error: unknown): boolean => error instanceof ApiError && error.reason === 'duplicate';

interface Search {
  readonly number: number;
  readonly template: MiningTemplateAnswer;
  readonly header: Uint8Array;
  readonly target: Uint8Array;
  readonly timestamp: number;
  /** Threads that have not come to the end of their part. */
  left: number;
}

export class PageMiner {
  private readonly modules: PageMinerModules;
  private state: PageMining = NOT_MINING;
  private effort: PageEffort | undefined;
  private threads: HashThread[] = [];
  private search: Search | undefined;
  private searches = 0;
  /** Whose block is on its way: until it is answered, every template would be for a brother of it, or for itself. */
  private handingIn: PageEffort | undefined;
  /** Of the tip that the best hash stands on. */
  private bestFor = '';
  private samples: { readonly atMs: number; readonly hashes: number }[] = [];

  constructor(modules: PageMinerModules) {
    this.modules = modules;
  }

  /** Begins; when it runs already, with the new effort. */
  start(effort: PageEffort): void {
    this.endThreads();
    this.effort = effort;
    this.samples = [];
    this.threads = Array.from({ length: effort.threads }, () => this.startThread());
    this.change({ running: true, error: undefined, threads: effort.threads, hashRate: 0 });
    this.renew().catch((error: unknown) => this.fail(error));
  }

  stop(): void {
    this.endThreads();
    this.effort = undefined;
    this.change({ running: false, hashRate: 0 });
  }

  /** Takes a new template: the tip has changed, other transactions wait, or the time went on. */
  async renew(): Promise<void> {
    const { effort } = this;
    if (effort === undefined || effort === this.handingIn) return;
    const asked = ++this.searches;
    try {
      const template = await this.modules.api.miningTemplate(effort.address);
      // Overtaken by another renewal, or stopped.
      if (asked === this.searches && effort === this.effort) this.begin(template, template.header.timestamp);
    } catch (error) {
      if (asked === this.searches && effort === this.effort) this.fail(error);
    }
  }

  private begin(template: MiningTemplateAnswer, timestamp: number): void {
    const { effort } = this;
    if (effort === undefined) return;
    const { version, prev_hash, merkle_root, target } = template.header;
    const header = encodeHeader({
      ...{ version, timestamp, nonce: 0, merkleRoot: merkle_root, prevHash: prev_hash as BlockHash },
      target: BigInt(target) as Target,
    });
    // The same header again: its first nonces were tried before.
    if (this.search !== undefined && this.search.left > 0 && bytesEqual(header, this.search.header)) return;
    this.search = {
      ...{ number: ++this.searches, template, header, timestamp, left: this.threads.length },
      target: header.slice(HEADER_TARGET_OFFSET, HEADER_NONCE_OFFSET),
    };
    if (this.bestFor !== prev_hash) {
      this.bestFor = prev_hash;
      this.change({ bestHash: undefined });
    }
    this.change({ height: template.height, target });
    const part = Math.floor(NONCE_COUNT / this.threads.length);
    for (const [index, thread] of this.threads.entries()) {
      thread.postMessage({
        ...{ kind: 'search', search: this.search.number, header, target: this.search.target },
        ...{ firstNonce: index * part, count: part, share: effort.share },
      });
    }
  }

  private startThread(): HashThread {
    const thread = this.modules.startThread();
    thread.onmessage = ({ data }) => this.onReport(data);
    thread.onerror = (event) => this.fail(new Error(event.message || 'a thread of the page ended'));
    return thread;
  }

  private endThreads(): void {
    for (const thread of this.threads) {
      thread.onmessage = null;
      thread.onerror = null;
      thread.terminate();
    }
    this.threads = [];
    this.search = undefined;
  }

  private fail(error: unknown): void {
    this.stop();
    this.change({ error });
  }

  private onReport(report: HashWorkerReport): void {
    if (report.kind === 'ready') {
      this.change({ kernel: report.kernel });
      return;
    }
    const { search } = this;
    this.count(report, search?.number === report.search);
    if (search?.number !== report.search || report.kind !== 'finished') return;
    search.left--;
    if (report.nonce !== undefined)
      this.handIn(search, report.nonce).catch((error: unknown) => this.fail(error));
    // All nonces were tried: the same block a second later has others.
    else if (search.left === 0) this.begin(search.template, search.timestamp + 1);
  }

  private count({ hashes, bestHash }: HashesDone, isCurrent: boolean): void {
    const nowMs = this.modules.nowMs();
    this.samples.push({ atMs: nowMs, hashes });
    this.samples = this.samples.filter(({ atMs }) => atMs > nowMs - RATE_MS);
    const lately = this.samples.reduce((sum, sample) => sum + sample.hashes, 0);
    const spanMs = nowMs - (this.samples[0]?.atMs ?? nowMs);
    // What an older search still tells may be about another tip.
    const best = bestHash === undefined || !isCurrent ? undefined : bytesToHex(bestHash);
    const known = this.state.bestHash;
    this.change({
      hashes: this.state.hashes + hashes,
      // Hex of one length sorts as the numbers do.
      bestHash: best !== undefined && (known === undefined || best < known) ? best : known,
      ...(spanMs > 500 ? { hashRate: (lately / spanMs) * 1_000 } : {}),
    });
  }

  private async handIn(search: Search, nonce: number): Promise<void> {
    // The others look for a brother of this block, which nobody needs; so does a template that was asked for before.
    this.search = undefined;
    this.searches++;
    const { effort } = this;
    for (const thread of this.threads) thread.postMessage({ kind: 'cancel', search: search.number });
    if (!nonceWorks({ header: search.header, target: search.target }, nonce)) {
      this.fail(new Error(`a thread of the page found nonce ${nonce}, which does not meet the target`));
      return;
    }
    const { header, transactions } = search.template;
    this.handingIn = effort;
    try {
      const block = { header: { ...header, timestamp: search.timestamp, nonce }, transactions };
      const { block_hash, height, status } = await this.modules.api.submitBlock(block);
      const found = { hash: block_hash, height, atMs: this.modules.nowMs(), isActive: status === 'active' };
      this.change({ found: [found, ...this.state.found].slice(0, KEPT_FOUND) });
    } catch (error) {
      // Meanwhile it may have been stopped, or begun anew: what comes of this block ends neither.
      if (effort !== this.effort) return;
      // The node, or another tab, mines for the same address with the same template, and was first.
      if (!isDuplicate(error)) {
        this.fail(error);
        return;
      }
    } finally {
      if (this.handingIn === effort) this.handingIn = undefined;
    }
    await this.renew();
  }

  private change(change: Partial<PageMining>): void {
    this.state = { ...this.state, ...change };
    this.modules.onChange(this.state);
  }
}
