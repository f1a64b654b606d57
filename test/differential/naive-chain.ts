/**
 * A node as one would write it in an afternoon: all blocks in a list, and whenever it wants to know whether a chain is
 * valid, it computes everything from genesis on. No undo, no cache, no coins that outlive a question. What it knows of the
 * product are types and the names of the reasons.
 */
import type {
  Block,
  BlockHeader,
  BlockStatus,
  ChainParams,
  FailureClass,
  Reason,
} from '../../src/consensus/index.ts';
import { blockBytes, hashOf, NOTHING, sha256d, txidOf } from './naive-encoding.ts';
import { connect, judgeBody, judgeHeader, type NaiveCoins, type Refusal, workOf } from './naive-rules.ts';

export type NaiveVerdict =
  | { readonly ok: true; readonly hash: string; readonly height: number; readonly status: BlockStatus }
  | { readonly ok: false; readonly reason: Reason; readonly class: FailureClass };

/** What an address lived through. */
export interface NaiveEvent {
  readonly txid: string;
  readonly height: number;
  readonly received: number;
  readonly sent: number;
}

const REFUSED = {
  duplicate: { ok: false, reason: 'duplicate', class: 'duplicate' },
  duplicateInvalid: { ok: false, reason: 'duplicate-invalid', class: 'duplicate' },
  noParent: { ok: false, reason: 'prev-blk-not-found', class: 'missing-parent' },
  badParent: { ok: false, reason: 'bad-prevblk', class: 'consensus' },
} as const satisfies Record<string, NaiveVerdict>;

interface Known {
  readonly header: BlockHeader;
  /** Undefined while only the header is here. */
  body: Block | undefined;
  /** Breaks a rule for ever. */
  isBad: boolean;
  /** The disk knows of it. */
  isStored: boolean;
  /** When it and all below it were complete; undefined while they are not. */
  complete: number | undefined;
}

export class NaiveChain {
  tip: string | undefined = undefined;
  private readonly params: ChainParams;
  private readonly nowS: number;
  /** All headers, parents first. */
  private known = new Map<string, Known>();
  private orphans: Block[] = [];
  private lastComplete = 0;

  constructor(params: ChainParams, nowS: number) {
    this.params = params;
    this.nowS = nowS;
  }

  /** Whether bodies are here that wait for one below them. */
  get hasLooseBodies(): boolean {
    return [...this.known].some(
      ([hash, { body }]) => body !== undefined && !this.isBad(hash) && !this.isComplete(hash),
    );
  }

  get orphanCount(): number {
    return this.orphans.length;
  }

  /** True for a block of which at least the header is here. */
  knows(hash: string): boolean {
    return this.known.has(hash);
  }

  accept(block: Block): NaiveVerdict {
    const verdict = this.acceptOne(block);
    if (!verdict.ok) return verdict;
    const parents = [verdict.hash];
    for (const parent of parents) {
      const children = this.orphans.filter(({ header }) => header.prevHash === parent);
      this.orphans = this.orphans.filter((orphan) => !children.includes(orphan));
      for (const child of children) {
        const next = this.acceptOne(child);
        if (next.ok) parents.push(next.hash);
      }
    }
    return { ...verdict, status: this.statusOf(verdict.hash) };
  }

  /** Takes headers up to the first that is refused; tells why that one was. */
  acceptHeaders(headers: readonly BlockHeader[]): Reason | undefined {
    for (const header of headers) {
      const hash = hashOf(header);
      if (this.known.has(hash)) {
        if (this.isBad(hash)) return 'duplicate-invalid';
        continue;
      }
      const refusal = this.judgeParent(header) ?? this.judgeHeader(header);
      if (refusal !== undefined) return refusal.reason;
      this.know(header);
    }
    return undefined;
  }

  /** The program ended and started again: what was in memory only is gone. */
  reopen(): void {
    this.orphans = [];
    const heightOf = (hash: string): number => this.pathTo(hash).length;
    const stored = [...this.known].filter(([, { isStored }]) => isStored);
    stored.sort(([a], [b]) => heightOf(a) - heightOf(b));
    this.known = new Map(stored);
    for (const entry of this.known.values()) entry.complete = undefined;
    for (const [hash, entry] of this.known) if (this.isComplete(hash)) entry.complete = ++this.lastComplete;
  }

