/**
 * A terminal that is none: it remembers what is written, types what it is told to, and can pretend to be watched. For tests,
 * and for programs that run commands inside themselves.
 */
import { PassThrough, Writable } from 'node:stream';
import type { StopSignal, Terminal, TerminalInput, TerminalOutput } from './terminal.ts';

class RecordedOutput extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY: boolean, columns: number) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  // What spinners ask of a terminal.
  cursorTo(): boolean {
    return true;
  }
  moveCursor(): boolean {
    return true;
  }
  clearLine(): boolean {
    return true;
  }
}

export interface RecordingOptions {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Comes on standard input, which then ends. */
  readonly input?: string;
}

export class RecordingTerminal implements Terminal {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether the keyboard is in raw mode, in the order in which that changed. */
  readonly rawModes: boolean[] = [];
  exitedWith: number | undefined;
  private readonly keyboard = new PassThrough();
  private readonly out: RecordedOutput;
  private readonly err: RecordedOutput;
  private readonly stopListeners = new Set<(signal: StopSignal) => void>();
  private readonly outputListeners = new Set<(error: NodeJS.ErrnoException) => void>();

  constructor(options: RecordingOptions = {}) {
    const { isTTY = false, columns = 200, env = {}, cwd = process.cwd(), input } = options;
    this.out = new RecordedOutput(isTTY, columns);
    this.err = new RecordedOutput(isTTY, columns);
    this.stdout = this.out;
    this.stderr = this.err;
    this.env = env;
    this.cwd = cwd;
    this.stdin = Object.assign(this.keyboard, {
      isTTY: isTTY && input === undefined,
      setRawMode: (raw: boolean) => this.rawModes.push(raw),
    });
    if (input !== undefined) this.keyboard.end(input);
  }

  /** What was written to standard output so far. */
  get output(): string {
    return this.out.text;
  }

  /** What was written to standard error so far. */
  get errors(): string {
    return this.err.text;
  }

  /** Presses keys. */
  type(text: string): void {
    this.keyboard.write(text);
  }

  /** Nobody will type any more. */
  endInput(): void {
    this.keyboard.end();
  }

  /** Presses Ctrl-C, or lets the system ask for an end. */
  signal(signal: StopSignal = 'SIGINT'): void {
    for (const listener of this.stopListeners) listener(signal);
  }

  /** The reader of standard output goes away. */
  breakOutput(code = 'EPIPE'): void {
    for (const listener of this.outputListeners)
      listener(Object.assign(new Error(`write ${code}`), { code }));
  }

  onStopSignal(listener: (signal: StopSignal) => void): () => void {
    this.stopListeners.add(listener);
    return () => this.stopListeners.delete(listener);
  }

  onOutputError(listener: (error: NodeJS.ErrnoException) => void): () => void {
    this.outputListeners.add(listener);
    return () => this.outputListeners.delete(listener);
  }

  exitAtOnce(code: number): void {
    this.exitedWith = code;
  }
}
