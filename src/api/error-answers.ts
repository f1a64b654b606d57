/**
 * Everything that goes wrong becomes one shape: `{detail, reason, status, hint?}`.
 *
 * What a client did is told in full; what broke inside is logged under a number, and the client learns the number only.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BadCursorError, QueueFullError, StoreUnusableError } from '../chainstate/index.ts';
import { MempoolBusyError } from '../mempool/index.ts';
import { MinerBusyError, MinerClosedError, TargetTooHardError } from '../mining/index.ts';
import { P2pRefusedError, PeerFailedError } from '../network/index.ts';
import type { ErrorAnswer } from '../protocol/index.ts';
import { Refusal, refusal } from './refusal.ts';

export function answerOf(problem: Refusal): ErrorAnswer {
  const { statusCode, reason, message, hint } = problem;
  return { detail: message, reason, status: statusCode, ...(hint === undefined ? {} : { hint }) };
}

/** What Fastify itself refuses, by its error codes. */
function refusalOfFastify(error: FastifyError): Refusal | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refusal(413, 'body-too-large', 'the body is larger than this path takes');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refusal(415, 'unsupported-media-type', 'the body is of a kind that this path does not take', {
        hint: 'Send JSON with the header "Content-Type: application/json".',
      });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return refusal(400, 'malformed-request', 'the body is not as long as its header says');
    case 'FST_ERR_BAD_URL':
      return refusal(400, 'malformed-request', 'the path is not a valid one');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return refusal(414, 'uri-too-long', 'a part of the path is too long');
    default:
      return undefined;
  }
}

/** Finds out whose fault it is. */
export function refusalOfError(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof BadCursorError) {
    return refusal(422, 'bad-cursor', 'the cursor is not one that this list handed out', {
      hint: 'Hand back `next` of the page before, unchanged, or leave the cursor out to start again.',
    });
  }
  if (error instanceof P2pRefusedError) return new Refusal(error.status, error.reason, error.message);
  if (error instanceof PeerFailedError)
    return refusal(502, 'peer-failed', `the peer failed: ${error.message}`);
  if (error instanceof MempoolBusyError) {
    return refusal(503, 'too-busy', 'the chain is changing too quickly to judge the transaction; try again', {
      headers: { 'retry-after': '1' },
    });
  }
  if (error instanceof QueueFullError) {
    return refusal(503, 'too-busy', 'too many blocks wait to be looked at already; try again', {
      headers: { 'retry-after': '1' },
    });
  }
  if (error instanceof TargetTooHardError) return refusal(400, 'mining-impossible', error.message);
  if (error instanceof MinerBusyError) {
    return refusal(503, 'too-busy', 'too many others wait for a block already', {
      headers: { 'retry-after': '5' },
    });
  }
  if (error instanceof MinerClosedError) return refusal(503, 'stopping', 'the node is stopping');
  if (!(error instanceof Error)) return undefined;
  const byCode = refusalOfFastify(error as FastifyError);
  if (byCode !== undefined) return byCode;
  const { statusCode } = error as FastifyError;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return refusal(
      statusCode,
      'malformed-request',
      STATUS_CODES[statusCode] ?? 'the request is not understood',
    );
  return undefined;
}

function internal(error: unknown, request: FastifyRequest): Refusal {
  const id = randomUUID();
  const path = request.routeOptions.url ?? 'an unknown path';
  request.log.error({ err: error, errorId: id, method: request.method, path }, 'internal error');
  if (error instanceof StoreUnusableError) {
    return refusal(503, 'too-busy', `the database failed and the node must be restarted (error ${id})`);
  }
  return refusal(500, 'internal-error', `something broke inside the node (error ${id})`, {
    hint: 'The log of the node tells more under this number.',
  });
}

function send(reply: FastifyReply, problem: Refusal): FastifyReply {
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type('application/json; charset=utf-8')
    .send(answerOf(problem));
}

/** Whatever went wrong, in our shape. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return send(reply, refusalOfError(error) ?? internal(error, request));
}

export function installErrorAnswers(app: FastifyInstance): void {
  const patterns: { methods: readonly string[]; pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    const methods = (Array.isArray(method) ? method : [method]) as string[];
    patterns.push({
      methods,
      pattern: new RegExp(`^${url.replace(/:[a-z]+/gi, '[^/]+').replace('*', '.*')}/?$`),
    });
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const methods = patterns.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return send(reply, unknownRoute(request.method, [...new Set(methods)]));
  });
}

function unknownRoute(method: string, methods: readonly string[]): Refusal {
  // A path below /docs may match its wildcard and still name no file.
  if (methods.length > 0 && !methods.includes(method)) {
    return refusal(405, 'method-not-allowed', `this path takes ${methods.join(' and ')} only`, {
      headers: { allow: methods.join(', ') },
    });
  }
  return refusal(404, 'no-such-route', 'there is no such path in this API', {
    hint: 'GET /docs lists all paths.',
  });
}

/** Requests so broken that no route ever saw them: the answer goes straight to the socket. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (socket.destroyed || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = refusalOfSocket(error.code);
  const body = JSON.stringify(answerOf(problem));
  socket.end(
    `HTTP/1.1 ${problem.statusCode} ${STATUS_CODES[problem.statusCode] ?? 'Error'}\r\n` +
      'Content-Type: application/json; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function refusalOfSocket(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return refusal(431, 'headers-too-large', 'the headers or the path are too large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return refusal(408, 'request-timeout', 'the request took too long to arrive');
  return refusal(400, 'malformed-request', 'this is not a readable HTTP request');
}
