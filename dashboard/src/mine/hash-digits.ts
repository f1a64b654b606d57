/** A hash or a target as people compare it: how many zeros it begins with. */

export interface HashDigits {
  /** 64 hex digits, in two parts. */
  readonly zeros: string;
  readonly rest: string;
  /** How many bits are zero before the first one that is not. */
  readonly zeroBits: number;
}

/** @param text hex, with or without `0x`, leading zeros left out or not */
export function hashDigits(text: string): HashDigits {
  const hex = text.replace(/^0x/, '').padStart(64, '0');
  const zeros = /^0*/.exec(hex)?.[0] ?? '';
  const rest = hex.slice(zeros.length);
  const first = rest === '' ? 0 : Number.parseInt(rest.charAt(0), 16);
  const bitsOfFirst = first === 0 ? 0 : Math.clz32(first) - 28;
  return { zeros, rest, zeroBits: zeros.length * 4 + bitsOfFirst };
}

/** The first bits, in groups of four. */
export function firstBits(text: string, digits: number): string {
  const hex = text.replace(/^0x/, '').padStart(64, '0').slice(0, digits);
  return Array.from(hex, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join(' ');
}

/**
 * How many times as many hashes one must try, on average, to get below the target than below this hash: 1 where it is
 * low enough, and else more, rounded up so that "nearly" never reads as "done".
 */
export function missingFactor(bestHash: string, target: string): number {
  const [best, wanted] = [BigInt(`0x${bestHash}`), BigInt(target)];
  return best <= wanted ? 1 : Number(((best + 1n) * 10n + wanted) / (wanted + 1n)) / 10;
}

/** 2^256 / (target + 1): one hash in so many is small enough. */
export function triesFor(target: bigint): bigint {
  return (1n << 256n) / (target + 1n);
}
