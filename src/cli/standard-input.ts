/** Reading from files and standard input (`-`), bounded, and from the keyboard without showing what is typed. */
import { readFile, stat } from 'node:fs/promises';
import { CliError, InterruptedError, usageError } from './cli-errors.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Everything that comes on standard input. @throws CliError when it is more than `maxBytes` */
export async function readStandardInput(
  terminal: Terminal,
  signal: AbortSignal,
  maxBytes: number,
): Promise<string> {
  const { stdin } = terminal;
  const chunks: Buffer[] = [];
  let length = 0;
  signal.throwIfAborted();
  // A read from a terminal or pipe cannot be cancelled; closing our end of it can.
  const stop = (): void => void stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
      const bytes = Buffer.from(chunk as string);
      length += bytes.length;
      if (length > maxBytes) throw tooLong('Standard input', maxBytes);
      chunks.push(bytes);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks).toString('utf8');
}

/** The text of a file, or of standard input for `-`. */
export async function readTextInput(
  terminal: Terminal,
  signal: AbortSignal,
  path: string,
  maxBytes: number,
): Promise<string> {
  if (path === '-') return readStandardInput(terminal, signal, maxBytes);
  const { size } = await stat(path);
  if (size > maxBytes) throw tooLong(path, maxBytes);
  return readFile(path, { encoding: 'utf8', signal });
}

function tooLong(what: string, maxBytes: number): CliError {
  return new CliError(`${what} has more than ${maxBytes.toLocaleString('en')} bytes: this cannot be meant.`, {
    exitCode: EXIT.usage,
    reason: 'input-too-long',
  });
}

/** Resolves with a character's line from the keyboard; nothing of it is shown. For secrets. */
export async function promptHidden(
  terminal: Terminal,
  signal: AbortSignal,
  question: string,
): Promise<string> {
  const { stdin, stderr } = terminal;
  if (stdin.isTTY !== true || stdin.setRawMode === undefined)
    throw usageError('There is no keyboard to ask at.');
  signal.throwIfAborted();
  stderr.write(question);
  stdin.setRawMode(true); // no echo; and Ctrl-C comes as a character instead of a signal
  stdin.setEncoding('utf8');
  try {
    return await new Promise<string>((resolve, reject) => {
      let line = '';
      const finish = (end: () => void): void => {
        stdin.off('data', onData);
        signal.removeEventListener('abort', onAbort);
        end();
      };
      const onAbort = (): void => finish(() => reject(signal.reason as Error));
      const onData = (chunk: string): void => {
        for (const key of withoutEscapes(chunk)) {
          if (key === '\r' || key === '\n') return finish(() => resolve(line));
          if (key === '\u0003') return finish(() => reject(new InterruptedError()));
          if (key === '\u0004' && line === '') return finish(() => reject(usageError('No key was entered.')));
          if (key === '\u007f' || key === '\b') line = line.slice(0, -1);
          else if (key === '\u0015')
            line = ''; // Ctrl-U
          else if (key >= ' ') line += key;
        }
      };
      signal.addEventListener('abort', onAbort, { once: true });
      stdin.on('data', onData);
      stdin.resume();
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause(); // a listening keyboard keeps the process alive
    stderr.write('\n');
  }
}

/** Arrow keys, and the marks that terminals put around pasted text, are not part of what was typed. */
function withoutEscapes(chunk: string): string {
  return chunk.replace(/\u001b\[[0-9;]*[A-Za-z~]/g, '');
}

/** A line from standard input, as typed; empty when there is nobody. */
export async function readLine(terminal: Terminal, signal: AbortSignal, question: string): Promise<string> {
  const { stdin, stderr } = terminal;
  stderr.write(question);
  return new Promise<string>((resolve, reject) => {
    let line = '';
    const finish = (end: () => void): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      stdin.pause(); // a listening keyboard keeps the process alive
      end();
    };
    const onData = (chunk: Buffer | string): void => {
      line += chunk.toString();
      const end = line.indexOf('\n');
      if (end >= 0) finish(() => resolve(line.slice(0, end)));
    };
    const onEnd = (): void => finish(() => resolve(line));
    const onAbort = (): void => finish(() => reject(signal.reason as Error));
    if (signal.aborted) return onAbort();
    if (stdin.readableEnded) return onEnd();
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.resume();
  });
}
