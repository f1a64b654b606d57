/** A copy of a DER signature with the last bit of its last byte turned over: still well-formed, but another number. */
export function withFlippedBit(signature: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(signature);
  const last = changed.length - 1;
  changed[last] = (changed[last] ?? 0) ^ 1;
  return changed;
}
