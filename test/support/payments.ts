/**
 * Transactions for tests: signed payments, and coinbases. Nothing is checked here.
 */
import {
  type Address,
  type CoinEntry,
  NO_TXID,
  NULL_INDEX,
  sighash,
  type Transaction,
  type TransactionOutput,
} from '../../src/consensus/index.ts';
import { addressOf } from './built-block.ts';
import { signDigest, type TestKey } from './keys.ts';

/** Signs every input with the owner's key; `coins` are what the inputs spend, in their order. */
export function signTransaction(tx: Transaction, coins: readonly CoinEntry[], owner: TestKey): Transaction {
  return {
    ...tx,
    inputs: tx.inputs.map((input, index) => ({
      ...input,
      signature: signDigest(
        sighash(tx, index, coins[index]?.coin.pubkeyHash ?? owner.address),
        owner.privateKey,
      ),
      pubkey: owner.pubkey,
    })),
  };
}

/** Spends all of `coins` (they belong to `owner`) into exactly these outputs; what is left over is the fee. */
export function spend(options: {
  coins: readonly CoinEntry[];
  owner: TestKey;
  outputs: readonly TransactionOutput[];
  locktime?: number;
  version?: number;
}): Transaction {
  const { coins, owner, outputs, locktime = 0, version = 1 } = options;
  const inputs = coins.map(({ outpoint }) => ({
    prevTxid: outpoint.txid,
    prevIndex: outpoint.index,
    signature: new Uint8Array(),
    pubkey: new Uint8Array(),
  }));
  return signTransaction({ version, inputs, outputs, locktime }, coins, owner);
}

/** A payment out of all of `coins`: amount to the payee (output 0), change back (output 1, if any), the rest is the fee. */
export function pay(options: {
  coins: readonly CoinEntry[];
  from: TestKey;
  to: TestKey | Address;
  amount: number;
  fee: number;
  locktime?: number;
}): Transaction {
  const { coins, from, to, amount, fee, locktime = 0 } = options;
  const change = coins.reduce((sum, { coin }) => sum + coin.amount, 0) - amount - fee;
  if (change < 0) throw new Error(`${from.name} lacks ${-change} to pay ${amount} and the fee ${fee}`);
  const outputs = [{ amount, pubkeyHash: addressOf(to) }];
  if (change > 0) outputs.push({ amount: change, pubkeyHash: from.address });
  return spend({ coins, owner: from, outputs, locktime });
}

/** A coinbase. `extraNonce` (the version) tells apart the coinbases of two forks at one height. */
export function coinbase(
  height: number,
  amount: number,
  miner: TestKey | Address,
  extraNonce = 1,
): Transaction {
  const nothing = new Uint8Array();
  return {
    version: extraNonce,
    inputs: [{ prevTxid: NO_TXID, prevIndex: NULL_INDEX, signature: nothing, pubkey: nothing }],
    outputs: [{ amount, pubkeyHash: addressOf(miner) }],
    locktime: height,
  };
}
