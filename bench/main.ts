/**
 * `npm run bench`: runs benchmarks, prints a table for each, and keeps the results as JSON.
 *
 * Exit codes: 0 all ran, 1 a benchmark failed, 2 the words were wrong, 130 Ctrl-C.
 */
import { setMaxListeners } from 'node:events';
import { join, relative } from 'node:path';
import { CATALOGUE } from './catalogue.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { comparedWithText, comparisonText } from './frame/comparison.ts';
import { condense, type Figure } from './frame/figure.ts';
import { describeMachine, machineText } from './frame/machine.ts';
import { type Options, parseOptions, USAGE, UsageError } from './frame/options.ts';
import { PROFILES_FOLDER, RESULTS_FOLDER } from './frame/places.ts';
import { profiled, profilesText } from './frame/profile.ts';
import {
  type BenchmarkResult,
  benchmarkText,
  FORMAT,
  readResults,
  type Results,
  ResultsFileError,
  writeResults,
} from './frame/report.ts';
import { Scratch } from './frame/scratch.ts';

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;
/** Ctrl-C reaches us from the terminal and once more from `npm run bench`: that is one wish, not two. */
const SAME_WISH_MS = 1_000;

/** Aborted by the first Ctrl-C or SIGTERM; the second ends the process (and its folders) at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // each connection of a load has one
  let firstMs: number | undefined;
  const onSignal = (): void => {
    const nowMs = performance.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      console.error('\nStopping and clearing up; once more ends it at once.');
      controller.abort(new Error('interrupted'));
    } else if (nowMs - firstMs > SAME_WISH_MS) process.exit(EXIT.interrupted);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

/** One line that is overwritten on a terminal; nothing elsewhere. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

async function runOne(
  benchmark: Benchmark,
  options: Options,
  signal: AbortSignal,
  profileFolder: string | undefined,
): Promise<BenchmarkResult> {
  const scratch = new Scratch();
  const figures: Figure[] = [];
  const notes: string[] = [];
  const startMs = performance.now();
  let failure: string | undefined;
  try {
    const bench: BenchmarkRun = {
      ...{ quick: options.quick, runs: options.runs, profileFolder, signal, scratch },
      record(measured) {
        const figure = condense(measured, figures);
        figures.push(figure);
        return figure;
      },
      note: (sentence) => notes.push(sentence),
      progress: (what) => showProgress(`${benchmark.name}: ${what}`),
    };
    if (profileFolder === undefined) await benchmark.run(bench);
    else await profiled(profileFolder, 'benchmark', () => benchmark.run(bench));
  } catch (error) {
    // What breaks because everything is being stopped is no failure of the benchmark.
    failure = signal.aborted
      ? 'interrupted'
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  }
  for (const leftover of await scratch.close()) {
    if (!signal.aborted) failure ??= `could not clear up: ${String(leftover)}`;
  }
  showProgress('');
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  return { name: benchmark.name, seconds, figures, notes, ...(failure === undefined ? {} : { failure }) };
}

async function runAll(options: Options): Promise<number> {
  // Before the work, so that a wrong file name does not cost it.
  const old = options.compareFile === undefined ? undefined : readResults(options.compareFile);
  const signal = interruption();
  const machine = describeMachine();
  console.log(machineText(machine));
  if (options.quick) console.log('A quick run: for a first impression, not for publishing.');
  if (old !== undefined) console.log(comparedWithText(old, machine, options));

  const time = machine.date.replaceAll(/[-:]|\.\d+/g, '');
  const benchmarks: BenchmarkResult[] = [];
  for (const benchmark of CATALOGUE) {
    if (options.names.length > 0 && !options.names.includes(benchmark.name)) continue;
    if (signal.aborted) break;
    const profileFolder = options.profile ? join(PROFILES_FOLDER, time, benchmark.name) : undefined;
    const result = await runOne(benchmark, options, signal, profileFolder);
    benchmarks.push(result);
    console.log(`\n## ${result.name} (${result.seconds} s)\n\n${benchmarkText(result)}`);
    if (profileFolder !== undefined && result.failure === undefined)
      console.log(
        `\nProfiles, in ${relative(process.cwd(), profileFolder)}:\n\n${profilesText(profileFolder)}`,
      );
    const before = old?.benchmarks.find(({ name }) => name === result.name);
    const comparison = before === undefined ? undefined : comparisonText(before, result);
    if (comparison !== undefined) console.log(`\nAgainst ${options.compareFile ?? ''}:\n\n${comparison}`);
    else if (old !== undefined) console.log(`\n${options.compareFile ?? ''} has no figure of these.`);
  }

  // Half a run is not to take the place of a whole one.
  if (signal.aborted) return EXIT.interrupted;
  const file = options.jsonFile ?? join(RESULTS_FOLDER, `${time}.tmp.json`);
  const { quick, runs } = options;
  const results: Results = { format: FORMAT, machine, effort: { quick, runs }, benchmarks };
  writeResults(file, results);
  console.log(`\nResults are in ${relative(process.cwd(), file)}`);
  return benchmarks.some(({ failure }) => failure !== undefined) ? EXIT.failed : EXIT.ok;
}

async function main(words: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(
      words,
      CATALOGUE.map(({ name }) => name),
    );
    if (options.help) {
      console.log(USAGE);
      return EXIT.ok;
    }
    if (options.list) {
      for (const { name, summary } of CATALOGUE) console.log(`${name.padEnd(16)} ${summary}`);
      return EXIT.ok;
    }
    return await runAll(options);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof ResultsFileError)) throw error;
    console.error(error.message);
    if (error instanceof UsageError) console.error(`\n${USAGE}`);
    return EXIT.usage;
  }
}

process.exitCode = await main(process.argv.slice(2));
