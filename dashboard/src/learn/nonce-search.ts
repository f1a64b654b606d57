/** Looks for a nonce in the page, a slice at a time so that the page stays alive. */
import { hexToBytes } from '../../../src/consensus/bytes.ts';
import { type BlockHeader, encodeHeader } from '../../../src/consensus/header.ts';
import { type Target, targetToHeaderHex } from '../../../src/consensus/target.ts';
import { NONCE_COUNT } from '../../../src/mining/hash-kernel.ts';
import { referenceKernel } from '../../../src/mining/reference-kernel.ts';

/** Some five milliseconds. */
const SLICE = 2_000;

export interface FoundNonce {
  readonly nonce: number;
  readonly tried: number;
}

/**
 * Tries the nonces from 0 up.
 * @param goOn told how many were tried; false ends the search
 * @returns undefined when the search was ended, or no nonce works
 */
export async function searchNonce(
  header: BlockHeader,
  target: Target,
  goOn: (tried: number) => boolean,
): Promise<FoundNonce | undefined> {
  const job = { header: encodeHeader(header), target: hexToBytes(targetToHeaderHex(target)) };
  for (let first = 0; first < NONCE_COUNT; first += SLICE) {
    const { nonce, hashesDone } = referenceKernel.scan(job, first, Math.min(SLICE, NONCE_COUNT - first));
    if (nonce !== undefined) return { nonce, tried: first + hashesDone };
    if (!goOn(first + hashesDone)) return undefined;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return undefined;
}
