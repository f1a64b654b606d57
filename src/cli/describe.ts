/** Numbers as people read them in a terminal. */
import { coinsText } from '../explain/number-words.ts';

export { coinsText, counted, powerOfTwoText, timeText } from '../explain/number-words.ts';

/** `150000000 (1.5 coins)`: the protocol's unit and the one that people think in, both. */
export function amountText(amount: number): string {
  return `${amount} (${coinsText(amount)})`;
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

/** `0000ab12…cd34ef56`, where a whole hash does not fit. */
export function shortened(hex: string): string {
  return hex.length <= 20 ? hex : `${hex.slice(0, 8)}…${hex.slice(-8)}`;
}
