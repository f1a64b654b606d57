/**
 * Draws frames over each other: the cursor goes up to where the last frame began, and each line is written over the old one
 * and cleared to its end. Nothing is ever blank in between, so nothing flickers; and what was in the terminal before stays.
 */
import type { TerminalOutput } from '../terminal.ts';

const ESC = '\u001b[';
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const CLEAR_LINE_END = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

export class LiveScreen {
  private readonly output: TerminalOutput;
  /** Visible widths of the lines that were drawn last. */
  private drawn: readonly number[] = [];
  private isOpen = false;
  private readonly restore = (): void => void this.output.write(SHOW_CURSOR);

  constructor(output: TerminalOutput) {
    this.output = output;
  }

  draw(lines: readonly string[]): void {
    if (!this.isOpen) {
      this.isOpen = true;
      this.output.write(HIDE_CURSOR);
      process.once('exit', this.restore); // a second Ctrl-C ends the process at once
    }
    this.output.write(frameText(lines, rowsTaken(this.drawn, this.output.columns ?? 80)));
    this.drawn = lines.map(visibleWidth);
  }

  /** Leaves the last frame where it is and gives the cursor back. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.off('exit', this.restore);
    this.restore();
  }
}

/** What to write so that `lines` stand where the frame above, `rows` high, stood. */
export function frameText(lines: readonly string[], rows: number): string {
  const up = rows > 0 ? `${ESC}${rows}A` : '';
  return `${up}\r${lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')}${CLEAR_BELOW}`;
}

/** How many rows lines take in a terminal that may have become narrower since: terminals wrap what does not fit any more. */
export function rowsTaken(widths: readonly number[], columns: number): number {
  return widths.reduce((rows, width) => rows + Math.max(1, Math.ceil(width / Math.max(1, columns))), 0);
}

/** Characters of a line without its colours. */
export function visibleWidth(line: string): number {
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').length;
}
