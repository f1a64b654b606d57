/**
 * Block locators: how two nodes find where their chains part, in one message of logarithmic size.
 *
 * From the tip the ten latest blocks, then every second, fourth, eighth … back to genesis. The other side answers with
 * what follows the first of them that is on its own chain. (Core: LocatorEntries, chain.cpp)
 */

/** Heights for a locator of a chain with this tip: descending, ending with 0; empty when there is no block. */
export function locatorHeights(tipHeight: number): number[] {
  const heights: number[] = [];
  let step = 1;
  for (let height = tipHeight; height >= 0; height -= step) {
    heights.push(height);
    if (heights.length >= 10) step *= 2;
  }
  if (heights.at(-1) !== 0 && tipHeight >= 0) heights.push(0);
  return heights;
}
