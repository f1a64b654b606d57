/**
 * Whether to colour: NO_COLOR (no-color.org), FORCE_COLOR (as Node reads it), `--no-color`, and the terminal itself.
 */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Terminal, TerminalOutput } from './terminal.ts';

/** chalk's levels: none, 16 colours, 256, all. */
export type ColourLevel = 0 | 1 | 2 | 3;

/** The most explicit wish wins: the flag, then FORCE_COLOR, then NO_COLOR, then what the stream is. */
export function colourLevel(
  output: TerminalOutput,
  env: Terminal['env'],
  flag: { readonly noColour: boolean },
): ColourLevel {
  if (flag.noColour) return 0;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) {
    if (forced === '0' || forced === 'false') return 0;
    return forced === '2' ? 2 : forced === '3' ? 3 : 1;
  }
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return 0;
  if (output.isTTY !== true || env['TERM'] === 'dumb') return 0;
  return 1; // the sixteen colours follow the theme of whoever looks at them
}

export function styleFor(level: ColourLevel): ChalkInstance {
  return new Chalk({ level });
}
