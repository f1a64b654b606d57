/** What benchmarks find out: named numbers with a unit, and what they are compared with. */
import { median, quantile } from './statistics.ts';

/** A figure as a benchmark hands it in. */
export interface Measured {
  /** Unique within the benchmark, and the same in every run: `--compare` goes by it. */
  readonly name: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly samples: readonly number[];
  /** What this one is divided by: a peer, a limit or a simpler case. */
  readonly reference?: Reference;
}

export interface Reference {
  /** Of a figure of the same benchmark that was recorded before. */
  readonly name: string;
  /** Its samples, each measured beside the sample in the same place: a busy moment of the machine hits both. */
  readonly samples: readonly number[];
}

/** A figure as it is reported and kept in files. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Only where there are enough samples to speak of it. */
  readonly p95?: number;
  readonly samples: number;
  readonly reference?: string;
  /** Median of sample / sample of the reference beside it. */
  readonly ratio?: number;
}

const SAMPLES_FOR_P95 = 20;

/** Condenses samples. @param before the figures of the same benchmark so far; a reference is one of them */
export function condense(measured: Measured, before: readonly Figure[]): Figure {
  const { name, unit, better, samples, reference } = measured;
  if (before.some((figure) => figure.name === name))
    throw new Error(`two figures are called "${name}": --compare could not tell them apart`);
  if (reference !== undefined && !before.some((figure) => figure.name === reference.name))
    throw new Error(`"${name}" refers to "${reference.name}", which was not recorded before it`);
  if (reference !== undefined && reference.samples.length !== samples.length)
    throw new Error(`"${name}" has ${samples.length} samples, its reference ${reference.samples.length}`);
  return {
    ...{ name, unit, better, median: median(samples), min: Math.min(...samples), max: Math.max(...samples) },
    ...(samples.length < SAMPLES_FOR_P95 ? {} : { p95: quantile(samples, 0.95) }),
    samples: samples.length,
    ...(reference === undefined ? {} : { reference: reference.name, ratio: pairedRatio(samples, reference) }),
  };
}

function pairedRatio(samples: readonly number[], reference: Reference): number {
  return median(samples.map((sample, index) => sample / (reference.samples[index] ?? NaN)));
}
