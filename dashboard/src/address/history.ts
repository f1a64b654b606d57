/** The history of an address as pages of it come, and what it had at each height. */
import type { HistoryAnswer, HistoryEntry } from '../../../src/protocol/addresses.ts';

export interface History {
  /** Latest first, without a gap. */
  readonly entries: readonly HistoryEntry[];
  /** Where older ones go on; null when these are all. */
  readonly next: string | null;
}

/**
 * A new first page, in front of what is known. Where the two do not meet (much has happened, or the chain was reorganised) only
 * the new page counts.
 */
export function withLatest(known: History | undefined, page: HistoryAnswer): History {
  const last = page.transactions.at(-1);
  const meets = known?.entries.findIndex(({ txid, height }) => txid === last?.txid && height === last.height);
  if (known === undefined || meets === undefined || meets < 0)
    return { entries: page.transactions, next: page.next };
  return { entries: [...page.transactions, ...known.entries.slice(meets + 1)], next: known.next };
}

export function withOlder(known: History, page: HistoryAnswer): History {
  return { entries: [...known.entries, ...page.transactions], next: page.next };
}

/** Whether all that had happened by a height is older than what is loaded. */
export function isBeforeLoaded({ entries, next }: History, height: number): boolean {
  const oldest = entries.at(-1);
  return next !== null && (oldest === undefined || oldest.height > height);
}

/**
 * The balance after each height at which it changed, lowest first: worked out backwards from what it is now. Ends at the tip;
 * begins at zero, unless older entries are missing.
 */
export function balanceOverTime(
  { entries, next }: History,
  balance: number,
  tipHeight: number,
): { readonly xs: number[]; readonly ys: number[] } {
  const xs: number[] = [];
  const ys: number[] = [];
  let after = balance;
  for (const { height, net } of entries) {
    // Of several at one height, the last tells what it had in the end.
    if (xs.at(-1) !== height) {
      xs.push(height);
      ys.push(after);
    }
    after -= net;
  }
  const first = xs.at(-1);
  if (first === undefined) return { xs, ys };
  if (next === null && first > 0) {
    xs.push(0);
    ys.push(0);
  }
  if (xs[0] !== tipHeight) {
    xs.unshift(tipHeight);
    ys.unshift(balance);
  }
  return { xs: xs.reverse(), ys: ys.reverse() };
}
