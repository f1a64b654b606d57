/** Numbers in words, wherever something is explained: in the terminal and in the browser. */
import { formatCoins } from '../wallet/amount.ts';

export function coinsText(amount: number): string {
  const coins = formatCoins(amount);
  return `${coins} ${coins === '1' ? 'coin' : 'coins'}`;
}

/** `1 block`, `2 blocks`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`;
}

/** `2023-11-14 22:13:20 UTC` for seconds since 1970. */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace('.000Z', ' UTC')
    .replace(/\.\d+Z$/, ' UTC');
}

/** `2^20.3` hashes, for targets and work that nobody can read as decimals. */
export function powerOfTwoText(value: bigint): string {
  if (value <= 0n) return '0';
  const bits = value.toString(2).length;
  if (bits <= 20) return Number(value).toLocaleString('en');
  // The leading 53 bits are enough for one decimal of the exponent.
  const lead = Number(value >> BigInt(Math.max(0, bits - 53)));
  const exponent = Math.log2(lead) + Math.max(0, bits - 53);
  return `2^${Number(exponent.toFixed(1))}`;
}
