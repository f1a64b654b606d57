/** The results of a run: as tables for people, as a file for `--compare`. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Effort } from './benchmark.ts';
import type { Figure } from './figure.ts';
import type { Machine } from './machine.ts';

export interface BenchmarkResult {
  readonly name: string;
  readonly seconds: number;
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
  /** Why it has not all its figures. */
  readonly failure?: string;
}

/** The contents of a results file. */
export interface Results {
  readonly format: typeof FORMAT;
  readonly machine: Machine;
  readonly effort: Effort;
  readonly benchmarks: readonly BenchmarkResult[];
}

export const FORMAT = 'mini-bitcoin-bench/1';

/** A file that does not hold results. */
export class ResultsFileError extends Error {
  override readonly name = 'ResultsFileError';
}

/** As many digits as mean something. */
export function numberText(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function ratioText(ratio: number): string {
  const digits = ratio >= 100 ? 0 : ratio >= 10 ? 1 : ratio >= 0.1 ? 2 : 4;
  return `×${ratio.toFixed(digits)}`;
}

/** A table in Markdown, aligned for terminals: the first column to the left, numbers to the right. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isText = (column: number): boolean => column === 0 || column === head.length - 1;
  const widths = head.map((title, column) =>
    Math.max(3, ...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (isText(column) ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** The figures of one benchmark. */
export function benchmarkText(result: BenchmarkResult): string {
  const rows = result.figures.map(({ name, unit, median, min, max, samples, ratio, reference }) => [
    name,
    ...[median, min, max].map(numberText),
    String(samples),
    unit,
    ratio === undefined ? '' : `${ratioText(ratio)} of ${reference ?? ''}`,
  ]);
  const head = ['figure', 'median', 'min', 'max', 'n', 'unit', 'against the reference'];
  return [
    ...(rows.length === 0 ? [] : [tableText(head, rows)]),
    ...result.notes.map((note) => `- ${note}`),
    ...(result.failure === undefined ? [] : [`FAILED: ${result.failure}`]),
  ].join('\n');
}

/** Writes the file as a whole or not at all. */
export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** @throws ResultsFileError */
export function readResults(path: string): Results {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ResultsFileError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (typeof parsed !== 'object' || parsed === null || (parsed as Partial<Results>).format !== FORMAT)
    throw new ResultsFileError(`${path} holds no results of this program (${FORMAT})`);
  return parsed as Results;
}
