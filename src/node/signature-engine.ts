/** What an engine of curve mathematics has to offer, whichever library does it. */
import type { SignatureCheck } from '../consensus/index.ts';

export interface SignatureEngine {
  /** For logs and `status`. */
  readonly name: string;
  readonly kind: 'native' | 'portable';
  /** Checks are done in a few milliseconds so many at a time; whoever does more at once keeps the event loop waiting. */
  readonly checksAtOnce: number;
  /** Never throws: what is no signature, no key or of a wrong length does not hold. */
  readonly verify: (check: SignatureCheck) => boolean;
}

/** Lengths of digest, signature and key, as every engine wants them. */
export const DIGEST_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const PUBKEY_BYTES = 33;

/** Engines take other forms of keys as well; the rules do not. */
export function hasRightLengths({ digest, compactSignature, pubkey }: SignatureCheck): boolean {
  return (
    digest.length === DIGEST_BYTES &&
    compactSignature.length === SIGNATURE_BYTES &&
    pubkey.length === PUBKEY_BYTES
  );
}
