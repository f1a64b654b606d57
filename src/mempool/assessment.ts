/**
 * The mempool's decision about one transaction, as far as it can be made without waiting: pure, against the waiting
 * transactions and the coins that were fetched (Core: MemPoolAccept::PreChecks and ReplacementChecks, validation.cpp).
 *
 * In this order, cheap before expensive: known already? coins? amounts? fee? replaces whom? hangs together with whom?
 * What comes before (the transaction by itself) and after (its signatures) is in admission.ts.
 */
import {
  type ChainParams,
  checkTransactionInputs,
  type Coin,
  fail,
  type Failure,
  isFinal,
  type OutpointKey,
  outpointKey,
  type Transaction,
  transactionSize,
  type Txid,
  txidOf,
  type Verdict,
  wtxidOf,
} from '../consensus/index.ts';
import type { EntryFacts, MempoolEntry, PackageTotals } from './entry.ts';
import { ancestorsOf } from './entry-graph.ts';
import type { EntryPool } from './entry-pool.ts';
import { feeForSize } from './fee-rate.ts';
import { checkPackageLimits, checkParentCount } from './package-limits.ts';
import type { MempoolPolicy } from './policy.ts';
import { checkReplacement, checkSpendsNoConflict, collectReplaced } from './replacement.ts';

/** What the decision depends on besides the transaction. */
export interface AssessmentContext {
  readonly pool: EntryPool;
  readonly policy: MempoolPolicy;
  readonly params: ChainParams;
  /** Height of the block that it could be in. */
  readonly nextHeight: number;
  /** Median time past of the tip, seconds. */
  readonly medianTimePast: number;
  /** The rolling minimum, base units per 1,000 bytes. */
  readonly minimumFeePerKb: number;
  /** Transactions that come back from a block need not pay our minimum (Core: bypass_limits). */
  readonly ignoreMinimumFee: boolean;
  /** The coins of the chain that were asked for; undefined where there is no unspent one. */
  readonly chainCoins: ReadonlyMap<OutpointKey, Coin | undefined>;
}

/** What was found out, as far as the decision got. */
export interface Findings {
  /** Base units. */
  readonly fee: number | undefined;
  /** Unconfirmed ancestors. */
  readonly ancestors: ReadonlySet<MempoolEntry>;
  /** It and its unconfirmed ancestors. */
  readonly withAncestors: PackageTotals | undefined;
  /** What it would throw out: conflicts and what hangs on them. */
  readonly replaced: ReadonlySet<MempoolEntry>;
}

/** A transaction that breaks no rule but, perhaps, those about signatures. */
export interface Candidate extends Findings, Omit<EntryFacts, 'receivedAtMs'> {
  readonly fee: number;
  readonly withAncestors: PackageTotals;
  readonly parents: Set<MempoolEntry>;
}

export type Assessment =
  /** Fetch these and ask again. */
  | { readonly kind: 'coins-wanted'; readonly keys: readonly OutpointKey[] }
  /** These do not exist, neither in the chain nor here, or are spent in the chain. */
  | { readonly kind: 'coins-missing'; readonly keys: readonly OutpointKey[] }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly findings: Findings }
  | { readonly kind: 'admissible'; readonly candidate: Candidate };

export const NO_FINDINGS: Findings = {
  fee: undefined,
  ancestors: new Set(),
  withAncestors: undefined,
  replaced: new Set(),
};

const NONE: ReadonlySet<MempoolEntry> = new Set();