  // --- What is, computed from genesis -----------------------------------------------------------------------------

  /** The active chain, genesis first. */
  get active(): Block[] {
    return this.tip === undefined ? [] : this.blocksTo(this.tip);
  }

  /** The unspent coins after the active chain, or after its first blocks. */
  coins(upToHeight = Infinity): NaiveCoins {
    const coins: NaiveCoins = new Map();
    const below: BlockHeader[] = [];
    for (const block of this.active.slice(0, upToHeight + 1)) {
      const refusal = connect(block, below, coins, this.params);
      if (refusal !== undefined) throw new Error(`the active chain breaks ${refusal.reason}`);
      below.push(block.header);
    }
    return coins;
  }

  /** Latest first; within a block by txid, backwards. */
  historyOf(address: string): NaiveEvent[] {
    const outputs = new Map<string, { amount: number; pubkeyHash: string }>();
    const events: NaiveEvent[] = [];
    for (const [height, block] of this.active.entries()) {
      for (const tx of block.transactions) {
        const txid = txidOf(tx);
        const spent = tx.inputs.map(({ prevTxid, prevIndex }) => outputs.get(`${prevTxid}:${prevIndex}`));
        const created = [...tx.outputs];
        for (const [index, output] of created.entries()) outputs.set(`${txid}:${index}`, output);
        const own = (all: readonly ({ amount: number; pubkeyHash: string } | undefined)[]): number[] =>
          all.flatMap((one) => (one?.pubkeyHash === address ? [one.amount] : []));
        const [received, sent] = [own(created), own(spent)];
        const sum = (amounts: readonly number[]): number =>
          amounts.reduce((total, amount) => total + amount, 0);
        if (received.length + sent.length > 0)
          events.push({ txid, height, received: sum(received), sent: sum(sent) });
      }
    }
    return events.sort((a, b) => b.height - a.height || (a.txid < b.txid ? 1 : -1));
  }

  // --- Taking blocks ----------------------------------------------------------------------------------------------

  private acceptOne(block: Block): NaiveVerdict {
    const { header } = block;
    const hash = hashOf(header);
    const before = this.known.get(hash);
    if (before !== undefined && this.isBad(hash)) return REFUSED.duplicateInvalid;
    if (before?.body !== undefined) return REFUSED.duplicate;
    const parent = this.judgeParent(header);
    if (parent !== undefined) {
      if (parent.reason === 'prev-blk-not-found') this.holdOrphan(block);
      return { ok: false, ...parent };
    }
    const below = this.headersTo(header.prevHash);
    const refusal = judgeHeader(header, below, this.params, this.nowS);
    if (refusal !== undefined) return { ok: false, ...refusal };
    const inBody = judgeBody(block, below.length, this.params);
    if (inBody?.class === 'mutated') return { ok: false, ...inBody };

    const entry = this.know(header);
    entry.body = block;
    if (inBody !== undefined) {
      entry.isBad = true;
      this.store(hash);
      return { ok: false, ...inBody };
    }
    const failure = this.followMostWork(hash);
    if (failure?.class === 'mutated') {
      if (before === undefined) this.known.delete(hash);
      return { ok: false, ...failure };
    }
    this.store(hash);
    if (failure !== undefined) return { ok: false, ...failure };
    if (this.isBad(hash)) return REFUSED.badParent;
    return { ok: true, hash, height: below.length, status: this.statusOf(hash) };
  }

  private judgeParent({ prevHash }: BlockHeader): Refusal | undefined {
    if (prevHash === NOTHING) return undefined;
    if (!this.known.has(prevHash)) return REFUSED.noParent;
    return this.isBad(prevHash) ? REFUSED.badParent : undefined;
  }

  private judgeHeader(header: BlockHeader): Refusal | undefined {
    return judgeHeader(header, this.headersTo(header.prevHash), this.params, this.nowS);
  }

  /** At most four copies of one hash, no copy twice, and only what could be a block. */
  private holdOrphan(block: Block): void {
    if (judgeBody(block, block.transactions[0]?.locktime ?? 0, this.params) !== undefined) return;
    const hash = hashOf(block.header);
    if (BigInt(`0x${hash}`) > block.header.target) return;
    const name = (one: Block): string => sha256d(blockBytes(one)).toString('hex');
    if (this.orphans.some((orphan) => name(orphan) === name(block))) return;
    const copies = this.orphans.filter(({ header }) => hashOf(header) === hash);
    if (copies.length >= 4) this.orphans = this.orphans.filter((orphan) => orphan !== copies[0]);
    this.orphans.push(block);
  }

