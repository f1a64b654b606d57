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
  transactionSize,
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

/** What is paid, and from whose coins: enough to build it, not to sign it. */
export interface PaymentPlan {
  readonly coins: readonly SpendableCoin[];
  /** Whose the coins are, and who gets the change. */
  readonly from: Address;
  readonly to: Address;
  /** Base units, > 0. */
  readonly amount: number;
  /** Base units, ≥ 0. */
  readonly fee: number;
  readonly locktime?: number;
}

export interface PaymentRequest extends Omit<PaymentPlan, 'from'> {
  /** 64 hex characters; all coins belong to its address. */
  readonly privateKey: string;
}

export interface Payment {
  readonly transaction: Transaction;
  readonly spent: readonly SpendableCoin[];
  /** Base units that go back to the sender; 0 when nothing is left. */
  readonly change: number;
}

/**
 * Chooses the coins and lays out the transaction, without signatures: no key is needed for that.
 * @throws InsufficientFundsError; RangeError for amounts that are not positive whole numbers
 */
export function draftPayment(plan: PaymentPlan): Payment {
  const { amount, fee } = plan;
  if (!Number.isSafeInteger(amount) || amount <= 0)
    throw new RangeError('the amount must be a whole number above 0');
  if (!Number.isSafeInteger(fee) || fee < 0)
    throw new RangeError('the fee must be a whole number, 0 or more');
  const spent = selectCoins(plan.coins, amount + fee);
  const change = spent.reduce((sum, coin) => sum + coin.amount, 0) - amount - fee;
  const outputs = [{ amount, pubkeyHash: plan.to }];
  if (change > 0) outputs.push({ amount: change, pubkeyHash: plan.from });
  const transaction: Transaction = {
    version: 1,
    inputs: spent.map(({ txid, index }) => ({
      prevTxid: txid,
      prevIndex: index,
      signature: new Uint8Array(),
      pubkey: new Uint8Array(),
    })),
    outputs,
    locktime: plan.locktime ?? 0,
  };
  return { transaction, spent, change };
}

/**
 * Builds and signs a payment from one key's coins.
 * @throws InsufficientFundsError, InvalidPrivateKeyError; RangeError for amounts that are not positive whole numbers
 */
export function buildPayment({ privateKey, ...plan }: PaymentRequest): Payment {
  const { address } = walletFromPrivateKey(privateKey);
  const draft = draftPayment({ ...plan, from: address });
  return { ...draft, transaction: signTransaction(draft.transaction, privateKey) };
}

/** Strict DER with a low S takes so many bytes at most, a compressed public key always so many. */
const MAX_SIGNATURE_BYTES = 71;
const PUBKEY_BYTES = 33;

/** How large a draft can get by being signed. A signature is one or two bytes shorter now and then. */
export function sizeWhenSigned(draft: Transaction): number {
  return transactionSize(draft) + draft.inputs.length * (MAX_SIGNATURE_BYTES + PUBKEY_BYTES);
}

/**
 * Builds something that pays a fee rate. The fee depends on the size, which depends on the coins, which depend on the fee; it
 * only ever rises, so this ends.
 * @param build for a fee in base units
 * @param unitsPerByte base units per byte of `sizeOf` what was built
 */
export function buildAtRate<T>(
  build: (fee: number) => T,
  sizeOf: (built: T) => number,
  unitsPerByte: number,
): T {
  for (let fee = 0; ;) {
    const built = build(fee);
    const wanted = Math.ceil(unitsPerByte * sizeOf(built));
    if (wanted <= fee) return built;
    fee = wanted;
  }
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
