/**
 * A load of HTTP requests on this machine, and how long each took.
 *
 * Written on sockets, because Node's own HTTP client takes longer over a request than the server that is being measured.
 * Closed loop: each connection sends its next request when it has the answer to the last. So with n connections, n − 1
 * others wait at the server while one is being answered, and latencies are those of a server that is kept busy.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface LoadPlan {
  /** Of a server on 127.0.0.1. */
  readonly port: number;
  /** Ready to be sent (see {@link getRequest}, {@link postRequest}), in turn, over and over. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  /** How many there are altogether … */
  readonly count: number;
  /** … unless that takes longer, … */
  readonly maxMs: number;
  /** … or somebody has seen enough. */
  readonly enough?: AbortSignal;
  readonly signal: AbortSignal;
}

export interface LoadResult {
  /** One for each answer. */
  readonly latenciesMs: readonly number[];
  readonly requestsPerS: number;
  /** Bytes of the last body. */
  readonly bodyBytes: number;
}

/** A GET request as bytes. */
export function getRequest(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
}

/** A POST request with its body, as bytes. */
export function postRequest(path: string, body: Uint8Array, contentType = 'application/json'): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Sends the requests and waits for all answers. @throws when an answer is not a plain 200 */
export async function load(plan: LoadPlan): Promise<LoadResult> {
  const { port, requests, connections, count, maxMs, enough, signal } = plan;
  const startMs = performance.now();
  const latenciesMs: number[] = [];
  let sent = 0;
  let bodyBytes = 0;
  const nextRequest = (): Buffer | undefined => {
    if (sent >= count || enough?.aborted === true || performance.now() - startMs > maxMs) return undefined;
    return requests[sent++ % requests.length];
  };
  const converse = async (): Promise<void> => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const onAbort = (): void => void socket.destroy(new Error('interrupted'));
    signal.addEventListener('abort', onAbort);
    try {
      await once(socket, 'connect', { signal });
      await new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('the server closed the connection')));
        let askedMs = 0;
        const ask = (): void => {
          const request = nextRequest();
          if (request === undefined) {
            resolve();
            return;
          }
          askedMs = performance.now();
          socket.write(request);
        };
        readAnswers(socket, reject, (bytes) => {
          latenciesMs.push(performance.now() - askedMs);
          bodyBytes = bytes;
          ask();
        });
        ask();
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners('close');
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: connections }, converse));
  const seconds = (performance.now() - startMs) / 1_000;
  return { latenciesMs, requestsPerS: latenciesMs.length / seconds, bodyBytes };
}

/** Calls back for every answer that is complete, with the length of its body. */
function readAnswers(socket: Socket, fail: (error: Error) => void, onAnswer: (bytes: number) => void): void {
  let waiting: Buffer[] = [];
  let received = 0;
  /** Head and body of the answer that is arriving; unknown until its head is here. */
  let expected: { total: number; body: number } | undefined;
  socket.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    received += chunk.length;
    if (expected === undefined) {
      const bytes = waiting.length === 1 ? chunk : Buffer.concat(waiting);
      waiting = [bytes];
      const end = bytes.indexOf(HEAD_END);
      if (end < 0) return;
      const head = bytes.toString('latin1', 0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (!head.startsWith('HTTP/1.1 200') || length === undefined) {
        fail(new Error(`an answer that is no plain 200: ${bytes.toString('utf8', 0, 400)}`));
        return;
      }
      expected = { total: end + HEAD_END.length + Number(length), body: Number(length) };
    }
    if (received < expected.total) return;
    const { body } = expected;
    waiting = [];
    received = 0;
    expected = undefined;
    onAnswer(body);
  });
}
