/** Other signatures in the place of the good ones. The txid stays, the wtxid does not. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type CoinEntry, sha256, sighash, type Transaction } from '../../src/consensus/index.ts';
import { signDigest, type TestKey } from './keys.ts';

/** The transaction with other, equally valid signatures: ECDSA gives as many as there are nonces. */
export function signatureOfOtherNonce(
  tx: Transaction,
  coins: readonly CoinEntry[],
  owner: TestKey,
): Transaction {
  return {
    ...tx,
    inputs: tx.inputs.map((input, index) => ({
      ...input,
      signature: secp256k1.sign(
        sighash(tx, index, coins[index]?.coin.pubkeyHash ?? owner.address),
        owner.privateKey,
        { prehash: false, lowS: true, format: 'der', extraEntropy: new Uint8Array(32).fill(7) },
      ),
    })),
  };
}

/** A spoiled copy: signatures in good form, of something else. @param seed another number, another copy */
export function spoiledCopy(tx: Transaction, owner: TestKey, seed = 1): Transaction {
  const signature = signDigest(sha256(new Uint8Array(seed)), owner.privateKey);
  return { ...tx, inputs: tx.inputs.map((input) => ({ ...input, signature })) };
}
