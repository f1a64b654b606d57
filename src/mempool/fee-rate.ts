/**
 * Fee rates: what a transaction pays per byte that it takes in a block.
 *
 * Written as a whole number of base units per 1,000 bytes ("per kB", as Core's CFeeRate), and compared as exact fractions:
 * `fee / size` in floating point would let two nodes order the same two transactions differently, and would let somebody
 * replace a transaction at the "same" rate over and over.
 */

/** A fee and the bytes that it pays for: of one transaction, or of several together. */
export interface FeeAndSize {
  /** Base units, >= 0. */
  readonly fee: number;
  /** Full bytes, > 0. */
  readonly sizeBytes: number;
}

/**
 * Compares `a.fee / a.sizeBytes` with `b.fee / b.sizeBytes` exactly: negative when a pays less per byte, 0 when the same.
 * Cross multiplication instead of division. Rounding to a double never reverses an order, so two different products are
 * in their true order; only two that look equal and are beyond 2^53 need bigints.
 */
export function compareFeeRates(a: FeeAndSize, b: FeeAndSize): number {
  const left = a.fee * b.sizeBytes;
  const right = b.fee * a.sizeBytes;
  if (left !== right) return left < right ? -1 : 1;
  if (left <= Number.MAX_SAFE_INTEGER) return 0;
  const exactLeft = BigInt(a.fee) * BigInt(b.sizeBytes);
  const exactRight = BigInt(b.fee) * BigInt(a.sizeBytes);
  return exactLeft === exactRight ? 0 : exactLeft < exactRight ? -1 : 1;
}

/** The one of the two that pays more per byte; the first where they pay the same. */
export function higherFeeRate<A extends FeeAndSize, B extends FeeAndSize>(a: A, b: B): A | B {
  return compareFeeRates(a, b) >= 0 ? a : b;
}

/** The one of the two that pays less per byte; the first where they pay the same. */
export function lowerFeeRate<A extends FeeAndSize, B extends FeeAndSize>(a: A, b: B): A | B {
  return compareFeeRates(a, b) <= 0 ? a : b;
}

/** `value * factor / divisor`, exact, rounded down or up; all are non-negative integers. */
function multiplyDivide(value: number, factor: number, divisor: number, roundUp: boolean): number {
  const product = value * factor;
  if (product <= Number.MAX_SAFE_INTEGER) {
    const rest = product % divisor;
    return (product - rest) / divisor + (roundUp && rest > 0 ? 1 : 0);
  }
  const exact = BigInt(value) * BigInt(factor);
  const by = BigInt(divisor);
  return Number((exact + (roundUp ? by - 1n : 0n)) / by);
}

/** The fee in base units that `sizeBytes` cost at a rate, rounded up: a rate above zero never costs nothing. */
export function feeForSize(feePerKb: number, sizeBytes: number): number {
  return multiplyDivide(sizeBytes, feePerKb, 1000, true);
}

/** Base units per 1,000 bytes, rounded down: to show, and to remember a rate. Not to compare. */
export function feePerKbOf({ fee, sizeBytes }: FeeAndSize): number {
  return multiplyDivide(fee, 1000, sizeBytes, false);
}
