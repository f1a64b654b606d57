/** Payments of the play key, as lessons make them. What has to be signed loads the purse, with the curve; nothing else does. */
import type { Address, Txid } from '../../../../src/consensus/hash.ts';
import type { Transaction } from '../../../../src/consensus/transaction.ts';
import { ApiError } from '../../../../src/protocol/client-errors.ts';
import type {
  CheckTransactionAnswer,
  SubmitTransactionAnswer,
  TransactionAnswer,
} from '../../../../src/protocol/transactions.ts';
import type { Payment, SpendableCoin } from '../../../../src/wallet/payment.ts';
import { node } from '../../app/node.svelte.ts';
import { locale } from '../../i18n/locale.svelte.ts';
import { playAddress } from './play-address.svelte.ts';
import { words } from './words.ts';

const purse = async () => import('./purse.ts');

/** The address of the play key, which is made where there is none. */
export async function ownAddress(): Promise<string> {
  return playAddress.known ?? (await purse()).playKey.address;
}

/** Coins of the play key that the next block may spend and that no waiting transaction spends, oldest first. */
export async function spendableCoins(): Promise<SpendableCoin[]> {
  // Nobody can have paid to a key that is not made.
  if (playAddress.known === undefined) return [];
  const { utxos } = await node.api.utxos(playAddress.known, { limit: 1000 });
  return utxos
    .filter(({ mature, spent_in_mempool: spender }) => mature && spender === null)
    .map(({ txid, vout, amount }) => ({ txid: txid as Txid, index: vout, amount }));
}

/** The first of {@link spendableCoins}. @throws Error when there is none */
export async function oneCoin(): Promise<SpendableCoin> {
  const [coin] = await spendableCoins();
  if (coin === undefined) throw new Error(locale.of(words).noCoin);
  return coin;
}

/** What a payment must pay here at least, in base units per 1,000 bytes; not nothing, so that rates can be compared. */
export async function leastFeeRate(): Promise<number> {
  const { min_fee_per_kb: least } = await node.api.mempoolInfo();
  return Math.max(least, 1000);
}

/**
 * Builds and signs a payment from one coin.
 * @param to the shop of the lessons when left out
 * @throws Error where the coin cannot pay amount and fee
 */
export async function payFrom(coin: SpendableCoin, feePerKb: number, to?: Address): Promise<Payment> {
  return (await purse()).signedPayment(coin, feePerKb, to);
}

export async function submit(transaction: Transaction): Promise<SubmitTransactionAnswer> {
  return node.api.submitTx((await purse()).transactionToJson(transaction));
}

/** What the node would say if it were handed in. */
export async function opinionOn(transaction: Transaction): Promise<CheckTransactionAnswer> {
  return node.api.checkTx((await purse()).transactionToJson(transaction));
}

/** A transaction that waits or is in the chain; undefined when the node does not have it. */
export async function known(txid: string | undefined): Promise<TransactionAnswer | undefined> {
  if (txid === undefined) return undefined;
  try {
    return await node.api.tx(txid);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
