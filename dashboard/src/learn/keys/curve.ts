/** Keys, and signatures under messages: what the lesson does with the curve. */
import { hexToBytes } from '../../../../src/consensus/bytes.ts';
import { sha256d } from '../../../../src/consensus/hash.ts';
import { checkSignatureEncoding } from '../../../../src/consensus/signature.ts';
import { signDigest, verifySignature, type Wallet } from '../../../../src/wallet/keys.ts';

export { bytesToHex } from '../../../../src/consensus/bytes.ts';
export { createWallet } from '../../../../src/wallet/keys.ts';

export function digestOf(message: string): Uint8Array {
  return sha256d(new TextEncoder().encode(message));
}

/** The signature in DER. */
export function signed({ privateKey }: Wallet, message: string): Uint8Array {
  return signDigest(digestOf(message), hexToBytes(privateKey));
}

/** Whether a signature is well-formed, and one of this key under this message. */
export function holds({ publicKey }: Wallet, message: string, der: Uint8Array): boolean {
  const encoding = checkSignatureEncoding(der);
  return (
    encoding.ok &&
    verifySignature({
      digest: digestOf(message),
      compactSignature: encoding.value,
      pubkey: hexToBytes(publicKey),
    })
  );
}
