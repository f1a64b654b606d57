/** The ear of a running devnet: commands from other terminals, over HTTP on loopback, with a token. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSameToken } from '../../api/access.ts';
import { CliError, explainError } from '../cli-errors.ts';
import { EXIT } from '../exit-codes.ts';
import { askDevnet } from './control-client.ts';
import {
  readControlFile,
  removeControlFile,
  removeControlFileNow,
  writeControlFile,
} from './control-file.ts';
import {
  CONTROL_PATH,
  type ControlAnswer,
  type ControlFailure,
  type ControlRequest,
} from './control-messages.ts';

export type ControlHandler = (request: ControlRequest) => Promise<ControlAnswer>;

const MAX_REQUEST_BYTES = 65_536;

export class ControlServer {
  /** A devnet in this folder ended without tidying up (SIGKILL, power): its nodes may still be about to end. */
  readonly cameAfterCrash: boolean;
  private readonly folder: string;
  private readonly server: Server;
  private readonly removeNow: () => void;

  private constructor(folder: string, server: Server, cameAfterCrash: boolean) {
    this.folder = folder;
    this.server = server;
    this.cameAfterCrash = cameAfterCrash;
    // A second Ctrl-C ends the process at once.
    this.removeNow = () => removeControlFileNow(folder);
    process.once('exit', this.removeNow);
  }

  /**
   * Takes the folder: from now on commands are heard, and no second devnet can start in it.
   * @throws CliError when one runs there
   */
  static async open(folder: string, handle: ControlHandler): Promise<ControlServer> {
    await mkdir(folder, { recursive: true });
    const cameAfterCrash = await requireFree(folder);
    const token = randomBytes(32).toString('hex');
    const server = createServer((request, response) => {
      answer(request, response, token, handle).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await writeControlFile(folder, { pid: process.pid, url, token });
    } catch (error) {
      server.close();
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw runsAlready(folder, undefined);
      throw error;
    }
    return new ControlServer(folder, server, cameAfterCrash);
  }

  async close(): Promise<void> {
    process.off('exit', this.removeNow);
    await removeControlFile(this.folder);
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** @returns whether one was left behind. @throws CliError when a devnet runs in the folder */
async function requireFree(folder: string): Promise<boolean> {
  const address = await readControlFile(folder);
  if (address !== undefined) {
    const found = await askDevnet(address, { command: 'status' });
    if (found !== 'gone') throw runsAlready(folder, address.pid);
  }
  await removeControlFile(folder);
  return address !== undefined;
}

function runsAlready(folder: string, pid: number | undefined): CliError {
  return new CliError(`A devnet runs in ${folder} already${pid === undefined ? '' : ` (process ${pid})`}.`, {
    reason: 'devnet-runs',
    hint: 'mini-bitcoin devnet status shows it; Ctrl-C in its terminal stops it. Another one can run in another folder: --dir DIR --port-base PORT.',
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  handle: ControlHandler,
): Promise<void> {
  const [status, body] = await answerOf(request, token, handle);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function answerOf(
  request: IncomingMessage,
  token: string,
  handle: ControlHandler,
): Promise<[status: number, body: ControlAnswer | ControlFailure]> {
  const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!isSameToken(given, token)) return [401, failure('the token is wrong', 'token-wrong')];
  if (request.method !== 'POST' || request.url !== CONTROL_PATH)
    return [404, failure('there is no such path', 'no-such-route')];
  try {
    return [200, await handle(await readRequest(request))];
  } catch (error) {
    const explained = explainError(error);
    if (explained === undefined) return [500, failure(String(error), 'internal-error')];
    const { message, reason, hint, exitCode } = explained;
    return [
      409,
      { error: { message, reason, exit_code: exitCode, ...(hint === undefined ? {} : { hint }) } },
    ];
  }
}

async function readRequest(request: IncomingMessage): Promise<ControlRequest> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > MAX_REQUEST_BYTES)
      throw new CliError('The request is too long.', { reason: 'too-long' });
  }
  const { command, words, share } = JSON.parse(text) as Partial<Record<string, unknown>>;
  const given = Array.isArray(words) ? words.map(String) : [];
  switch (command) {
    case 'status':
    case 'heal':
      return { command };
    case 'partition':
    case 'start':
    case 'stop':
    case 'kill':
      return { command, words: given };
    case 'mine':
      return { command, words: given, ...(typeof share === 'string' ? { share } : {}) };
    default:
      throw new CliError(`The running devnet does not know the command "${String(command)}".`, {
        reason: 'unknown-command',
        hint: 'It may be of another version: stop it with Ctrl-C and start it again.',
      });
  }
}

function failure(message: string, reason: string): ControlFailure {
  return { error: { message, reason, exit_code: EXIT.failed } };
}
