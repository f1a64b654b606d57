/**
 * The mempool: valid transactions that wait to be mined.
 *
 * To read it in order: policy, fee-rate, entry, entry-graph, entry-pool; assessment with package-limits and replacement,
 * admission (who comes in); block-changes, orphan-pool, rolling-minimum-fee; journal (what survives a crash); and this file.
 *
 * Invariants, at every moment: no two entries spend one coin; every input's coin is in the chain or is an output of another
 * entry; every entry could be in the next block. What was acknowledged is in the store before the answer is given.
 */
import {
  type Address,
  type ChainParams,
  fail,
  type Failure,
  OK,
  ok,
  type Outpoint,
  outpointKey,
  type Transaction,
  type Txid,
  txidOf,
  type Verdict,
  type Wtxid,
} from '../consensus/index.ts';
import { EventStream } from '../chainstate/event-stream.ts';
import type { Clock, Verifier } from '../chainstate/ports.ts';
import { Admission, MempoolBusyError, type Outcome } from './admission.ts';
import type { Candidate } from './assessment.ts';
import { applyBlocks, type Departure, type Returning } from './block-changes.ts';
import { reportOn } from './check-report.ts';
import { inOrder, MempoolEntry } from './entry.ts';
import { EntryPool, type StagedEntry } from './entry-pool.ts';
import { feePerKbOf } from './fee-rate.ts';
import { MempoolJournal } from './journal.ts';
import { OrphanPool } from './orphan-pool.ts';
import { DEFAULT_MEMPOOL_POLICY, type MempoolPolicy } from './policy.ts';
import type { ChainView, MempoolStore } from './ports.ts';
import { RollingMinimumFee } from './rolling-minimum-fee.ts';
import { generationsOf } from './stored-order.ts';
import type {
  Accepted,
  AcceptVerdict,
  BlocksChange,
  CheckReport,
  LoadSummary,
  MempoolEvent,
  MempoolStats,
  Refusal,
  RemovalCause,
  UnconfirmedCoin,
} from './verdicts.ts';
import type { VerifiedTransactions } from './verified-transactions.ts';

export interface MempoolOptions {
  readonly params: ChainParams;
  /** What is left out is as in {@link DEFAULT_MEMPOOL_POLICY}. */
  readonly policy?: Partial<MempoolPolicy>;
}

export interface MempoolModules {
  readonly chain: ChainView;
  readonly store: MempoolStore;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** Shared with the chain state, so that blocks do not verify again what was verified here. */
  readonly verified: Pick<VerifiedTransactions, 'has' | 'add'>;
  /** Work that nobody waits for has failed (the store, the chain's store, the verifier): the node should stop. */
  readonly onBackgroundError: (error: unknown) => void;
}

/** Where a transaction comes from, as far as it matters. */
interface Arrival {
  readonly source?: string | undefined;
  /** It waited here before, since then (milliseconds since 1970). */
  readonly receivedAtMs?: number | undefined;
  readonly holdAsOrphan: boolean;
  readonly ignoreMinimumFee: boolean;
  /** It is in the store already. */
  readonly isStored: boolean;
}

const FROM_OUTSIDE: Arrival = { holdAsOrphan: true, ignoreMinimumFee: false, isStored: false };
/** Back from a block of a branch that lost: its fee was good enough for a miner. */
const FROM_BLOCK: Arrival = { holdAsOrphan: false, ignoreMinimumFee: true, isStored: false };
const FROM_STORE: Arrival = { holdAsOrphan: false, ignoreMinimumFee: false, isStored: true };

/** A verdict, and when it will hold after a crash too. */
interface Admitted {
  readonly verdict: AcceptVerdict;
  readonly durable: Promise<void> | undefined;
}

/** How many transactions are loaded at a time. */
const LOAD_PORTION = 500;
/** Looking for expired ones costs a walk over all. */
const EXPIRY_INTERVAL_MS = 60_000;

export class Mempool {
  readonly params: ChainParams;
  readonly policy: MempoolPolicy;
  readonly events = new EventStream<MempoolEvent>();
  private readonly modules: MempoolModules;
  private readonly pool = new EntryPool();
  private readonly orphans: OrphanPool;
  private readonly minimumFee: RollingMinimumFee;
  private readonly journal: MempoolJournal;
  private readonly admission: Admission;
  private readonly background = new Set<Promise<void>>();
  private expiredAtMs = 0;

  constructor(options: MempoolOptions, modules: MempoolModules) {
    this.params = options.params;
    this.policy = { ...DEFAULT_MEMPOOL_POLICY, ...options.policy };
    this.modules = modules;
    this.orphans = new OrphanPool(this.policy);
    this.minimumFee = new RollingMinimumFee(this.policy);
    this.journal = new MempoolJournal(modules.store, {
      addFailed: (txids, error) => this.withdraw(txids, error),
      removeFailed: (error) => modules.onBackgroundError(error),
    });
    const { params, policy, pool, minimumFee } = this;
    this.admission = new Admission({ params, policy }, { ...modules, pool, minimumFee });
  }

