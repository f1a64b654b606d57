/**
 * Tables and lists of facts. On a terminal with lines and colours; elsewhere as plain columns that `awk` and `cut` can take.
 */
import Table from 'cli-table3';
import type { ChalkInstance } from 'chalk';
import { shortened } from './describe.ts';

/** What the text is made for. */
export interface Layout {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly style: ChalkInstance;
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Hashes: may be shortened in the middle when the terminal is too narrow for the table. */
  readonly hash?: boolean;
  readonly paint?: (text: string, style: ChalkInstance) => string;
}

export type Row = readonly (string | number)[];

/** Two spaces between plain columns: no cell contains them, so they can be split again. */
const GAP = '  ';

export function tableText(layout: Layout, columns: readonly Column[], rows: readonly Row[]): string {
  const cells = rows.map((row) => row.map(String));
  return layout.isTerminal ? drawnTable(layout, columns, cells) : plainTable(columns, cells);
}

function plainTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = widthsOf(columns, rows);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) =>
        columns[i]?.align === 'right' ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join('\n');
}

function drawnTable(
  { columns: width, style }: Layout,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const fits = widthsOf(columns, rows).reduce((sum, each) => sum + each + 3, 1) <= width;
  const shown = fits
    ? rows
    : rows.map((row) => row.map((cell, i) => (columns[i]?.hash ? shortened(cell) : cell)));
  const table = new Table({
    head: columns.map(({ title }) => style.bold(title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], compact: true }, // colours are ours to decide
    chars: framed(style),
  });
  for (const row of shown) table.push(row.map((cell, i) => columns[i]?.paint?.(cell, style) ?? cell));
  const note = fits || !columns.some(({ hash }) => hash) ? '' : `\n${style.dim(SHORTENED)}`;
  return `${table.toString()}${note}`;
}

const SHORTENED = 'Hashes are shortened: a wider terminal, a pipe or --json shows them whole.';

/** A light frame: no lines between rows, corners rounded. */
function framed(style: ChalkInstance): Record<string, string> {
  const chars = {
    ...{ top: '─', 'top-mid': '┬', 'top-left': '╭', 'top-right': '╮' },
    ...{ bottom: '─', 'bottom-mid': '┴', 'bottom-left': '╰', 'bottom-right': '╯' },
    ...{ left: '│', 'left-mid': '├', mid: '─', 'mid-mid': '┼', right: '│', 'right-mid': '┤', middle: '│' },
  };
  return Object.fromEntries(Object.entries(chars).map(([place, char]) => [place, style.dim(char)]));
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ title }, i) =>
    rows.reduce(
      (width, row) => (row[i] ?? '').split('\n').reduce((most, line) => Math.max(most, line.length), width),
      title.length,
    ),
  );
}

export type Fact = readonly [name: string, value: string | number | undefined | null];

/** `name  value` lines; what has no value is left out. */
export function factsText(layout: Layout, facts: readonly Fact[], indent = ''): string {
  const known = facts.filter(([, value]) => value !== undefined && value !== null);
  const width = known.reduce((most, [name]) => Math.max(most, name.length), 0);
  return known
    .map(([name, value]) => `${indent}${layout.style.dim(name.padEnd(width))}${GAP}${value ?? ''}`)
    .join('\n');
}
