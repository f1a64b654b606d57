/** How a command in another terminal reaches a running devnet. */
import { CliError } from '../cli-errors.ts';
import { EXIT } from '../exit-codes.ts';
import { type ControlAddress, readControlFile } from './control-file.ts';
import {
  CONTROL_PATH,
  type ControlAnswer,
  type ControlFailure,
  type ControlRequest,
} from './control-messages.ts';

/** A question that needs no work is answered at once, or the process hangs. */
const STATUS_TIMEOUT_MS = 5_000;

/**
 * Says something to the devnet of a folder.
 * @throws CliError when none runs there, and what the devnet answers
 */
export async function callDevnet(
  folder: string,
  request: ControlRequest,
  signal: AbortSignal,
): Promise<ControlAnswer> {
  const address = await readControlFile(folder);
  const hint = 'Start one with `mini-bitcoin devnet`, or say where it is: --dir DIR.';
  if (address === undefined) {
    throw new CliError(`No devnet runs in ${folder}.`, {
      reason: 'no-devnet',
      exitCode: EXIT.unreachable,
      hint,
    });
  }
  const answer = await askDevnet(address, request, signal);
  if (answer === 'gone') {
    throw new CliError(
      `No devnet runs in ${folder} any more: process ${address.pid} ended without tidying up, and left control.json behind.`,
      { reason: 'no-devnet', exitCode: EXIT.unreachable, hint },
    );
  }
  return answer;
}

/**
 * @returns `gone` when nobody listens there, or somebody else
 * @throws CliError with what the devnet answers; the signal's reason
 */
export async function askDevnet(
  { url, token, pid }: ControlAddress,
  request: ControlRequest,
  signal?: AbortSignal,
): Promise<ControlAnswer | 'gone'> {
  const limit = request.command === 'status' ? [AbortSignal.timeout(STATUS_TIMEOUT_MS)] : [];
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${url}${CONTROL_PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.any([...limit, ...(signal === undefined ? [] : [signal])]),
    });
    body = await response.json();
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as Error).name !== 'TimeoutError') return 'gone';
    throw new CliError(`The devnet does not answer: process ${pid} hangs.`, {
      reason: 'devnet-hangs',
      exitCode: EXIT.unreachable,
      hint: `End it (kill ${pid}); its nodes end with it.`,
    });
  }
  if (response.ok) return body as ControlAnswer;
  const { error } = Object(body) as Partial<ControlFailure>;
  if (error === undefined || error.reason === 'token-wrong') return 'gone'; // another program has that port now
  throw new CliError(error.message, { reason: error.reason, hint: error.hint, exitCode: error.exit_code });
}
