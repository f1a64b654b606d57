/**
 * Hashes and the identifiers made of them.
 *
 * Identifiers are lower-case hex texts of the bytes in order. They are *branded*: to the compiler a {@link Txid} is not a
 * {@link BlockHash}, so the two cannot be mixed up in silence; at run time they are plain strings and good Map keys.
 */
import { hashEngine } from './hash-engine.ts';

declare const brand: unique symbol;
/** `T` that the compiler keeps apart from other `T`s. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** sha256d of a transaction's identity bytes, 64 hex characters. */
export type Txid = Branded<string, 'Txid'>;
/** sha256d of a transaction's full bytes (with signatures), 64 hex characters. */
export type Wtxid = Branded<string, 'Wtxid'>;
/** sha256d of a header, 64 hex characters. */
export type BlockHash = Branded<string, 'BlockHash'>;
/** hash160 of a compressed public key, 40 hex characters: who may spend a coin. */
export type Address = Branded<string, 'Address'>;

/** The hash of nothing: the parent of a genesis block, and the txid that a coinbase "spends". */
export const ZERO_HASH = '00'.repeat(32);
export const NO_BLOCK = ZERO_HASH as BlockHash;
export const NO_TXID = ZERO_HASH as Txid;

export function sha256(bytes: Uint8Array): Uint8Array {
  return hashEngine.sha256(bytes);
}

/** SHA256(SHA256(x)), the hash of everything here. The second round stops length extension attacks on the first. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  return hashEngine.sha256d(bytes);
}

/** {@link sha256d} as the hex of an identifier. */
export function sha256dHex(bytes: Uint8Array): string {
  return hashEngine.sha256dHex(bytes);
}

/** RIPEMD160(SHA256(x)), 20 bytes. */
export function hash160(bytes: Uint8Array): Uint8Array {
  return hashEngine.hash160(bytes);
}

/** The address of a public key. */
export function addressOfPubkey(pubkey: Uint8Array): Address {
  return hashEngine.hash160Hex(pubkey) as Address;
}
