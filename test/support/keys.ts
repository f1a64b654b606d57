/**
 * Keys by name, and the curve: `key('alice')` is the same key in every test and on every machine.
 *
 * Written on the curve library directly and not on `src/wallet`, so that the tests do not believe what they test.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import {
  type Address,
  addressOfPubkey,
  bytesToHex,
  concatBytes,
  sha256,
  type SignatureCheck,
} from '../../src/consensus/index.ts';

export interface TestKey {
  readonly name: string;
  readonly privateKey: Uint8Array;
  /** 33 bytes. */
  readonly pubkey: Uint8Array;
  readonly address: Address;
}

const keys = new Map<string, TestKey>();

/** The key of this name: its private key is the hash of the name. */
export function key(name: string): TestKey {
  let known = keys.get(name);
  if (known === undefined) {
    const privateKey = sha256(new TextEncoder().encode(`test key of ${name}`));
    const pubkey = secp256k1.getPublicKey(privateKey, true);
    known = { name, privateKey, pubkey, address: addressOfPubkey(pubkey) };
    keys.set(name, known);
  }
  return known;
}

/** Strict DER, low S, the same bytes each time (RFC 6979). */
export function signDigest(digest: Uint8Array, privateKey: Uint8Array): Uint8Array {
  return secp256k1.sign(digest, privateKey, { prehash: false, lowS: true, format: 'der' });
}

/** The same signature with S in the upper half: just as true, but nobody may relay it. */
export function withHighS(der: Uint8Array): Uint8Array {
  const { r, s } = secp256k1.Signature.fromBytes(der, 'der');
  const order = secp256k1.Point.Fn.ORDER;
  return new secp256k1.Signature(r, order - s).toBytes('der');
}

/** The public key in its uncompressed form: 65 bytes. */
export function uncompressed(pubkey: Uint8Array): Uint8Array {
  return secp256k1.Point.fromBytes(pubkey).toBytes(false);
}

// A signature in pure JavaScript costs milliseconds, and tests run the same blocks again and again.
const verified = new Map<string, boolean>();

/** One curve operation, the reference for every engine. Never throws: a key off the curve is a wrong key. */
export function verifySignature(check: SignatureCheck): boolean {
  const { digest, compactSignature, pubkey } = check;
  const name = bytesToHex(concatBytes(digest, compactSignature, pubkey));
  let valid = verified.get(name);
  if (valid === undefined) {
    try {
      valid = secp256k1.verify(compactSignature, digest, pubkey, {
        prehash: false,
        lowS: true,
        format: 'compact',
      });
    } catch {
      valid = false;
    }
    verified.set(name, valid);
  }
  return valid;
}
