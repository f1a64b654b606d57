/** Which of the first steps are done, as the chain itself shows it. */
import { activeBlocks, type ChainView } from '../app/chain-view.ts';

export const STEPS = ['started', 'address', 'first', 'spendable', 'sent', 'confirmed'] as const;
export type Step = (typeof STEPS)[number];

/** @param maturity after so many blocks a reward can be spent; undefined while it is not known */
export function stepsDone(
  view: ChainView,
  address: string | undefined,
  maturity: number | undefined,
): ReadonlySet<Step> {
  const done = new Set<Step>();
  const active = activeBlocks(view);
  const height = view.height ?? -1;
  const mine = active.filter(({ miner }) => miner !== null && miner === address);
  const [first] = mine;
  if (view.height !== undefined) done.add('started');
  if (address !== undefined) done.add('address');
  if (first !== undefined) done.add('first');
  // The next block may spend it: that one has the height above the tip.
  if (first !== undefined && maturity !== undefined && height + 1 >= first.height + maturity)
    done.add('spendable');
  const isConfirmed = active.some(({ transaction_count: count }) => (count ?? 0) > 1);
  if (isConfirmed || (view.mempool?.size ?? 0) > 0) done.add('sent');
  if (isConfirmed) done.add('confirmed');
  return done;
}
