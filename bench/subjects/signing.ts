/** Many signatures in little time: the native engine signs some fifty times faster than the wallet's JavaScript. */
import { createRequire } from 'node:module';
import { type Address, bytesToHex, hexToBytes, sha256 } from '../../src/consensus/index.ts';
import { signDigest, walletFromPrivateKey } from '../../src/wallet/index.ts';

export interface SigningKey {
  readonly address: Address;
  readonly pubkey: Uint8Array;
  /** Strict DER, low S; the same bytes each time (RFC 6979). */
  sign(digest: Uint8Array): Uint8Array;
}

interface NativeSigner {
  ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { readonly signature: Uint8Array };
  signatureExport(compact: Uint8Array): Uint8Array;
}

function loadNative(): NativeSigner | undefined {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings') as NativeSigner;
  } catch {
    return undefined;
  }
}

const native = loadNative();

/** The key whose private key is the hash of this text. */
export function signingKey(text: string): SigningKey {
  const privateKey = sha256(new TextEncoder().encode(text));
  const { address, publicKey } = walletFromPrivateKey(bytesToHex(privateKey));
  return {
    address,
    pubkey: hexToBytes(publicKey),
    sign: (digest) =>
      native === undefined
        ? signDigest(digest, privateKey)
        : native.signatureExport(native.ecdsaSign(digest, privateKey).signature),
  };
}
