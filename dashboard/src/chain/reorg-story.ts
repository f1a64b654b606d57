/**
 * What a reorganisation did, in a sentence, from the facts that the node tells. The node has such a sentence in English, too,
 * for programs and the terminal: the one here is the same, and a test holds them together.
 */
import type { Reorg } from '../../../src/protocol/blocks.ts';
import { plural } from '../i18n/plural.ts';

export type ReorgFacts = Omit<Reorg, 'story'>;

/** One step of the node joins so many blocks at most where fewer give it more work: of a longer branch, it is the beginning. */
export const LONGEST_STEP = 16;

const nameOf = ({ fork_height, fork_hash }: ReorgFacts): string =>
  `${fork_height} (${fork_hash?.slice(0, 10)}…)`;

export function storyInEnglish(reorg: ReorgFacts): string {
  const { depth, connected_count: joined } = reorg;
  const blocks = (count: number): string => `${count} ${plural(count, 'block', 'blocks')}`;
  const where =
    reorg.fork_hash !== null
      ? ` after height ${nameOf(reorg)}`
      : depth === 1
        ? ', the genesis block,'
        : ', genesis among them,';
  const length = `${joined >= LONGEST_STEP ? 'at least ' : ''}${blocks(joined)}`;
  return `${blocks(depth)}${where} left the chain because a branch of ${length} had more work; ${paymentsInEnglish(reorg)}.`;
}

function paymentsInEnglish(reorg: ReorgFacts): string {
  const { depth, transactions_left: left, transactions_kept: kept, transactions_returned: returned } = reorg;
  const whose = plural(depth, 'its', 'their');
  if (left === 0) return `${plural(depth, 'it', 'they')} held no payments`;
  if (left === 1) return `${whose} one payment ${kept === 1 ? 'is in the new branch too' : 'waits again'}`;
  if (returned === 0) return `all of ${whose} ${left} payments are in the new branch too`;
  if (kept === 0) return `all of ${whose} ${left} payments wait again`;
  return `of ${whose} ${left} payments ${kept} ${plural(kept, 'is', 'are')} in the new branch too, ${returned} ${plural(returned, 'waits', 'wait')} again`;
}

export function storyInGerman(reorg: ReorgFacts): string {
  const { depth, connected_count: joined } = reorg;
  const where =
    reorg.fork_hash !== null
      ? ` nach Höhe ${nameOf(reorg)}`
      : depth === 1
        ? ', der Genesis-Block,'
        : ', darunter Genesis,';
  const length = `${joined >= LONGEST_STEP ? 'mindestens ' : ''}${joined} ${plural(joined, 'Block', 'Blöcken')}`;
  return (
    `${depth} ${plural(depth, 'Block', 'Blöcke')}${where} ${plural(depth, 'hat', 'haben')} die Kette verlassen, ` +
    `weil ein Zweig von ${length} mehr Arbeit hatte; ${paymentsInGerman(reorg)}.`
  );
}

function paymentsInGerman(reorg: ReorgFacts): string {
  const { depth, transactions_left: left, transactions_kept: kept, transactions_returned: returned } = reorg;
  const their = plural(depth, 'seine', 'ihre');
  const also = 'auch im neuen Zweig';
  if (left === 0) return plural(depth, 'er enthielt keine Zahlungen', 'sie enthielten keine Zahlungen');
  if (left === 1) return `${their} eine Zahlung ${kept === 1 ? `steht ${also}` : 'wartet wieder'}`;
  if (returned === 0) return `alle ${their} ${left} Zahlungen stehen ${also}`;
  if (kept === 0) return `alle ${their} ${left} Zahlungen warten wieder`;
  return `von ${their}n ${left} Zahlungen ${plural(kept, 'steht', 'stehen')} ${kept} ${also}, ${returned} ${plural(returned, 'wartet', 'warten')} wieder`;
}
