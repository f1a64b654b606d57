/** Checks one input as every node does, step by step, so that each step can be shown. */
import { bytesToHex, hexToBytes } from '../../../src/consensus/bytes.ts';
import { type Address, addressOfPubkey, sha256d } from '../../../src/consensus/hash.ts';
import { checkSignatureEncoding, type SignatureCheck } from '../../../src/consensus/signature.ts';
import type { TransactionInput } from '../../../src/consensus/transaction.ts';

export interface CheckedSignature {
  /** sha256d of what was signed. */
  readonly digest: string;
  /** hash160 of the public key. */
  readonly keyAddress: Address;
  readonly isOwner: boolean;
  /** Undefined where the signature is not strict DER with a low S. */
  readonly numbers: { readonly r: string; readonly s: string } | undefined;
  readonly isValid: boolean;
}

/**
 * @param signed hex of what the input signs
 * @param verify the mathematics of the curve; loaded late, since it is large
 */
export function checkSignature(
  signed: string,
  { signature, pubkey }: TransactionInput,
  owner: Address,
  verify: (check: SignatureCheck) => boolean,
): CheckedSignature {
  const digest = sha256d(hexToBytes(signed));
  const encoding = checkSignatureEncoding(signature);
  const keyAddress = addressOfPubkey(pubkey);
  const isOwner = keyAddress === owner;
  const base = { digest: bytesToHex(digest), keyAddress, isOwner };
  if (!encoding.ok) return { ...base, numbers: undefined, isValid: false };
  const compact = encoding.value;
  return {
    ...base,
    numbers: { r: bytesToHex(compact.subarray(0, 32)), s: bytesToHex(compact.subarray(32)) },
    isValid: isOwner && verify({ digest, compactSignature: compact, pubkey }),
  };
}
