/** Which of the first steps are done, as the chain itself shows it. */
import type { ApiClient } from '../../../src/protocol/client.ts';
import { activeBlocks, type ChainView } from '../app/chain-view.ts';

export const STEPS = ['started', 'address', 'first', 'spendable', 'sent', 'confirmed'] as const;
export type Step = (typeof STEPS)[number];

/** The page on which a step is done. */
export const STEP_PATHS: Readonly<Partial<Record<Step, string>>> = {
  address: '/wallet',
  first: '/mine',
  spendable: '/mine',
  sent: '/wallet',
  confirmed: '/mine',
};

/** What an address paid to somebody so far. */
export interface Payments {
  readonly areWaiting: boolean;
  readonly areConfirmed: boolean;
}

/** Asks the node whether an address has paid: in the mempool, and in the last hundred transactions that touch it. */
export async function paymentsOf(api: ApiClient, address: string): Promise<Payments> {
  const [{ mempool }, { transactions }] = await Promise.all([api.address(address), api.history(address)]);
  return { areWaiting: mempool.sent > 0, areConfirmed: transactions.some(({ sent }) => sent > 0) };
}

/**
 * @param maturity after so many blocks a reward can be spent; undefined while it is not known
 * @param payments of the address; undefined while they are not known
 */
export function stepsDone(
  view: ChainView,
  address: string | undefined,
  maturity: number | undefined,
  payments: Payments | undefined,
): ReadonlySet<Step> {
  const done = new Set<Step>();
  const height = view.height ?? -1;
  const [first] = activeBlocks(view).filter(({ miner }) => miner !== null && miner === address);
  if (view.height !== undefined) done.add('started');
  if (address !== undefined) done.add('address');
  if (first !== undefined) done.add('first');
  // The next block may spend it: that one has the height above the tip.
  if (first !== undefined && maturity !== undefined && height + 1 >= first.height + maturity)
    done.add('spendable');
  if (payments?.areWaiting === true || payments?.areConfirmed === true) {
    // Who pays has had coins, mined so long ago maybe that the page does not know the block any more.
    for (const step of ['first', 'spendable', 'sent'] as const) done.add(step);
  }
  if (payments?.areConfirmed === true) done.add('confirmed');
  return done;
}
