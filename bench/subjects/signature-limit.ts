/** The limit for whoever accepts payments: their curve operations alone, payment by payment, on one thread. */
import type { Verifier } from '../../src/chainstate/index.ts';
import {
  type Coin,
  collectSignatureChecks,
  type OutpointKey,
  outpointKey,
  type SignatureCheck,
  type Transaction,
  txidOf,
} from '../../src/consensus/index.ts';
import { freshBlock } from './chain-forge.ts';

/** The curve operations of each payment. @param blocks that create all coins which they spend */
export function signatureChecksOf(
  payments: readonly Transaction[],
  blocks: readonly Uint8Array[],
): SignatureCheck[][] {
  const coins = new Map<OutpointKey, Coin>();
  for (const [height, bytes] of blocks.entries()) {
    for (const tx of freshBlock(bytes).transactions) {
      const txid = txidOf(tx);
      for (const [index, output] of tx.outputs.entries())
        coins.set(outpointKey(txid, index), { ...output, height, coinbase: false });
    }
  }
  return payments.map((tx) => {
    const spent = tx.inputs.map((input) => {
      const coin = coins.get(outpointKey(input.prevTxid, input.prevIndex));
      if (coin === undefined) throw new Error('a payment spends what no block creates');
      return coin;
    });
    const checks = collectSignatureChecks(tx, spent);
    if (!checks.ok) throw new Error(checks.detail);
    return [...checks.value];
  });
}

/** Milliseconds for all of them. */
export async function timeSignatures(
  verifier: Verifier,
  checks: readonly (readonly SignatureCheck[])[],
): Promise<number> {
  const startMs = performance.now();
  for (const ofOne of checks)
    if ((await verifier.firstInvalid(ofOne)) >= 0) throw new Error('a signature has become invalid');
  return performance.now() - startMs;
}
