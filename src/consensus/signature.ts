/**
 * What a signature must look like before anyone does mathematics on it.
 *
 * Rules: strict DER (BIP66) without a sighash byte, and S in the lower half of the curve's order (BIP146).
 * Attack: for every valid (r, s) also (r, n − s) is valid, and sloppy parsers take many spellings of one number. Whoever
 * relays a transaction could change its full bytes without the key. Our txid does not cover signatures, but wtxids,
 * sizes and caches do; one signature, one spelling.
 * Source: Core's IsValidSignatureEncoding and IsLowDERSignature (script/interpreter.cpp).
 */
import { hexToBytes } from './bytes.ts';
import { fail, ok, type Verdict } from './reasons.ts';

/** Half the order of secp256k1, the largest allowed S, big-endian. */
const HALF_ORDER = hexToBytes('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0');

/** Whether S, the second half of a compact signature, is above {@link HALF_ORDER}. */
function isHighS(compact: Uint8Array): boolean {
  for (const [index, limit] of HALF_ORDER.entries()) {
    const byte = compact[32 + index] as number;
    if (byte !== limit) return byte > limit;
  }
  return false;
}

/**
 * Reads the two numbers of a strict DER signature as 32 bytes each (r, then s); undefined where it is not strict.
 * @param compact 64 zeros to write them to
 */
export function parseStrictDer(
  der: Uint8Array,
  compact: Uint8Array = new Uint8Array(64),
): Uint8Array | undefined {
  // 0x30 [length of all that follows] 0x02 [length of R] [R] 0x02 [length of S] [S]
  if (der.length < 8 || der.length > 72) return undefined;
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  let offset = 2;
  for (const slot of [0, 32]) {
    const length = der[offset + 1];
    if (der[offset] !== 0x02 || length === undefined || length === 0) return undefined;
    let start = offset + 2;
    const end = start + length;
    if (end > der.length) return undefined;
    const first = der[start] as number;
    if (first >= 0x80) return undefined; // a negative number
    if (first === 0 && length > 1) {
      if ((der[start + 1] as number) < 0x80) return undefined; // a zero that need not be there
      start++;
    }
    if (end - start > 32) return undefined;
    compact.set(der.subarray(start, end), slot + 32 - (end - start));
    offset = end;
  }
  return offset === der.length ? compact : undefined;
}

/**
 * Checks encoding and low S; the value is the compact form (r ‖ s, 64 bytes) for an engine that wants it so.
 * @param room 64 zeros to write that to
 */
export function checkSignatureEncoding(der: Uint8Array, room?: Uint8Array): Verdict<Uint8Array> {
  const compact = parseStrictDer(der, room);
  if (compact === undefined) {
    return fail(
      'bad-signature-encoding',
      der.length === 0 ? 'there is no signature' : 'the signature is not strict DER',
    );
  }
  if (isHighS(compact)) {
    return fail('bad-signature-high-s', 'S is above half of the group order; use order − S');
  }
  return ok(compact);
}

/** Length and prefix of a compressed public key. Whether the point is on the curve, the engine finds out. */
export function isCompressedPubkeyForm(pubkey: Uint8Array): boolean {
  return pubkey.length === 33 && (pubkey[0] === 2 || pubkey[0] === 3);
}

/** One piece of curve mathematics that remains when all cheap checks have passed. */
export interface SignatureCheck {
  /** 32 bytes. */
  readonly digest: Uint8Array;
  /** r ‖ s, 64 bytes, s low. */
  readonly compactSignature: Uint8Array;
  /** 33 bytes; may be off the curve, then the check fails. */
  readonly pubkey: Uint8Array;
}
