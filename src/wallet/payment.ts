/**
 * Building a payment: choose coins, pay, give the change back, sign.
 *
 * A transaction spends whole coins. What the payee and the miner do not get must be paid back to oneself as *change*;
 * forget it and the miner keeps it. The fee is nowhere written down: it is what the inputs exceed the outputs by.
 */
import {
  type Address,
  BASE_UNITS_PER_COIN,
  hexToBytes,
  sighash,
  type Transaction,
  type Txid,
} from '../consensus/index.ts';
import { parsePrivateKey, signDigest, walletFromPrivateKey } from './keys.ts';

/** A coin that can be spent, as far as a wallet must know it. */
export interface SpendableCoin {
  readonly txid: Txid;
  readonly index: number;
  /** Base units. */
  readonly amount: number;
}

/** The coins do not cover amount and fee. */
export class InsufficientFundsError extends Error {
  override readonly name = 'InsufficientFundsError';
  readonly available: number;
  readonly needed: number;

  constructor(available: number, needed: number) {
    super(
      `the spendable coins are worth ${available} (${available / BASE_UNITS_PER_COIN} coins), amount and fee need ${needed}`,
    );
    this.available = available;
    this.needed = needed;
  }
}

/**
 * Chooses coins worth at least `needed`: the single smallest coin that is enough, else the largest coins first, which
 * gives few inputs. Deterministic: the same coins give the same choice.
 * @throws InsufficientFundsError
 */
export function selectCoins(coins: readonly SpendableCoin[], needed: number): SpendableCoin[] {
  const largestFirst = [...coins].sort(
    (a, b) => b.amount - a.amount || (a.txid < b.txid ? -1 : 1) || a.index - b.index,
  );
  const oneIsEnough = largestFirst.findLast((coin) => coin.amount >= needed);
  if (oneIsEnough !== undefined) return [oneIsEnough];

  const chosen: SpendableCoin[] = [];
  let total = 0;
  for (const coin of largestFirst) {
    chosen.push(coin);
    total += coin.amount;
    if (total >= needed) return chosen;
  }
  throw new InsufficientFundsError(total, needed);
}

export interface PaymentRequest {
  readonly coins: readonly SpendableCoin[];
  /** 64 hex characters; all coins belong to its address. */
  readonly privateKey: string;
  readonly to: Address;
  /** Base units, > 0. */
  readonly amount: number;
  /** Base units, ≥ 0. */
  readonly fee: number;
  readonly locktime?: number;
}

export interface Payment {
  readonly transaction: Transaction;
  readonly spent: readonly SpendableCoin[];
  /** Base units that go back to the sender; 0 when nothing is left. */
  readonly change: number;
}

/**
 * Builds and signs a payment from one key's coins.
 * @throws InsufficientFundsError, InvalidPrivateKeyError; RangeError for amounts that are not positive whole numbers
 */
export function buildPayment(request: PaymentRequest): Payment {
  const { amount, fee, privateKey } = request;
  if (!Number.isSafeInteger(amount) || amount <= 0)
    throw new RangeError('the amount must be a whole number above 0');
  if (!Number.isSafeInteger(fee) || fee < 0)
    throw new RangeError('the fee must be a whole number, 0 or more');
  const { address } = walletFromPrivateKey(privateKey);
  const spent = selectCoins(request.coins, amount + fee);
  const change = spent.reduce((sum, coin) => sum + coin.amount, 0) - amount - fee;
  const outputs = [{ amount, pubkeyHash: request.to }];
  if (change > 0) outputs.push({ amount: change, pubkeyHash: address });
  const unsigned: Transaction = {
    version: 1,
    inputs: spent.map(({ txid, index }) => ({
      prevTxid: txid,
      prevIndex: index,
      signature: new Uint8Array(),
      pubkey: new Uint8Array(),
    })),
    outputs,
    locktime: request.locktime ?? 0,
  };
  return { transaction: signTransaction(unsigned, privateKey), spent, change };
}

/**
 * Signs every input with one key. All inputs must spend coins of that key's address: the sighash covers the address of
 * the coin, and a wrong one gives a signature that nobody accepts.
 */
export function signTransaction(unsigned: Transaction, privateKey: string): Transaction {
  const key = parsePrivateKey(privateKey);
  const { publicKey, address } = walletFromPrivateKey(privateKey);
  const pubkey = hexToBytes(publicKey);
  return {
    ...unsigned,
    inputs: unsigned.inputs.map((input, index) => ({
      ...input,
      signature: signDigest(sighash(unsigned, index, address), key),
      pubkey,
    })),
  };
}