/** Decides about a transaction that has passed checkTransaction and is no coinbase. */
export function assess(tx: Transaction, context: AssessmentContext): Assessment {
  const { pool, policy, params, nextHeight, medianTimePast } = context;
  const txid = txidOf(tx);
  const wtxid = wtxidOf(tx);
  const findings: { -readonly [Key in keyof Findings]: Findings[Key] } = { ...NO_FINDINGS };
  const refused = (failure: Failure): Assessment => ({ kind: 'refused', failure, findings });

  // 1. Could it be in the next block at all, and is it new?
  if (!isFinal(tx, nextHeight, medianTimePast)) {
    const next = `the next block has height ${nextHeight} and median time past ${medianTimePast}`;
    return refused(tooEarly(fail('bad-txns-nonfinal', `locktime ${tx.locktime}; ${next}`)));
  }
  const known = pool.get(txid);
  if (known !== undefined) {
    return refused(
      known.wtxid === wtxid
        ? fail('txn-already-in-mempool', `${txid} is waiting already`)
        : fail('txn-same-nonwitness-data-in-mempool', `${txid} is waiting with other signatures`),
    );
  }

  // 2. The coins that it spends: outputs of waiting transactions, or of the chain.
  const coins = new Map<OutpointKey, Coin>();
  const parents = new Set<MempoolEntry>();
  const conflicts = new Set<MempoolEntry>();
  const wanted: OutpointKey[] = [];
  const missing: OutpointKey[] = [];
  for (const { prevTxid, prevIndex } of tx.inputs) {
    const key = outpointKey(prevTxid, prevIndex);
    const parent = pool.get(prevTxid);
    const output = parent?.tx.outputs[prevIndex];
    if (parent !== undefined && output !== undefined) {
      parents.add(parent);
      coins.set(key, { ...output, height: nextHeight, coinbase: false });
    } else {
      const coin = context.chainCoins.get(key);
      if (coin !== undefined) coins.set(key, coin);
      else if (parent === undefined && !context.chainCoins.has(key)) wanted.push(key);
      else missing.push(key);
    }
    const conflict = pool.spenderOf(key);
    if (conflict !== undefined) conflicts.add(conflict);
  }
  if (wanted.length > 0) return { kind: 'coins-wanted', keys: wanted };
  if (missing.length > 0) return { kind: 'coins-missing', keys: missing };

  // 3. Consensus: maturity, amounts.
  const inputs = checkTransactionInputs(tx, coins, nextHeight, medianTimePast, params);
  if (!inputs.ok) return refused(tooEarly(inputs));
  const { fee, spent } = inputs.value;
  const sizeBytes = transactionSize(tx);
  findings.fee = fee;

  // 4. The fee, before anything that costs more to find out.
  const paid = checkFee(fee, sizeBytes, context);
  if (!paid.ok) return refused(paid);

  // 5. Its family, and whom it replaces.
  const parentCount = checkParentCount(parents, policy);
  if (!parentCount.ok) return refused(parentCount);
  const ancestors = parents.size === 0 ? NONE : ancestorsOf(parents);
  findings.ancestors = ancestors;
  findings.withAncestors = sumOf(fee, sizeBytes, ancestors);

  let replaced = NONE;
  if (conflicts.size > 0) {
    const collected = collectReplaced(conflicts, policy);
    if (!collected.ok) return refused(collected);
    replaced = collected.value;
    findings.replaced = replaced;
    const disjoint = checkSpendsNoConflict(ancestors, conflicts);
    if (!disjoint.ok) return refused(disjoint);
  }
  const limits = checkPackageLimits(sizeBytes, ancestors, replaced, policy);
  if (!limits.ok) return refused(limits);
  if (conflicts.size > 0) {
    const replacement = checkReplacement({ fee, sizeBytes, parents, conflicts, replaced }, policy);
    if (!replacement.ok) return refused(replacement);
  }

  const maturity = Math.max(params.coinbaseMaturity, 1);
  let matureFromHeight = 0;
  for (const { coin } of spent) {
    if (coin.coinbase) matureFromHeight = Math.max(matureFromHeight, coin.height + maturity);
  }
  const { withAncestors } = findings;
  return {
    kind: 'admissible',
    candidate: {
      ...{ tx, txid, wtxid, sizeBytes, fee, spent, matureFromHeight },
      ...{ parents, ancestors, withAncestors, replaced },
    },
  };
}

function checkFee(fee: number, sizeBytes: number, context: AssessmentContext): Verdict {
  if (!context.ignoreMinimumFee) {
    const rolling = feeForSize(context.minimumFeePerKb, sizeBytes);
    if (fee < rolling)
      return fail(
        'mempool min fee not met',
        `it pays ${fee}; while the mempool is full, its ${sizeBytes} bytes cost ${rolling}`,
      );
    const relay = feeForSize(context.policy.minRelayFeePerKb, sizeBytes);
    if (fee < relay)
      return fail('min relay fee not met', `it pays ${fee}; its ${sizeBytes} bytes cost ${relay}`);
  }
  return { ok: true, value: undefined };
}

/**
 * A loose transaction that comes before its time is not wrong for ever, as it would be in a block: whoever sent it may be
 * ahead of us (Core: TX_PREMATURE_SPEND, for which no peer is blamed).
 */
function tooEarly(failure: Failure): Failure {
  return failure.reason === 'bad-txns-nonfinal' || failure.reason === 'bad-txns-premature-spend-of-coinbase'
    ? { ...failure, class: 'time-future' }
    : failure;
}

function sumOf(fee: number, sizeBytes: number, ancestors: Iterable<MempoolEntry>): PackageTotals {
  const sum = { count: 1, fee, sizeBytes };
  for (const ancestor of ancestors) {
    sum.count++;
    sum.fee += ancestor.fee;
    sum.sizeBytes += ancestor.sizeBytes;
  }
  return sum;
}

/** The transactions that created these outpoints, each once. */
export function parentsOfKeys(keys: readonly OutpointKey[]): Txid[] {
  return [...new Set(keys.map((key) => key.slice(0, 64) as Txid))];
}
