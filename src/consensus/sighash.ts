/**
 * What a signature signs.
 *
 * Rule: for input i, sha256d of the identity bytes with the pubkey hash of the spent coin written after input i's outpoint
 * (PROTOCOL 2). It covers all inputs and all outputs, like Bitcoin's SIGHASH_ALL, so nobody can add, drop or redirect
 * anything after signing. The amount of the spent coin need not be in it (as BIP143 does), because the outpoint's txid
 * already commits to it: our wallets always see the transaction they spend.
 */
import type { Address } from './hash.ts';
import { sha256d } from './hash.ts';
import { identityBytes, type Transaction } from './transaction.ts';

/** The preimage for one input. @param pubkeyHash of the coin which that input spends */
export function sighashPreimage(tx: Transaction, inputIndex: number, pubkeyHash: Address): Uint8Array {
  if (inputIndex < 0 || inputIndex >= tx.inputs.length)
    throw new RangeError(`there is no input ${inputIndex}`);
  return identityBytes(tx, { inputIndex, pubkeyHash });
}

/** The 32-byte digest that is signed for one input. */
export function sighash(tx: Transaction, inputIndex: number, pubkeyHash: Address): Uint8Array {
  return sha256d(sighashPreimage(tx, inputIndex, pubkeyHash));
}
