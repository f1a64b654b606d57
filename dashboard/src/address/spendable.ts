/** What of an address the next block may spend. */
import type { AddressAnswer } from '../../../src/protocol/addresses.ts';

export interface Spendable {
  readonly amount: number;
  /** False: it may be more, since waiting transactions may spend coins that wait themselves. */
  readonly isExact: boolean;
}

/** Mature coins of the chain that nothing in the mempool spends. */
export function spendableNow({ balance, immature, mempool }: AddressAnswer): Spendable {
  const { sent, received, transaction_count: count } = mempool;
  return {
    amount: Math.max(0, balance - immature - sent),
    // A single transaction spends no output of its own.
    isExact: sent === 0 || received === 0 || count === 1,
  };
}
