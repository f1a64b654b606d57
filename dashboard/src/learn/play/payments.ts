/** Payments of the play key, at a fee rate. */
import type { Address, Txid } from '../../../../src/consensus/hash.ts';
import { transactionToJson } from '../../../../src/consensus/json-form.ts';
import { BASE_UNITS_PER_COIN } from '../../../../src/consensus/params.ts';
import { type Transaction, transactionSize } from '../../../../src/consensus/transaction.ts';
import { ApiError } from '../../../../src/protocol/client-errors.ts';
import type { SubmitTransactionAnswer, TransactionAnswer } from '../../../../src/protocol/transactions.ts';
import {
  buildPayment,
  InsufficientFundsError,
  type Payment,
  type SpendableCoin,
} from '../../../../src/wallet/payment.ts';
import { node } from '../../app/node.svelte.ts';
import { locale } from '../../i18n/locale.svelte.ts';
import { playKey, shop } from './key.ts';
import { words } from './words.ts';

/** Coins of the play key that the next block may spend and that no waiting transaction spends, oldest first. */
export async function spendableCoins(): Promise<SpendableCoin[]> {
  const { utxos } = await node.api.utxos(playKey.address, { limit: 1000 });
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

/** One coin of money, or half of what there is where the rewards of the network are small. */
export function amountFrom(coin: SpendableCoin): number {
  return Math.min(BASE_UNITS_PER_COIN, Math.max(1, Math.floor(coin.amount / 2)));
}

/**
 * Builds and signs a payment from one coin.
 * @throws Error where the coin cannot pay amount and fee
 */
export function payFrom(coin: SpendableCoin, feePerKb: number, to: Address = shop): Payment {
  try {
    return paymentAtRate(coin, feePerKb, to);
  } catch (error) {
    // Its own words are for programs, in English.
    throw error instanceof InsufficientFundsError
      ? new Error(locale.of(words).tooDear, { cause: error })
      : error;
  }
}

function paymentAtRate(coin: SpendableCoin, feePerKb: number, to: Address): Payment {
  // The fee depends on the size, which depends on the fee. It only ever rises, so this ends.
  for (let fee = 0; ;) {
    const payment = buildPayment({
      coins: [coin],
      privateKey: playKey.privateKey,
      to,
      amount: amountFrom(coin),
      fee,
    });
    const wanted = Math.ceil((feePerKb * transactionSize(payment.transaction)) / 1000);
    if (wanted <= fee) return payment;
    fee = wanted;
  }
}

export function submit(transaction: Transaction): Promise<SubmitTransactionAnswer> {
  return node.api.submitTx(transactionToJson(transaction));
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
