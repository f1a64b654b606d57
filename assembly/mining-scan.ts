/** Trying nonces, for words of either kind: what mining-simd.ts and mining-scalar.ts export. */
import { beginFirst, beginSecond, finish, firstWord, SLOTS } from './mining-rounds';
import { everywhere, add, lanes, lanesAtMost } from './mining-words';
import { initialWord, prepare } from './mining-tables';

/**
 * Tries `first`, `first + 1`, … for the header in HEADER: `count` of them, at most 2^31.
 *
 * A hash is compared as a big-endian number, so nearly always its first word decides, and only that is looked at here. Who
 * finds a candidate hashes it again, in full, and goes on behind it when it was none.
 * @param limit first word of the target, as a number
 * @returns how many nonces come before the first candidate; `count` when there is none
 */
export function scanFor<T>(first: u32, count: u32, limit: u32): u32 {
  prepare<T>();
  const most = everywhere<T>(limit);
  const initial = everywhere<T>(initialWord());
  for (let done: u32 = 0; done < count; done += SLOTS * lanes<T>()) {
    // The last lanes of the last slot may go beyond the range: what they find comes after all others, and is cut off.
    const slots = min<u32>(SLOTS, (count - done + lanes<T>() - 1) / lanes<T>());
    beginFirst<T>(first + done, slots);
    finish<T>(slots);
    beginSecond<T>(slots);
    finish<T>(slots);
    for (let slot: u32 = 0; slot < slots; slot++) {
      const hits = lanesAtMost(add(firstWord<T>(slot), initial), most);
      if (hits) return min<u32>(count, done + slot * lanes<T>() + ctz(hits));
    }
  }
  return count;
}
