/** Which of the bits differ between two byte strings of one length, first bit first. */
export function flippedBits(before: Uint8Array, after: Uint8Array): boolean[] {
  return Array.from({ length: after.length * 8 }, (_, bit) => {
    const [byte, mask] = [bit >> 3, 0x80 >> (bit & 7)];
    return (((before[byte] ?? 0) ^ (after[byte] ?? 0)) & mask) !== 0;
  });
}