  /** Moves to the best chain; what proves wrong on the way is thrown out. Tells what was wrong with `fresh` itself. */
  private followMostWork(fresh: string): Refusal | undefined {
    let failure: Refusal | undefined;
    for (;;) {
      this.noteComplete(fresh);
      const best = this.best();
      if (best === undefined) return failure;
      const found = this.judgeChain(best);
      if (found === undefined) {
        this.tip = best;
        continue;
      }
      const entry = this.known.get(found.hash)!;
      if (found.refusal.class === 'mutated') entry.body = undefined;
      else entry.isBad = true;
      for (const [hash, other] of this.known) if (!this.isComplete(hash)) other.complete = undefined;
      if (found.hash === fresh) failure = found.refusal;
    }
  }

  /** Those with more work than the tip; of these the one with most work, and of such the one that was complete first. */
  private best(): string | undefined {
    const tipWork = this.tip === undefined ? 0n : this.workTo(this.tip);
    let best: string | undefined;
    for (const [hash, { complete }] of this.known) {
      if (complete === undefined || this.workTo(hash) <= tipWork) continue;
      const lead = best === undefined ? 1n : this.workTo(hash) - this.workTo(best);
      if (lead > 0n || (lead === 0n && complete < this.known.get(best!)!.complete!)) best = hash;
    }
    return best;
  }

  /** The first block from genesis on that breaks a rule, and which. */
  private judgeChain(tip: string): { readonly hash: string; readonly refusal: Refusal } | undefined {
    const coins: NaiveCoins = new Map();
    const below: BlockHeader[] = [];
    for (const block of this.blocksTo(tip)) {
      const refusal = connect(block, below, coins, this.params);
      if (refusal !== undefined) return { hash: hashOf(block.header), refusal };
      below.push(block.header);
    }
    return undefined;
  }

  /** Numbers what is complete now and was not: `fresh`, then what waited for it, level by level. */
  private noteComplete(fresh: string): void {
    const queue = [fresh];
    for (const hash of queue) {
      const entry = this.known.get(hash);
      if (entry === undefined || !this.isComplete(hash)) continue;
      entry.complete ??= ++this.lastComplete;
      for (const [child, { header }] of this.known) if (header.prevHash === hash) queue.push(child);
    }
  }

  // --- The tree -----------------------------------------------------------------------------------------------------

  private know(header: BlockHeader): Known {
    const hash = hashOf(header);
    const before = this.known.get(hash);
    if (before !== undefined) return before;
    const entry: Known = { header, body: undefined, isBad: false, isStored: false, complete: undefined };
    this.known.set(hash, entry);
    return entry;
  }

  private store(hash: string): void {
    for (const name of this.pathTo(hash)) this.known.get(name)!.isStored = true;
  }

  /** Hashes from genesis up to this one. */
  private pathTo(hash: string): string[] {
    const path: string[] = [];
    for (let at = hash; at !== NOTHING; at = this.known.get(at)!.header.prevHash) path.unshift(at);
    return path;
  }

  private headersTo(hash: string): BlockHeader[] {
    return this.pathTo(hash).map((name) => this.known.get(name)!.header);
  }

  private blocksTo(hash: string): Block[] {
    return this.pathTo(hash).map((name) => this.known.get(name)!.body!);
  }

  private workTo(hash: string): bigint {
    return this.headersTo(hash).reduce((sum, { target }) => sum + workOf(target), 0n);
  }

  private isBad(hash: string): boolean {
    return this.pathTo(hash).some((name) => this.known.get(name)!.isBad);
  }

  private isComplete(hash: string): boolean {
    return this.pathTo(hash).every((name) => {
      const { body, isBad } = this.known.get(name)!;
      return body !== undefined && !isBad;
    });
  }

  statusOf(hash: string): BlockStatus {
    if (this.tip !== undefined && this.pathTo(this.tip).includes(hash)) return 'active';
    if (this.isBad(hash)) return 'invalid';
    return this.isComplete(hash) ? 'valid-fork' : 'headers-only';
  }
}
