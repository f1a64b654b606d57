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

/** What an address did so far. */
export interface Deeds {
  readonly hasMined: boolean;
  /** One of its rewards can be spent. */
  readonly isMature: boolean;
  readonly hasPaid: boolean;
  readonly isConfirmed: boolean;
}

/** Asks the node, which knows older blocks than the page: of the mempool, the last hundred transactions, the first hundred coins. */
export async function deedsOf(api: ApiClient, address: string): Promise<Deeds> {
  const [{ mempool }, { transactions }, { utxos }] = await Promise.all([
    api.address(address),
    api.history(address),
    api.utxos(address),
  ]);
  const rewards = utxos.filter(({ coinbase }) => coinbase);
  const isConfirmed = transactions.some(({ sent }) => sent > 0);
  return {
    hasMined: rewards.length > 0,
    isMature: rewards.some(({ mature }) => mature),
    hasPaid: isConfirmed || mempool.sent > 0,
    isConfirmed,
  };
}

/**
 * @param maturity after so many blocks a reward can be spent; undefined while it is not known
 * @param deeds of the address; undefined while they are not known
 */
export function stepsDone(
  view: ChainView,
  address: string | undefined,
  maturity: number | undefined,
  deeds: Deeds | undefined,
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
  // The page may not know the block any more: it keeps only the upper end of the chain. And who pays has had coins.
  if (deeds?.hasMined || deeds?.hasPaid) done.add('first');
  if (deeds?.isMature || deeds?.hasPaid) done.add('spendable');
  if (deeds?.hasPaid) done.add('sent');
  if (deeds?.isConfirmed) done.add('confirmed');
  return done;
}
