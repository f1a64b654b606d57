/** A copy of a transaction in which one byte is another one, to see what that breaks. */
import type { Transaction } from '../../../src/consensus/transaction.ts';

export interface SpoiledCopy {
  readonly tx: Transaction;
  /** Base units of the first output, as it was and as it is in the copy. */
  readonly before: number;
  readonly after: number;
}

/** A copy in which the lowest byte of the first output's amount is another one. */
export function spoiledCopy(tx: Transaction): SpoiledCopy {
  const [first, ...others] = tx.outputs;
  if (first === undefined) throw new Error('invariant: a transaction has an output');
  // The lowest bit: one byte differs, whatever the amount.
  const after = first.amount % 2 === 0 ? first.amount + 1 : first.amount - 1;
  return { tx: { ...tx, outputs: [{ ...first, amount: after }, ...others] }, before: first.amount, after };
}
