/** What an address has and did, as the node tells it: the beginning of each list, so that a miner's address stays quick. */
import type { AddressAnswer, HistoryAnswer, UtxosAnswer, Utxo } from '../../../src/protocol/schemas.ts';
import type { ApiClient } from '../../../src/protocol/client.ts';

/** So many are shown; the page of the address has all. */
export const SHOWN_COINS = 12;
const SHOWN_TRANSACTIONS = 6;
/** Read to tell how much can be spent: one page of the API. */
const COUNTED_COINS = 1000;

export interface Account {
  readonly summary: AddressAnswer;
  readonly coins: UtxosAnswer;
  readonly history: HistoryAnswer;
  readonly maturity: number;
}

export async function loadAccount(
  api: ApiClient,
  address: string,
  maturity: number | undefined,
): Promise<Account> {
  const [summary, coins, history, params] = await Promise.all([
    api.address(address),
    api.utxos(address, { limit: COUNTED_COINS }),
    api.history(address, { limit: SHOWN_TRANSACTIONS }),
    maturity === undefined ? api.params() : undefined,
  ]);
  return { summary, coins, history, maturity: maturity ?? params?.coinbase_maturity ?? 0 };
}

export type CoinState =
  | { readonly name: 'ready' }
  /** Some transaction that waits spends it. */
  | { readonly name: 'spending'; readonly txid: string }
  /** A reward that can be spent so many blocks from now. */
  | { readonly name: 'immature'; readonly blocks: number };

/** @param height of the tip that `coin` was told at */
export function coinState(coin: Utxo, height: number, maturity: number): CoinState {
  if (coin.spent_in_mempool !== null) return { name: 'spending', txid: coin.spent_in_mempool };
  if (coin.mature) return { name: 'ready' };
  // The next block, height + 1, may spend it when it is `maturity` above the coin.
  return { name: 'immature', blocks: Math.max(1, coin.height + maturity - height - 1) };
}

/** Base units in coins that a payment may spend now; of the first thousand. */
export function spendableOf({ coins, maturity }: Account): number {
  return coins.utxos
    .filter((coin) => coinState(coin, coins.height, maturity).name === 'ready')
    .reduce((sum, { amount }) => sum + amount, 0);
}
