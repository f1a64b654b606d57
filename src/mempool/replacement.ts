/**
 * Replacement: a transaction that spends the same coin as waiting ones throws them out, if it pays for that (BIP125;
 * Core: policy/rbf.cpp). No signalling: every transaction can be replaced, as in Core since version 28 ("full RBF").
 *
 *   1. It spends no output of what it throws out.
 *   2. It brings in no new unconfirmed parent. Attack: it could pay well itself and yet hang on one that never gets mined.
 *   3. It throws out at most 100, descendants included. Attack: cheap to send, expensive to undo.
 *   4. It pays more per byte than each transaction it conflicts with, alone and together with what hangs on it. The second
 *      half is ours: Core (before its cluster mempool) only looks at the first, and can lose a well-paying child that way.
 *   5. It pays at least as much as all that it throws out, and on top of it the relay of its own bytes. Attack: replacing
 *      for nothing, again and again, would use everybody's bandwidth for free.
 */
import { fail, OK, type Txid, type Verdict } from '../consensus/index.ts';
import { keepingScore, type MempoolEntry } from './entry.ts';
import { descendantsOf } from './entry-graph.ts';
import { compareFeeRates, feeForSize, feePerKbOf } from './fee-rate.ts';
import type { MempoolPolicy } from './policy.ts';

export type ReplacementPolicy = Pick<MempoolPolicy, 'maxReplaced' | 'incrementalRelayFeePerKb'>;

/** Rule 3. @returns all that would be thrown out: the conflicts and what hangs on them */
export function collectReplaced(
  conflicts: ReadonlySet<MempoolEntry>,
  policy: ReplacementPolicy,
): Verdict<Set<MempoolEntry>> {
  const tooMany = (count: number): Verdict<never> =>
    fail(
      'too many potential replacements',
      `it would throw out ${count} waiting transactions; ${policy.maxReplaced} are allowed`,
    );
  // Before their descendants are looked for: that costs up to 25 steps for each.
  if (conflicts.size > policy.maxReplaced) return tooMany(conflicts.size);
  const replaced = descendantsOf(conflicts);
  return replaced.size > policy.maxReplaced ? tooMany(replaced.size) : { ok: true, value: replaced };
}

/** Rule 1. @param ancestors the unconfirmed ones of the newcomer */
export function checkSpendsNoConflict(
  ancestors: ReadonlySet<MempoolEntry>,
  conflicts: ReadonlySet<MempoolEntry>,
): Verdict {
  for (const conflict of conflicts) {
    if (ancestors.has(conflict))
      return fail(
        'bad-txns-spends-conflicting-tx',
        `it spends an output of ${conflict.txid}, which it would replace`,
      );
  }
  return OK;
}

/** What the rules want to know of the newcomer. */
export interface Replacement {
  readonly fee: number;
  readonly sizeBytes: number;
  /** Its parents in the mempool. */
  readonly parents: ReadonlySet<MempoolEntry>;
  readonly conflicts: ReadonlySet<MempoolEntry>;
  readonly replaced: ReadonlySet<MempoolEntry>;
}

/** Rules 2, 4 and 5, for a newcomer that has conflicts. */
export function checkReplacement(newcomer: Replacement, policy: ReplacementPolicy): Verdict {
  const known = new Set<Txid>();
  for (const { tx } of newcomer.conflicts) for (const { prevTxid } of tx.inputs) known.add(prevTxid);
  for (const { txid } of newcomer.parents) {
    if (!known.has(txid))
      return fail('replacement-adds-unconfirmed', `its parent ${txid} is unconfirmed, and new`);
  }

  for (const conflict of newcomer.conflicts) {
    const toBeat = keepingScore(conflict);
    if (compareFeeRates(newcomer, toBeat) <= 0) {
      return fail(
        'insufficient fee',
        `it pays ${feePerKbOf(newcomer)} per 1,000 bytes; ${conflict.txid}${
          toBeat === conflict ? '' : ' with what hangs on it'
        } pays ${feePerKbOf(toBeat)}`,
      );
    }
  }

  let replacedFees = 0;
  for (const { fee } of newcomer.replaced) replacedFees += fee;
  const needed = replacedFees + feeForSize(policy.incrementalRelayFeePerKb, newcomer.sizeBytes);
  if (newcomer.fee < needed) {
    return fail(
      'insufficient fee',
      `it pays ${newcomer.fee}; the ${newcomer.replaced.size} it would replace pay ${replacedFees}, with the relay of its own bytes that makes ${needed}`,
    );
  }
  return OK;
}
