/**
 * Private keys, public keys, addresses and signatures.
 *
 *   private key (32 random bytes) ──× G──> public key (33 bytes) ──hash160──> address (20 bytes)
 *
 * Each arrow is easy one way and infeasible the other: an address can be shown to everybody. The key itself is a number
 * from 1 to the order of the curve less one.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import {
  addressOfPubkey,
  type Address,
  bytesToHex,
  hexToBytes,
  isHex,
  type SignatureCheck,
} from '../consensus/index.ts';

/** A key pair in hex, with the address that it can spend from. */
export interface Wallet {
  /** 64 hex characters. Whoever has it has the coins. */
  readonly privateKey: string;
  /** 66 hex characters, compressed. */
  readonly publicKey: string;
  /** 40 hex characters. */
  readonly address: Address;
}

/** The text is not a private key. The message never repeats the text: it may be half of a real one. */
export class InvalidPrivateKeyError extends Error {
  override readonly name = 'InvalidPrivateKeyError';
}

/**
 * Bytes of a private key in hex, in either case.
 * @throws InvalidPrivateKeyError when it is not 64 hex characters, zero, or not below the order of the curve
 */
export function parsePrivateKey(hex: string): Uint8Array {
  if (!isHex(hex, 32)) throw new InvalidPrivateKeyError('a private key is 64 hex characters');
  const bytes = hexToBytes(hex);
  if (!secp256k1.utils.isValidSecretKey(bytes)) {
    throw new InvalidPrivateKeyError(
      'this number is no private key: it must be from 1 to the order of secp256k1 less one',
    );
  }
  return bytes;
}

/** The wallet of a private key. @throws InvalidPrivateKeyError */
export function walletFromPrivateKey(privateKey: string): Wallet {
  const publicKey = secp256k1.getPublicKey(parsePrivateKey(privateKey), true);
  return {
    privateKey: privateKey.toLowerCase(),
    publicKey: bytesToHex(publicKey),
    address: addressOfPubkey(publicKey),
  };
}

/** A new wallet from the platform's cryptographic random source. */
export function createWallet(): Wallet {
  return walletFromPrivateKey(bytesToHex(secp256k1.utils.randomSecretKey()));
}

/**
 * Signs a 32-byte digest: strict DER, low S. The nonce is derived from key and digest (RFC 6979), so a bad random source can
 * never reveal the key.
 */
export function signDigest(digest: Uint8Array, privateKey: Uint8Array): Uint8Array {
  return secp256k1.sign(digest, privateKey, { prehash: false, lowS: true, format: 'der' });
}

/** Does the curve mathematics of one check in plain JavaScript: right everywhere, fast nowhere. Never throws. */
export function verifySignature({ digest, compactSignature, pubkey }: SignatureCheck): boolean {
  try {
    return secp256k1.verify(compactSignature, digest, pubkey, {
      prehash: false,
      lowS: true,
      format: 'compact',
    });
  } catch {
    return false; // the public key is not a point of the curve
  }
}
