/**
 * What did a change do? Figures of this run against those of a file, by name. Figures of two machines, or of one machine at
 * two busy moments, tell little: so the change of the *ratio to the reference* stands beside, which the machine is out of.
 */
import type { Effort } from './benchmark.ts';
import type { Figure } from './figure.ts';
import { type Machine, machineText } from './machine.ts';
import { type BenchmarkResult, numberText, ratioText, type Results, tableText } from './report.ts';

/** Smaller changes are the weather. */
const NOTEWORTHY = 0.1;

function judgement(change: number, better: Figure['better']): string {
  if (Math.abs(change - 1) < NOTEWORTHY) return 'same';
  return change < 1 === (better === 'lower') ? 'better' : 'WORSE';
}

/** What is compared with, and what speaks against comparing. */
export function comparedWithText(old: Results, machine: Machine, effort: Effort): string {
  const doubts = [
    ...(old.machine.cpu === machine.cpu && old.machine.cores === machine.cores ? [] : ['another machine']),
    ...(old.machine.node === machine.node ? [] : ['another version of Node']),
    ...(old.effort.quick === effort.quick ? [] : ['only one of the two runs was --quick']),
  ];
  const caution = doubts.length === 0 ? '' : `\nMind that the two differ: ${doubts.join(', ')}.`;
  return `Compared with: ${machineText(old.machine)}${caution}`;
}

/** A table of new / old per figure; undefined where the two have no figure in common. */
export function comparisonText(old: BenchmarkResult, now: BenchmarkResult): string | undefined {
  const rows = now.figures.flatMap((figure) => {
    const before = old.figures.find(({ name, unit }) => name === figure.name && unit === figure.unit);
    if (before === undefined) return [];
    const change = figure.median / before.median;
    const relative =
      figure.ratio === undefined || before.ratio === undefined || before.reference !== figure.reference
        ? undefined
        : figure.ratio / before.ratio;
    return [
      [
        figure.name,
        numberText(before.median),
        numberText(figure.median),
        figure.unit,
        ratioText(change),
        relative === undefined ? '' : ratioText(relative),
        judgement(relative ?? change, figure.better),
      ],
    ];
  });
  if (rows.length === 0) return undefined;
  return tableText(['figure', 'old', 'new', 'unit', 'new/old', 'ratio new/old', ''], rows);
}