  // --- What comes in ---------------------------------------------------------------------------------------------

  /**
   * Takes a transaction from anybody. When the promise resolves with a success, it is durable. A transaction whose parents
   * are unknown is refused *and* held (see {@link Refusal}).
   * @param options.source who sent it, for a fair share of the room for orphans
   * @throws MempoolBusyError, or whatever the stores or the verifier throw; then it is not in the mempool
   */
  async accept(tx: Transaction, options: { readonly source?: string } = {}): Promise<AcceptVerdict> {
    const { verdict, durable } = await this.admit(tx, { ...FROM_OUTSIDE, source: options.source });
    await durable;
    return verdict;
  }

  /** What {@link accept} would do, without doing it. @throws as accept does */
  check(tx: Transaction): Promise<CheckReport> {
    this.expireNowAndThen();
    return this.admission.decide(tx, { ignoreMinimumFee: false }, (outcome) => this.report(tx, outcome));
  }

  /**
   * Follows the chain. To be called in the same tick in which {@link ChainView} begins to show the new tip. What must leave
   * has left when this returns; what comes back comes in the background (see {@link whenIdle}).
   */
  onBlocksChanged(change: BlocksChange): void {
    const { chain, clock } = this.modules;
    const { departures, returning } = applyBlocks(this.pool, change, chain.height + 1, chain.medianTimePast);
    const comingBack = new Set(returning.map(({ tx }) => txidOf(tx)));
    for (const { entry, cause } of departures) {
      if (cause === 'confirmed') this.journal.confirmed(entry.txid);
      // What is to be tried again stays in the store until that has failed: a crash must not lose it.
      else if (!comingBack.has(entry.txid)) this.journal.remove(entry.txid);
    }
    if (change.connected.length > 0) this.minimumFee.blockConnected(clock.nowS());
    const transactions = change.connected.flatMap(({ block }) => block.transactions);
    this.orphans.dropConfirmed(transactions);
    this.tellRemoved(departures);
    if (returning.length > 0) this.inBackground(() => this.takeBack(returning));
    for (const tx of transactions) this.tryOrphansOf(txidOf(tx));
  }

  /**
   * Takes up the transactions of the last run, parents first. To be called once, before anything else.
   * @throws whatever the stores or the verifier throw
   */
  async load(): Promise<LoadSummary> {
    const { store, clock } = this.modules;
    const dropped: LoadSummary['dropped'][number][] = [];
    let restored = 0;
    for (const generation of generationsOf(await store.load())) {
      for (let start = 0; start < generation.length; start += LOAD_PORTION) {
        const portion = generation.slice(start, start + LOAD_PORTION);
        const reasons = await Promise.all(
          portion.map(async ({ tx, receivedAtMs: storedAtMs }) => {
            const receivedAtMs = storedAtMs > 0 ? storedAtMs : clock.nowMs();
            if (receivedAtMs + this.policy.expiryMs <= clock.nowMs()) return 'expired';
            const { verdict } = await this.admit(tx, { ...FROM_STORE, receivedAtMs });
            return verdict.ok ? undefined : verdict.reason;
          }),
        );
        for (const [index, { tx }] of portion.entries()) {
          const reason = reasons[index];
          if (reason === undefined) restored++;
          else dropped.push({ txid: txidOf(tx), reason });
        }
      }
    }
    for (const { txid } of dropped) if (!this.has(txid)) this.journal.remove(txid);
    await this.journal.whenIdle();
    return { restored, dropped };
  }

  /** Forgets what has waited too long. Happens by itself now and then; @returns how many left */
  expire(): number {
    const nowMs = this.modules.clock.nowMs();
    this.expiredAtMs = nowMs;
    this.orphans.expire(nowMs);
    const old: MempoolEntry[] = [];
    for (const entry of this.pool.values()) {
      if (entry.receivedAtMs + this.policy.expiryMs <= nowMs) old.push(entry);
    }
    return this.remove(old, 'expired').length;
  }

  /** When all that goes on in the background is done: orphans, returning transactions, writes. */
  async whenIdle(): Promise<void> {
    while (this.background.size > 0) await Promise.all(this.background);
    await this.journal.whenIdle();
  }

  // --- Questions ---------------------------------------------------------------------------------------------------

  /** How many are waiting. */
  get size(): number {
    return this.pool.size;
  }

  /** Full bytes of all together. */
  get bytes(): number {
    return this.pool.bytes;
  }

  has(txid: Txid): boolean {
    return this.pool.get(txid) !== undefined;
  }

