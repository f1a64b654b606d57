/** The words after `npm run bench --`. */
import { parseArgs } from 'node:util';
import type { Effort } from './benchmark.ts';

export interface Options extends Effort {
  /** None: all. */
  readonly names: readonly string[];
  readonly list: boolean;
  readonly help: boolean;
  /** Where the results go; undefined: a file named after the time. */
  readonly jsonFile: string | undefined;
  readonly compareFile: string | undefined;
  readonly profile: boolean;
}

export const USAGE = `npm run bench -- [NAME…] [options]

  --list           which benchmarks there are
  --quick          a first impression: less data, fewer samples
  --runs N         how often short measurements are repeated (default 5, with --quick 2)
  --json FILE      where the results go (default: bench/results/TIME.tmp.json, which git ignores)
  --compare FILE   also shows the ratios to the results in this file
  --profile        also takes CPU profiles and shows where the time goes; figures are worse then`;

const DEFAULT_RUNS = 5;
const QUICK_RUNS = 2;
const MAX_RUNS = 1_000;

/** The words cannot be understood; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseOptions(words: readonly string[], known: readonly string[]): Options {
  const { values, positionals } = parse(words);
  const { quick = false, list = false, help = false, profile = false, runs, json, compare } = values;
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`There is no benchmark called "${unknown}". There are: ${known.join(', ')}.`);
  const count = runs === undefined ? (quick ? QUICK_RUNS : DEFAULT_RUNS) : Number(runs);
  if (!Number.isInteger(count) || count < 1 || count > MAX_RUNS)
    throw new UsageError(`--runs takes a whole number from 1 to ${MAX_RUNS}, not "${runs ?? ''}".`);
  const names = [...new Set(positionals)];
  return { names, list, help, profile, quick, runs: count, jsonFile: json, compareFile: compare };
}

// The type is what the compiler infers: parseArgs gives each option its own.
function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        profile: { type: 'boolean' },
        runs: { type: 'string' },
        json: { type: 'string' },
        compare: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
