/**
 * The command line: `main` runs one command and answers with its exit code.
 *
 * It never ends the process, but for a second Ctrl-C: what has been written is still on its way to pipes and files then.
 */
import { readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { CliError, explainError, InterruptedError, OutputClosedError, usageError } from './cli-errors.ts';
import { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const stop = new AbortController();
  const outputFailure: { error?: NodeJS.ErrnoException } = {};
  const forgetOutput = terminal.onOutputError((error) => {
    outputFailure.error ??= error;
    stop.abort(new OutputClosedError(error.message));
  });
  const forgetSignals = terminal.onStopSignal(() => {
    if (stop.signal.aborted) terminal.exitAtOnce(EXIT.interrupted);
    else stop.abort(new InterruptedError());
  });
  const context = new Context(terminal, stop.signal);
  try {
    await run(argv, context);
    await written(terminal);
    if (outputFailure.error !== undefined) return outputClosed(context, outputFailure.error);
    return EXIT.ok;
  } catch (error) {
    // What else fails after our reader went away is only a consequence of that.
    if (outputFailure.error !== undefined) return outputClosed(context, outputFailure.error);
    return tell(context, error);
  } finally {
    forgetSignals();
    forgetOutput();
  }
}

async function run(argv: readonly string[], context: Context): Promise<void> {
  // Known before the command line is read as a whole: its mistakes, too, are told in the form that is asked for.
  const words = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length);
  context.configure({ json: words.includes('--json'), color: !words.includes('--no-color') });
  const program = createProgram(context, ownVersion());
  if (argv.length === 0) return void context.terminal.stdout.write(helpOf(program));
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return;
    if (error.code === 'commander.help') throw incomplete(program, words);
    throw withHelpHint(error, program, words);
  }
}

/** The command that the words lead to. */
function commandOf(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next !== undefined) command = next;
    else if (!word.startsWith('-')) break;
  }
  return command;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** A command that only has subcommands, without one. */
function incomplete(program: Command, words: readonly string[]): CliError {
  const command = commandOf(program, words);
  const name = nameOf(command);
  return usageError(
    `${name} needs one more word: ${command.commands.map((sub) => sub.name()).join(', ')}.`,
    `${name} --help tells more.`,
  );
}

/** Where commander has no suggestion, the help of the command in question is one. */
function withHelpHint(error: CommanderError, program: Command, words: readonly string[]): CliError {
  const explained = explainError(error);
  if (explained?.hint !== undefined) return explained;
  return usageError(
    explained?.message ?? error.message,
    `${nameOf(commandOf(program, words))} --help tells what is possible.`,
  );
}

function helpOf(program: Command): string {
  let text = '';
  program.configureOutput({ writeOut: (part) => (text += part) });
  program.outputHelp();
  return text;
}

/** Resolves when all that was printed has been taken, or cannot be: a full disk must not look like success. */
async function written({ stdout }: Terminal): Promise<void> {
  await new Promise<void>((resolve) => {
    stdout.write('', () => setImmediate(resolve)); // the stream's error event comes after this callback
  });
}

/** A reader that has enough (`| head`) is fine; a full disk is not. */
function outputClosed(context: Context, error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE') return EXIT.ok;
  return tell(
    context,
    new CliError(`The output cannot be written: ${error.message}`, { reason: 'output-failed' }),
  );
}

/** Says what went wrong, on standard error: a sentence and a hint, or JSON. */
function tell(context: Context, error: unknown): number {
  const { stderr } = context.terminal;
  const explained = explainError(error);
  if (explained === undefined) {
    // A defect. Whoever meets it should be able to report it.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (context.json)
      stderr.write(
        `${JSON.stringify({ error: { reason: 'internal-error', message: text, exit_code: EXIT.failed } })}\n`,
      );
    else
      stderr.write(
        `${text}\n${context.errorStyle.red('error:')} this is a defect of MiniBitcoin; please report it.\n`,
      );
    return EXIT.failed;
  }
  const { message, hint, reason, facts, exitCode } = explained;
  if (context.json) {
    const fields = {
      reason,
      message,
      ...(hint === undefined ? {} : { hint }),
      exit_code: exitCode,
      ...facts,
    };
    stderr.write(`${JSON.stringify({ error: fields })}\n`);
  } else if (exitCode === EXIT.interrupted) {
    stderr.write(`${message}\n`);
  } else {
    stderr.write(`${context.errorStyle.red('error:')} ${message}\n`);
    if (hint !== undefined) stderr.write(`${context.errorStyle.cyan('hint:')}  ${hint}\n`);
  }
  return exitCode;
}

/** From the package's own description, two folders up from here in `src` and in `dist` alike. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
