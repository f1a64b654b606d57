/** The few statistics that benchmarks need. Medians, because a busy machine makes outliers in one direction only. */

/**
 * The value below which a share of the samples lies, by linear interpolation between neighbours (as numpy and R do).
 * @param share 0 … 1; 0.5 is the median
 * @throws RangeError without samples
 */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('there are no samples');
  const sorted = Float64Array.from(samples).sort();
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (position - below);
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}
