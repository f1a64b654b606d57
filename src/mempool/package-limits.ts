/**
 * How many unconfirmed transactions may hang together (Core: CalculateMemPoolAncestors with its limits).
 *
 * Attack: every acceptance, removal and block template walks through the relatives of a transaction. A chain of thousands
 * would make each of these steps thousands of times as expensive.
 * Where we differ: Core lets one small transaction more hang on a full package ("CPFP carve-out", for payment channels);
 * we have no contracts that need it. What a replacement throws out does not count, which Core only approximates.
 */
import { fail, OK, type Verdict } from '../consensus/index.ts';
import type { MempoolEntry } from './entry.ts';
import { ancestorsOf } from './entry-graph.ts';
import type { MempoolPolicy } from './policy.ts';

export type PackageLimits = Pick<
  MempoolPolicy,
  'maxAncestors' | 'maxAncestorBytes' | 'maxDescendants' | 'maxDescendantBytes'
>;

const tooLong = (detail: string): Verdict => fail('too-long-mempool-chain', detail);

/** Refuses on sight what has too many parents, before anybody walks through their ancestors. */
export function checkParentCount(parents: ReadonlySet<MempoolEntry>, limits: PackageLimits): Verdict {
  return parents.size + 1 > limits.maxAncestors
    ? tooLong(`it has ${parents.size} unconfirmed parents; with itself ${limits.maxAncestors} are allowed`)
    : OK;
}

/**
 * @param ancestors all unconfirmed ones
 * @param leaving entries that are replaced by the transaction
 */
export function checkPackageLimits(
  sizeBytes: number,
  ancestors: ReadonlySet<MempoolEntry>,
  leaving: ReadonlySet<MempoolEntry>,
  limits: PackageLimits,
): Verdict {
  if (ancestors.size + 1 > limits.maxAncestors)
    return tooLong(
      `it has ${ancestors.size} unconfirmed ancestors; with itself ${limits.maxAncestors} are allowed`,
    );
  let bytes = sizeBytes;
  for (const ancestor of ancestors) bytes += ancestor.sizeBytes;
  if (bytes > limits.maxAncestorBytes)
    return tooLong(
      `with its unconfirmed ancestors it has ${bytes} bytes; ${limits.maxAncestorBytes} are allowed`,
    );

  const below = new Map<MempoolEntry, { count: number; sizeBytes: number }>();
  for (const ancestor of ancestors) {
    const { count, sizeBytes } = ancestor.withDescendants;
    below.set(ancestor, { count, sizeBytes });
  }
  for (const entry of leaving) {
    for (const ancestor of ancestorsOf(entry.parents)) {
      const totals = below.get(ancestor);
      if (totals === undefined) continue;
      totals.count--;
      totals.sizeBytes -= entry.sizeBytes;
    }
  }
  for (const [ancestor, totals] of below) {
    if (totals.count + 1 > limits.maxDescendants)
      return tooLong(
        `${totals.count} transactions hang on ${ancestor.txid} (itself included); ${limits.maxDescendants} are allowed`,
      );
    if (totals.sizeBytes + sizeBytes > limits.maxDescendantBytes)
      return tooLong(
        `${ancestor.txid} and what hangs on it would have ${totals.sizeBytes + sizeBytes} bytes; ${limits.maxDescendantBytes} are allowed`,
      );
  }
  return OK;
}
