/**
 * Questions for coins, gathered: while one query is under way, all others wait and go as one when it is back. One client
 * waits no longer than before; fifty at once cost two queries instead of fifty.
 */
import type { Coin, OutpointKey } from '../consensus/index.ts';
import type { ChainView } from './ports.ts';

/** Coins as they were at some epoch of the chain. */
export interface CoinAnswer {
  readonly epoch: number;
  /** Holds what was asked for, as far as it is unspent, and what others asked for at the same time. */
  readonly coins: ReadonlyMap<OutpointKey, Coin>;
}

export class CoinRequests {
  private readonly chain: Pick<ChainView, 'epoch' | 'fetchCoins'>;
  private wanted = new Set<OutpointKey>();
  private next: Promise<CoinAnswer> | undefined = undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(chain: Pick<ChainView, 'epoch' | 'fetchCoins'>) {
    this.chain = chain;
  }

  /** @throws whatever the chain's store throws */
  fetch(keys: readonly OutpointKey[]): Promise<CoinAnswer> {
    for (const key of keys) this.wanted.add(key);
    if (this.next === undefined) {
      this.next = this.last.then(() => this.ask());
      // A failure is the business of those who asked, not of those who ask next.
      this.last = this.next.catch(() => undefined);
    }
    return this.next;
  }

  private async ask(): Promise<CoinAnswer> {
    const keys = [...this.wanted];
    this.wanted = new Set();
    this.next = undefined;
    const { epoch } = this.chain;
    return { epoch, coins: await this.chain.fetchCoins(keys) };
  }
}
