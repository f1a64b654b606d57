/** What a benchmark is, and what it is given to work with. */
import type { Figure, Measured } from './figure.ts';
import type { Scratch } from './scratch.ts';

/** How thorough to be. */
export interface Effort {
  /** A first impression in a fraction of the time: smaller data, fewer samples. Not for publishing. */
  readonly quick: boolean;
  /** How often short measurements are repeated; their median counts. */
  readonly runs: number;
}

export interface BenchmarkRun extends Effort {
  /** Where CPU profiles of further processes go; undefined when nobody wants any. */
  readonly profileFolder: string | undefined;
  /** Aborted by Ctrl-C. Loops look at it. */
  readonly signal: AbortSignal;
  /** Folders and processes that go away with this benchmark, however it ends. */
  readonly scratch: Scratch;
  /** Hands in a figure. References come before what refers to them. */
  record(measured: Measured): Figure;
  /** A sentence that belongs to the figures. */
  note(sentence: string): void;
  /** Tells whoever waits what is going on. */
  progress(what: string): void;
}

export interface Benchmark {
  readonly name: string;
  /** One line for `--list`. */
  readonly summary: string;
  run(bench: BenchmarkRun): Promise<void>;
}
