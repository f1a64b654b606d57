/**
 * Requests that take long: mining, syncing. Is the caller still there, and does he know that we are?
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KEEP_WAITING_HEADER } from '../protocol/index.ts';
import type { RouteContext } from './route-context.ts';

export interface WatchedCaller {
  /** Aborted when the caller hangs up, or the API begins to close. */
  readonly signal: AbortSignal;
  /** To be called when the work is done. */
  readonly release: () => void;
}

/**
 * Watches the connection of a request. To callers who asked for it, "102 Processing" is sent now and then: some clients
 * (Node's fetch) give up after minutes of silence. Others must not get it: the original's would take it for the answer.
 */
export function watchCaller(
  request: FastifyRequest,
  reply: FastifyReply,
  { closing, limits }: Pick<RouteContext, 'closing' | 'limits'>,
): WatchedCaller {
  const { raw } = reply;
  const gone = new AbortController();
  const onClose = (): void => {
    if (!raw.writableFinished) gone.abort();
  };
  raw.once('close', onClose);
  const asked = request.headers[KEEP_WAITING_HEADER] !== undefined && request.raw.httpVersion === '1.1';
  const timer = asked
    ? setInterval(() => {
        if (!raw.headersSent && !raw.destroyed) raw.writeProcessing();
      }, limits.keepWaitingMs)
    : undefined;
  return {
    signal: AbortSignal.any([gone.signal, closing]),
    release: () => {
      clearInterval(timer);
      raw.removeListener('close', onClose);
    },
  };
}
