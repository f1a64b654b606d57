/**
 * Every way in which a command can end badly, as one kind of error: a sentence, what to do about it, an exit code.
 */
import { CommanderError } from 'commander';
import { REASONS } from '../consensus/index.ts';
import { ApiError, NodeUnreachableError, UnexpectedAnswerError } from '../protocol/client-errors.ts';
import { InsufficientFundsError, InvalidAmountError, InvalidPrivateKeyError } from '../wallet/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

export interface CliErrorOptions {
  readonly exitCode?: ExitCode;
  /** A stable code for programs. */
  readonly reason?: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** Further facts for `--json`. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  readonly reason: string;
  readonly hint: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.failed;
    this.reason = options.reason ?? 'failed';
    this.hint = options.hint;
    this.facts = options.facts ?? {};
  }
}

/** Ctrl-C or SIGTERM: nothing went wrong, but what was asked for is not done. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** Whoever read our output (`| head`) has enough and went away. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError';
}

export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { exitCode: EXIT.usage, reason: 'usage', hint });
}

/** What the reason's table says, for a learner who meets it for the first time. */
export function meaningOf(reason: string | undefined): string | undefined {
  return reason !== undefined && Object.hasOwn(REASONS, reason)
    ? REASONS[reason as keyof typeof REASONS].meaning
    : undefined;
}

/** Turns whatever was thrown into the one kind of error. Undefined: not ours to explain, it is a defect of the program. */
export function explainError(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) return fromCommander(error);
  if (error instanceof InterruptedError) {
    return new CliError('Interrupted.', { exitCode: EXIT.interrupted, reason: 'interrupted' });
  }
  if (error instanceof ApiError) return fromApi(error);
  if (error instanceof NodeUnreachableError) {
    return new CliError(capitalised(error.message), {
      exitCode: EXIT.unreachable,
      reason: 'node-unreachable',
      hint: error.timedOut
        ? 'It may be busy: try again, or look at its log.'
        : 'Start one with `mini-bitcoin node`, or say where it is: --node URL or MINI_BITCOIN_NODE.',
    });
  }
  if (error instanceof UnexpectedAnswerError) {
    return new CliError(error.message, {
      exitCode: EXIT.unreachable,
      reason: 'not-a-node',
      hint: 'Another program may listen there. Say where the node is: --node URL or MINI_BITCOIN_NODE.',
    });
  }
  if (error instanceof InvalidPrivateKeyError || error instanceof InvalidAmountError)
    return usageError(capitalised(error.message));
  if (error instanceof InsufficientFundsError)
    return new CliError(capitalised(error.message), { reason: 'insufficient-funds' });
  return fromSystem(error);
}

function fromApi(error: ApiError): CliError {
  const { status, reason, detail } = error;
  return new CliError(sentence(detail), {
    exitCode: status === 404 && reason !== 'no-such-route' ? EXIT.notFound : EXIT.failed,
    reason: reason ?? `http-${status}`,
    hint: error.hint ?? API_HINTS[reason ?? ''] ?? meaningOf(reason),
    facts: { status },
  });
}

const TOKEN_HINT = 'Give the token of the node: --token or MINI_BITCOIN_TOKEN (its API_TOKEN).';
const API_HINTS: Readonly<Record<string, string>> = {
  'token-required': TOKEN_HINT,
  'token-wrong': TOKEN_HINT,
  'admin-only-loopback':
    'Run the command on the machine of the node, or start the node with ADMIN_ACCESS=token.',
  'rate-limited': 'Wait a moment and try again.',
  'no-such-route': 'This node is of another version, or the original: it cannot do this.',
  'stale-cursor': 'The chain was reorganised meanwhile: run the command again.',
};

/** Commander says `error: unknown command 'balanse'` and, on a line of its own, `(Did you mean balance?)`. */
function fromCommander(error: CommanderError): CliError {
  const [first = '', ...rest] = error.message.split('\n');
  const suggestion = rest.join(' ').replace(/^\(|\)$/g, '');
  return usageError(
    `${capitalised(first.replace(/^error: /, ''))}${/[.!?]$/.test(first) ? '' : '.'}`,
    suggestion === '' ? undefined : suggestion,
  );
}

const SYSTEM_SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you are not allowed to',
  EPERM: 'you are not allowed to',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk cannot be written',
};

/** Files that are not there, full disks: the system's own errors, without their stack. */
function fromSystem(error: unknown): CliError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined) return undefined;
  const sentence = SYSTEM_SENTENCES[code];
  if (sentence === undefined) return undefined;
  return new CliError(`${path}: ${sentence}.`, {
    exitCode: code === 'ENOENT' ? EXIT.usage : EXIT.failed,
    reason: code.toLowerCase(),
  });
}

export function capitalised(text: string): string {
  // A hash or address at the beginning stays what it is.
  return /^[0-9a-f]{20}/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** The node's details are parts of sentences, sometimes. */
function sentence(text: string): string {
  return `${capitalised(text)}${/[.!?)]$/.test(text) ? '' : '.'}`;
}
