/** What happened in the mempool lately, in numbers that fit into a sentence each. */
import type { EventOf } from '../../../src/protocol/events.ts';

type Changed = EventOf<'mempool-changed'>;
type Removed = Changed['removed'][number];

/** Those that came at once, or left at once for the same cause (replaced: by the same one). */
export interface MempoolNews {
  /** Time and number of the event, and where in it: names it. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly cause: 'arrived' | Removed['cause'];
  readonly count: number;
  /** One of them. */
  readonly txid: string;
  /** What took its place. */
  readonly by: string | null;
}

const KEPT = 8;

/** Latest first. Telling the same event again changes nothing. */
export function withNews(
  news: readonly MempoolNews[],
  { sequence, at, data }: { sequence: number; at: number; data: Changed },
): readonly MempoolNews[] {
  // A node that was started anew counts from one again: the time tells its events from those before.
  const event = `${at}-${sequence}-`;
  if (news.some(({ id }) => id.startsWith(event))) return news;
  const groups = new Map<string, MempoolNews>();
  const note = (cause: MempoolNews['cause'], txid: string, by: string | null): void => {
    const id = event + (cause === 'replaced' ? `${cause}-${by}` : cause);
    const known = groups.get(id) ?? { id, at, cause, count: 0, txid, by };
    groups.set(id, { ...known, count: known.count + 1 });
  };
  for (const { txid } of data.added) note('arrived', txid, null);
  for (const { txid, cause, by } of data.removed) note(cause, txid, by);
  return [...groups.values(), ...news].slice(0, KEPT);
}
