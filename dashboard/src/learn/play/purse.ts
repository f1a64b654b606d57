/**
 * The key that lessons play with, and payments that it signs. It is made here and kept for this tab only, so coins on it are lost
 * when the tab is closed: FundsStep and MineButton tell so. The curve comes with it: lessons load it when somebody pays or mines.
 */
import { bytesToHex, hexToBytes } from '../../../../src/consensus/bytes.ts';
import { type Address, sha256 } from '../../../../src/consensus/hash.ts';
import { BASE_UNITS_PER_COIN } from '../../../../src/consensus/params.ts';
import { transactionSize } from '../../../../src/consensus/transaction.ts';
import { createWallet, type Wallet, walletFromPrivateKey } from '../../../../src/wallet/keys.ts';
import {
  buildPayment,
  InsufficientFundsError,
  type Payment,
  type SpendableCoin,
} from '../../../../src/wallet/payment.ts';
import { locale } from '../../i18n/locale.svelte.ts';
import { playAddress } from './play-address.svelte.ts';
import { words } from './words.ts';

export { transactionToJson } from '../../../../src/consensus/json-form.ts';

const NAME = 'mini-bitcoin.play-key';

function keptOrNew(): Wallet {
  try {
    const kept = sessionStorage.getItem(NAME);
    if (kept !== null) return walletFromPrivateKey(kept);
  } catch {
    // Storage is forbidden, or holds something else: then a new one.
  }
  const wallet = createWallet();
  try {
    sessionStorage.setItem(NAME, wallet.privateKey);
  } catch {
    // Then it is kept until the page is loaded anew.
  }
  return wallet;
}

export const playKey = keptOrNew();
playAddress.tell(playKey.address);

/** Whom the lessons pay: another key, which follows from the first. */
const shop: Address = walletFromPrivateKey(bytesToHex(sha256(hexToBytes(playKey.privateKey)))).address;

/** One coin of money, or half of what there is where the rewards of the network are small. */
function amountFrom(coin: SpendableCoin): number {
  return Math.min(BASE_UNITS_PER_COIN, Math.max(1, Math.floor(coin.amount / 2)));
}

/**
 * Builds and signs a payment from one coin, at a fee rate.
 * @throws Error where the coin cannot pay amount and fee
 */
export function signedPayment(coin: SpendableCoin, feePerKb: number, to: Address = shop): Payment {
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
