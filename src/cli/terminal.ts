/**
 * The outside of a command: where it reads and writes, how it hears Ctrl-C. `main` takes one, so tests hand in their own and
 * see every byte; the real one is {@link processTerminal}.
 */
import type { Readable } from 'node:stream';

export type TerminalOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

export type TerminalInput = Readable & {
  readonly isTTY?: boolean | undefined;
  setRawMode?: (raw: boolean) => unknown;
};

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Terminal {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls back at every signal to stop, until the function that it returns is called. */
  onStopSignal(listener: (signal: StopSignal) => void): () => void;
  /** Calls back when nobody reads standard output any more (EPIPE), or it cannot be written for another reason. */
  onOutputError(listener: (error: NodeJS.ErrnoException) => void): () => void;
  /** Ends the process in mid-work. For the second Ctrl-C only. */
  exitAtOnce(code: number): void;
}

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    onStopSignal(listener) {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
      };
    },
    onOutputError(listener) {
      // Without a listener Node throws the error as uncaught. Nobody can be told about a broken stderr.
      const ignore = (): void => undefined;
      process.stdout.on('error', listener);
      process.stderr.on('error', ignore);
      return () => undefined; // errors of the last writes arrive after main has returned
    },
    exitAtOnce: (code) => process.exit(code),
  };
}
