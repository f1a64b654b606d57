/** A second valid signature for the same thing: ECDSA gives as many as there are nonces. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type CoinEntry, sighash, type Transaction } from '../../src/consensus/index.ts';
import type { TestKey } from './keys.ts';

/** The transaction with other, equally valid signatures: same txid, another wtxid. */
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
