/**
 * A node that was started by another program (`devnet`) must not outlive it, even when that program is killed and can tell
 * nobody. It holds the write end of the node's standard input: when it is gone, the system closes the pipe, on every
 * platform. Off unless asked for, since services and containers give nodes an empty standard input.
 */
import type { Terminal, TerminalInput } from './terminal.ts';

/** Set to 1: the node ends when its standard input does. */
export const END_WITH_STDIN = 'MINI_BITCOIN_END_WITH_STDIN';

/** Watches standard input, where that is asked for. */
export class StandardInputEnd {
  private readonly ending = new AbortController();
  private readonly stdin: TerminalInput | undefined;
  private readonly end = (): void => this.ending.abort();

  constructor({ stdin, env }: Terminal) {
    if (env[END_WITH_STDIN] !== '1') return;
    this.stdin = stdin;
    for (const event of ['end', 'close', 'error']) stdin.on(event, this.end); // a pipe that breaks has ended, too
    stdin.resume();
  }

  /** Aborts when it has ended. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Ends the watching: an open pipe keeps the process alive. */
  forget(): void {
    this.stdin?.destroy();
  }
}
