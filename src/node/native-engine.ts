/**
 * libsecp256k1, the C library of Bitcoin Core, by the npm package `secp256k1`.
 *
 * Nothing else is imported here: a thread that checks signatures loads this file and little more. The call costs less
 * than 1 % on top of the C function (62.5 µs through the package's own wrapper, 62.4 µs without it, in one run), so the
 * wrapper's checks of its arguments stay.
 */
import { createRequire } from 'node:module';
import { hasRightLengths, type SignatureEngine } from './signature-engine.ts';

interface NativeSecp256k1 {
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, pubkey: Uint8Array): boolean;
}

/** The native engine; undefined where this platform has no prebuilt binary. */
export function nativeEngine(): SignatureEngine | undefined {
  let native: NativeSecp256k1;
  try {
    // `secp256k1/bindings`, not `secp256k1`: the latter falls back in silence to an engine slower than ours.
    native = createRequire(import.meta.url)('secp256k1/bindings') as NativeSecp256k1;
  } catch {
    return undefined;
  }
  return {
    name: 'libsecp256k1 (native)',
    kind: 'native',
    checksAtOnce: 64,
    verify(check) {
      if (!hasRightLengths(check)) return false;
      try {
        return native.ecdsaVerify(check.compactSignature, check.digest, check.pubkey);
      } catch {
        return false; // it throws where the key is off the curve or the signature out of range
      }
    },
  };
}
