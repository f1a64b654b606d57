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
  /** Left out when the terminal is too narrow for the table; of several, the one with the highest number first. */
  readonly spare?: number;
  /** May be cut to so many characters when the terminal is too narrow: at its end, or in its middle. */
  readonly cut?: { readonly to: number; readonly at: 'end' | 'middle' };
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
  const widths = columns.map((column, i) => widthOf({ column, cells: rows.map((row) => row[i] ?? '') }));
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
  const { shown, notes } = fitted(columns, rows, width);
  const table = new Table({
    head: shown.map(({ column }) => style.bold(column.title)),
    colAligns: shown.map(({ column }) => column.align ?? 'left'),
    style: { head: [], border: [], compact: true }, // colours are ours to decide
    chars: framed(style),
  });
  rows.forEach((_, i) =>
    table.push(shown.map(({ column, cells }) => column.paint?.(cells[i] ?? '', style) ?? cells[i] ?? '')),
  );
  return [table.toString(), ...notes.map((note) => style.dim(note))].join('\n');
}

interface ShownColumn {
  readonly column: Column;
  readonly cells: readonly string[];
}

/** Makes a table fit into so many characters, as far as its columns allow: shortens hashes, leaves columns out, cuts texts. */
function fitted(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): { shown: readonly ShownColumn[]; notes: readonly string[] } {
  let shown: ShownColumn[] = columns.map((column, i) => ({ column, cells: rows.map((row) => row[i] ?? '') }));
  if (excess(shown, widthOf, width) <= 0) return { shown, notes: [] };
  const notes = columns.some(({ hash }) => hash) ? [SHORTENED] : [];
  shown = shown.map(({ column, cells }) => ({ column, cells: column.hash ? cells.map(shortened) : cells }));

  const dropped: string[] = [];
  while (excess(shown, leastWidthOf, width) > 0) {
    const [next] = shown.map(({ column }) => column).sort((a, b) => (b.spare ?? 0) - (a.spare ?? 0));
    if (next?.spare === undefined) break;
    shown = shown.filter(({ column }) => column !== next);
    dropped.push(next.title);
  }
  if (dropped.length > 0) notes.push(`Left out: ${dropped.join(', ')}; --json shows all.`);

  let tooMuch = excess(shown, widthOf, width);
  for (const [i, { column, cells }] of [...shown.entries()].reverse()) {
    const { cut } = column;
    const least = leastWidthOf({ column, cells });
    if (cut === undefined || tooMuch <= 0) continue;
    const target = Math.max(least, widthOf({ column, cells }) - tooMuch);
    tooMuch -= widthOf({ column, cells }) - target;
    shown[i] = { column, cells: cells.map((cell) => cutText(cell, target, cut.at)) };
  }
  return { shown, notes };
}

/** Every column has a line and two spaces, and the table a last line. */
function excess(
  shown: readonly ShownColumn[],
  measure: (column: ShownColumn) => number,
  width: number,
): number {
  return shown.reduce((sum, each) => sum + measure(each) + 3, 1) - width;
}

function widthOf({ column, cells }: ShownColumn): number {
  return cells.reduce((most, cell) => Math.max(most, textWidth(cell)), column.title.length);
}

function leastWidthOf(shown: ShownColumn): number {
  const { title, cut } = shown.column;
  return cut === undefined ? widthOf(shown) : Math.min(widthOf(shown), Math.max(cut.to, title.length));
}

function cutText(text: string, width: number, at: 'end' | 'middle'): string {
  if (text.length <= width) return text;
  const tail = at === 'end' ? 0 : Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
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

function textWidth(text: string): number {
  return text.split('\n').reduce((most, line) => Math.max(most, line.length), 0);
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
