/** `0000ab…cd34`: enough to tell hashes apart by eye. */
export function shortHash(hex: string): string {
  return `${hex.slice(0, 7)}…${hex.slice(-4)}`;
}
