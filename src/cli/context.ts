/**
 * What every command has at hand: the terminal, the node, how to print, when to stop.
 */
import type { ChalkInstance } from 'chalk';
import { ApiClient } from '../protocol/client.ts';
import { normaliseBaseUrl } from '../protocol/transport.ts';
import type { CallOptions } from '../protocol/index.ts';
import { usageError } from './cli-errors.ts';
import { type ColourLevel, colourLevel, styleFor } from './colours.ts';
import type { Layout } from './layout.ts';
import { type Progress, startProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly node?: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

export const DEFAULT_NODE_URL = 'http://localhost:8000';

export class Context {
  readonly terminal: Terminal;
  /** Aborts at Ctrl-C, with an InterruptedError as reason. */
  readonly signal: AbortSignal;
  readonly call: CallOptions;
  private options: GlobalOptions = {};

  constructor(terminal: Terminal, signal: AbortSignal) {
    this.terminal = terminal;
    this.signal = signal;
    this.call = { signal };
  }

  /** Takes over what the command line said, as soon as it is read. */
  configure(options: GlobalOptions): void {
    this.options = options;
  }

  get json(): boolean {
    return this.options.json === true;
  }

  // --- The node -----------------------------------------------------------------------------------------------

  get nodeUrl(): string {
    const { node = this.terminal.env['MINI_BITCOIN_NODE'] || DEFAULT_NODE_URL } = this.options;
    return baseUrl(node);
  }

  client(): ApiClient {
    const token = this.options.token ?? this.terminal.env['MINI_BITCOIN_TOKEN'];
    return new ApiClient({ baseUrl: this.nodeUrl, ...(token ? { token } : {}) });
  }

  // --- Printing -----------------------------------------------------------------------------------------------

  get layout(): Layout {
    const { stdout } = this.terminal;
    return { isTerminal: stdout.isTTY === true, columns: stdout.columns ?? 80, style: this.style };
  }

  get style(): ChalkInstance {
    return styleFor(colourLevel(this.terminal.stdout, this.terminal.env, { noColour: this.noColour }));
  }

  get errorStyle(): ChalkInstance {
    return styleFor(this.errorLevel);
  }

  private get errorLevel(): ColourLevel {
    return colourLevel(this.terminal.stderr, this.terminal.env, { noColour: this.noColour });
  }

  private get noColour(): boolean {
    return this.options.color === false;
  }

  /** The result of a command: JSON where that is asked for, else the text. */
  result(json: unknown, text: () => string): void {
    this.print(this.json ? jsonText(json) : text());
  }

  /** One of a stream of results: a line of JSON, or the text. */
  item(json: unknown, text: () => string): void {
    this.print(this.json ? jsonText(json, 0) : text());
  }

  print(text: string): void {
    this.terminal.stdout.write(`${text}\n`);
  }

  /** A remark beside the result, on standard error. */
  note(text: string): void {
    if (!this.json) this.terminal.stderr.write(`${text}\n`);
  }

  warn(text: string): void {
    this.terminal.stderr.write(
      this.json
        ? `${JSON.stringify({ warning: text })}\n`
        : `${this.errorStyle.yellow('warning:')} ${text}\n`,
    );
  }

  /** Shows a spinner while `work` runs. */
  async withProgress<T>(text: string, work: (progress: Progress) => Promise<T>): Promise<T> {
    const progress = await startProgress(this.terminal.stderr, this.errorLevel, text);
    // A second Ctrl-C ends the process in mid-work; the cursor must be back by then.
    const restore = (): void => progress.stop();
    this.signal.addEventListener('abort', restore, { once: true });
    try {
      return await work(progress);
    } finally {
      this.signal.removeEventListener('abort', restore);
      progress.stop();
    }
  }
}

/** Normalises the address of a node, or says what is wrong with it. */
export function baseUrl(text: string): string {
  try {
    return normaliseBaseUrl(text);
  } catch (error) {
    throw usageError((error as Error).message, 'An address looks like http://localhost:8000.');
  }
}

/** JSON for programs. Numbers beyond 2^53 become text. */
export function jsonText(value: unknown, indent = 2): string {
  return JSON.stringify(
    value,
    (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field),
    indent,
  );
}