  get(txid: Txid): MempoolEntry | undefined {
    return this.pool.get(txid);
  }

  /** True while it waits for its parents. */
  holdsOrphan(wtxid: Wtxid): boolean {
    return this.orphans.has(wtxid);
  }

  /** A snapshot in the order of acceptance: parents before children. */
  entries(): MempoolEntry[] {
    return [...this.pool.values()];
  }

  /** From the first that a miner wants to the last, in one go. Ancestors are not put in front; the first few cost no look at the rest. */
  byMiningScore(): Generator<MempoolEntry, void> {
    return this.pool.byMiningScore();
  }

  /** Those accepted after the entry with this sequence number, oldest first, in one go. */
  acceptedAfter(sequence: number): Generator<MempoolEntry, void> {
    return this.pool.acceptedAfter(sequence);
  }

  /** The waiting transaction that spends this coin. */
  spenderOf({ txid, index }: Outpoint): MempoolEntry | undefined {
    return this.pool.spenderOf(outpointKey(txid, index));
  }

  /** Waiting transactions that pay to an address or spend its coins, oldest first. */
  touching(address: Address): MempoolEntry[] {
    return inOrder(this.pool.touching(address));
  }

  /** What waiting transactions pay to an address. */
  unconfirmedCoinsOf(address: Address): UnconfirmedCoin[] {
    return this.touching(address).flatMap(({ txid, tx }) =>
      [...tx.outputs.entries()]
        .filter(([, output]) => output.pubkeyHash === address)
        .map(([index, { amount }]) => ({
          outpoint: { txid, index },
          amount,
          spentBy: this.spenderOf({ txid, index })?.txid,
        })),
    );
  }

  stats(): MempoolStats {
    const { size, bytes, fees } = this.pool;
    return {
      ...{ size, bytes, fees, maxBytes: this.policy.maxPoolBytes },
      minimumFeePerKb: this.minimumFeePerKb(),
      orphans: this.orphans.size,
      orphanBytes: this.orphans.bytes,
    };
  }

  // --- How it is done ------------------------------------------------------------------------------------------------

  private minimumFeePerKb(): number {
    const rolling = this.minimumFee.feePerKb(this.pool.bytes, this.modules.clock.nowS());
    return Math.max(rolling, this.policy.minRelayFeePerKb);
  }

  private admit(tx: Transaction, arrival: Arrival): Promise<Admitted> {
    this.expireNowAndThen();
    return this.admission.decide(tx, arrival, (outcome) => {
      if (outcome.kind === 'admissible') return this.letIn(outcome.candidate, arrival);
      const { failure } = outcome;
      if (outcome.kind === 'refused') return { verdict: refusal(failure), durable: undefined };
      const { missingParents } = outcome;
      const nowMs = this.modules.clock.nowMs();
      const held = arrival.holdAsOrphan && this.orphans.add(tx, missingParents, arrival.source, nowMs);
      const detail = held ? `${failure.detail}; it is held until its parents arrive` : failure.detail;
      return {
        verdict: { ...failure, detail, heldAsOrphan: held, missingParents },
        durable: undefined,
      };
    });
  }

  /** The commit: from here to the end nobody else gets a turn. */
  private letIn(candidate: Candidate, arrival: Arrival): Admitted {
    const { entry, staged } = this.stage(candidate, arrival.receivedAtMs ?? this.modules.clock.nowMs());
    if (!staged.fits) {
      staged.undo();
      return { verdict: refusal(this.noRoom(candidate)), durable: undefined };
    }
    // 1. Memory.
    staged.commit();
    for (const evicted of staged.evictedPackages) this.minimumFee.evicted(evicted);

    // 2. The store, in the background of the caller.
    const { tx, txid, wtxid, fee, sizeBytes } = entry;
    const replaced = inOrder(candidate.replaced);
    for (const leaving of [...replaced, ...staged.evicted]) this.journal.remove(leaving.txid);
    let durable: Promise<void> | undefined;
    if (!arrival.isStored) {
      durable = this.journal.add(txid, { tx, receivedAtMs: entry.receivedAtMs, fee });
      // Where it could not be stored, what it replaced is due again. (Also marks the rejection as seen.)
      durable.catch(() => this.inBackground(() => this.takeBack(replaced)));
    }

    // 3. Everybody else.
    const departures = (entries: readonly MempoolEntry[], cause: RemovalCause): Departure[] =>
      entries.map((leaving) => ({ entry: leaving, cause, by: cause === 'replaced' ? txid : undefined }));
    this.tellRemoved(departures(replaced, 'replaced'));
    this.events.emit({ type: 'accepted', entry });
    this.tellRemoved(departures(staged.evicted, 'evicted'));

    // 4. Those that waited for it.
    this.tryOrphansOf(txid);
    const accepted: Accepted = {
      ...{ txid, wtxid, fee, sizeBytes },
      replaced: replaced.map((leaving) => leaving.txid),
      evicted: staged.evicted.map((leaving) => leaving.txid),
    };
    return { verdict: ok(accepted), durable };
  }

