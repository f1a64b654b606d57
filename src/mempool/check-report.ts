/** What `POST /tx/check` wants to know, from the outcome of a decision that nobody acted on. */
import { type Transaction, transactionSize, type Txid, txidOf, wtxidOf } from '../consensus/index.ts';
import type { Outcome } from './admission.ts';
import { NO_FINDINGS } from './assessment.ts';
import { inOrder, type MempoolEntry } from './entry.ts';
import { feePerKbOf } from './fee-rate.ts';
import type { CheckReport } from './verdicts.ts';

/** @param rest what only the mempool as a whole can tell */
export function reportOn(
  tx: Transaction,
  outcome: Outcome,
  rest: Pick<CheckReport, 'verdict' | 'minimumFeePerKb' | 'wouldBeHeld'> & {
    readonly evicted: readonly MempoolEntry[];
  },
): CheckReport {
  const findings =
    outcome.kind === 'admissible'
      ? outcome.candidate
      : outcome.kind === 'refused'
        ? outcome.findings
        : NO_FINDINGS;
  const { fee, withAncestors } = findings;
  const sizeBytes = transactionSize(tx);
  return {
    txid: txidOf(tx),
    wtxid: wtxidOf(tx),
    sizeBytes,
    verdict: rest.verdict,
    fee,
    feePerKb: fee === undefined ? undefined : feePerKbOf({ fee, sizeBytes }),
    minimumFeePerKb: rest.minimumFeePerKb,
    ancestors: txidsOf(findings.ancestors),
    withAncestors,
    replaced: txidsOf(findings.replaced),
    evicted: txidsOf(rest.evicted),
    wouldBeHeld: rest.wouldBeHeld,
    missingParents: outcome.kind === 'orphan' ? outcome.missingParents : [],
  };
}

/** Oldest first. */
function txidsOf(entries: Iterable<MempoolEntry>): Txid[] {
  return inOrder(entries).map(({ txid }) => txid);
}
