/**
 * What a signature signs.
 *
 * Rule: for input i, sha256d of the identity bytes with the pubkey hash of the spent coin written after input i's outpoint
 * (PROTOCOL 2). It covers all inputs and all outputs, like Bitcoin's SIGHASH_ALL, so nobody can add, drop or redirect
 * anything after signing. The amount of the spent coin need not be in it (as BIP143 does), because the outpoint's txid
 * already commits to it: our wallets always see the transaction they spend.
 */
import { varintSize } from './bytes.ts';
import { type Address, sha256d } from './hash.ts';
import { hashEngine } from './hash-engine.ts';
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

/**
 * The digests of all inputs.
 *
 * Every digest hashes the whole transaction, so a transaction of n inputs costs n² (Bitcoin's CVE-2013-2292, which BIP143
 * ended). Ours keeps the original's form of the preimage, and so the square; but all preimages are one byte string with 20
 * bytes put in, and begin alike: it is written once, and the common beginning is hashed once.
 * @param pubkeyHashes of the coins that the inputs spend, in their order
 */
export function sighashes(tx: Transaction, pubkeyHashes: readonly Address[]): Uint8Array[] {
  if (pubkeyHashes.length !== tx.inputs.length)
    throw new RangeError(
      `${tx.inputs.length} inputs spend ${tx.inputs.length} coins, not ${pubkeyHashes.length}`,
    );
  const firstOutpoint = 4 + varintSize(tx.inputs.length);
  return hashEngine.sighashes(identityBytes(tx), firstOutpoint, pubkeyHashes);
}
