/**
 * Signs of life during long work: a spinner with a sentence on standard error, and only where somebody watches. Pipes and
 * files get none of it.
 */
import type { Ora } from 'ora';
import type { ColourLevel } from './colours.ts';
import type { TerminalOutput } from './terminal.ts';

export interface Progress {
  /** Replaces the sentence. */
  say(text: string): void;
  /** Removes the spinner and restores the cursor. Idempotent. */
  stop(): void;
}

const SILENT: Progress = { say: () => undefined, stop: () => undefined };

/** Starts a spinner, where the stream is a terminal. */
export async function startProgress(
  output: TerminalOutput,
  level: ColourLevel,
  text: string,
): Promise<Progress> {
  if (output.isTTY !== true) return SILENT;
  const { default: ora } = await import('ora'); // a tenth of a second that quick commands need not pay
  const spinner: Ora = ora({
    text,
    stream: output,
    isEnabled: true,
    // It would put the keyboard into raw mode, where Ctrl-C is no signal any more.
    discardStdin: false,
    ...(level === 0 ? { color: false as const } : {}),
  }).start();
  return {
    say: (next) => {
      spinner.text = next;
    },
    stop: () => spinner.stop(),
  };
}

const BAR_CELLS = 20;

/** `███████░░░░░░░░░░░░░  35 %  3,500 of 10,000`. */
export function barText(done: number, total: number): string {
  const share = total <= 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * BAR_CELLS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
  return `${bar}  ${Math.floor(share * 100)} %  ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
}