  private stage(candidate: Candidate, receivedAtMs: number): { entry: MempoolEntry; staged: StagedEntry } {
    const { parents, ancestors, replaced } = candidate;
    const sequence = this.pool.nextSequence();
    const entry = new MempoolEntry({ ...candidate, receivedAtMs }, sequence, parents, ancestors);
    return { entry, staged: this.pool.stage(entry, replaced, this.policy.maxPoolBytes) };
  }

  private noRoom({ fee, sizeBytes }: Candidate): Failure {
    return fail(
      'mempool full',
      `the ${this.policy.maxPoolBytes} bytes of the mempool are taken by what pays more than its ${feePerKbOf({ fee, sizeBytes })} per 1,000 bytes`,
    );
  }

  private report(tx: Transaction, outcome: Outcome): CheckReport {
    let verdict: Verdict = outcome.kind === 'admissible' ? OK : outcome.failure;
    let evicted: readonly MempoolEntry[] = [];
    if (outcome.kind === 'admissible') {
      const { staged } = this.stage(outcome.candidate, this.modules.clock.nowMs());
      staged.undo();
      if (staged.fits) evicted = staged.evicted;
      else verdict = this.noRoom(outcome.candidate);
    }
    const wouldBeHeld = outcome.kind === 'orphan' && this.orphans.accepts(tx);
    return reportOn(tx, outcome, {
      ...{ verdict, evicted, wouldBeHeld },
      minimumFeePerKb: this.minimumFeePerKb(),
    });
  }

  /** Tries transactions again that were in a block or here before. What is refused now is given up. */
  private async takeBack(returning: readonly Returning[]): Promise<void> {
    const writes: Promise<void>[] = [];
    for (const { tx, receivedAtMs } of returning) {
      const admitted = await this.admitUnlessBusy(tx, { ...FROM_BLOCK, receivedAtMs });
      if (admitted === undefined) continue;
      const { verdict, durable } = admitted;
      if (durable !== undefined) writes.push(durable);
      // What is known already is in the chain or here: its row is right, or gone.
      else if (!verdict.ok && verdict.class !== 'duplicate') this.journal.remove(txidOf(tx));
    }
    await Promise.all(writes);
  }

  /** A parent has come: its orphans get another chance. They may bring in others. */
  private tryOrphansOf(parent: Txid): void {
    const waiting = this.orphans.takeChildrenOf(parent);
    if (waiting.length === 0) return;
    this.inBackground(async () => {
      for (const { tx, source } of waiting) {
        const admitted = await this.admitUnlessBusy(tx, { ...FROM_OUTSIDE, source });
        await admitted?.durable;
      }
    });
  }

  /** Nobody waits for these, so nobody can try later: left to the next start, where they are stored, or to their sender. */
  private async admitUnlessBusy(tx: Transaction, arrival: Arrival): Promise<Admitted | undefined> {
    try {
      return await this.admit(tx, arrival);
    } catch (error) {
      if (error instanceof MempoolBusyError) return undefined;
      throw error;
    }
  }

  /** The store did not take these: nobody may rely on them, nor on what hangs on them. */
  private withdraw(txids: readonly Txid[], error: unknown): void {
    const roots = txids.map((txid) => this.pool.get(txid)).filter((entry) => entry !== undefined);
    const leaving = this.pool.removeWithDescendants(roots);
    for (const { txid } of leaving) this.journal.abandon(txid, error);
    this.tellRemoved(leaving.map((entry) => ({ entry, cause: 'storage-failed', by: undefined })));
  }

  private remove(roots: readonly MempoolEntry[], cause: RemovalCause): readonly MempoolEntry[] {
    const leaving = this.pool.removeWithDescendants(roots);
    for (const { txid } of leaving) this.journal.remove(txid);
    this.tellRemoved(leaving.map((entry) => ({ entry, cause, by: undefined })));
    return leaving;
  }

  private tellRemoved(departures: readonly Departure[]): void {
    for (const departure of departures) this.events.emit({ type: 'removed', ...departure });
  }

  private expireNowAndThen(): void {
    if (this.modules.clock.nowMs() >= this.expiredAtMs + EXPIRY_INTERVAL_MS) this.expire();
  }

  private inBackground(work: () => Promise<void>): void {
    const task: Promise<void> = work()
      .catch((error: unknown) => this.modules.onBackgroundError(error))
      .finally(() => this.background.delete(task));
    this.background.add(task);
  }
}

function refusal(failure: Failure): Refusal {
  return { ...failure, heldAsOrphan: false, missingParents: [] };
}
