/** Numbers as people read them. */
import { formatCoins } from '../wallet/index.ts';

/** `150000000 (1.5 coins)`: the protocol's unit and the one that people think in, both. */
export function amountText(amount: number): string {
  return `${amount} (${coinsText(amount)})`;
}

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

/** `350 ms`, `12.5 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** `1.25 MH/s`. */
export function hashRateText(hashesPerSecond: number): string {
  const units = ['H/s', 'kH/s', 'MH/s', 'GH/s', 'TH/s'];
  let value = hashesPerSecond;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))} ${units[unit] ?? ''}`;
}

/** `512 B`, `1.25 kB`, `3.4 GB`: thousands, as everybody counts traffic. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  // 999,500 would round to "1e+3 kB".
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))} ${units[unit] ?? ''}`;
}

/** `3 min 20 s ago`. */
export function agoText(seconds: number): string {
  return seconds < 1 ? 'now' : `${durationText(Math.floor(seconds))} ago`;
}

/** A stranger's words in one line, without what could move the cursor, change colours or turn the line around. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** `4.42 per byte`. */
export function feeRateText(fee: number, sizeBytes: number): string {
  return `${Number((fee / sizeBytes).toFixed(3))} per byte`;
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

/** `0000ab12…cd34ef56`, where a whole hash does not fit. */
export function shortened(hex: string): string {
  return hex.length <= 20 ? hex : `${hex.slice(0, 8)}…${hex.slice(-8)}`;
}
