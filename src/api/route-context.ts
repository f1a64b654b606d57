/**
 * What every file of routes gets, and how a route describes its answers.
 */
import { type Static, type TSchema, type TString, Type } from '@sinclair/typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyTypeProvider,
  onRequestAsyncHookHandler,
  RawServerDefault,
} from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ErrorAnswer, refTo } from '../protocol/index.ts';
import type { ApiLimits } from './limits.ts';
import { READ_BY_CONSENSUS } from './request-values.ts';
import type { ServedBlocks } from './served-blocks.ts';
import type { ApiServices } from './services.ts';

/** Tells the compiler what a schema's values look like, so that a handler's answer is checked against its schema. */
export interface TypeBoxTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypes
>;

export interface RouteContext {
  readonly services: ApiServices;
  /** Blocks that were asked for lately. */
  readonly servedBlocks: ServedBlocks;
  readonly limits: ApiLimits;
  /** Guards the owner's calls. */
  readonly ownerOnly: onRequestAsyncHookHandler;
  /** Aborted when the API begins to close: searches end, streams are cut after a while. */
  readonly closing: AbortSignal;
}

/** Sends JSON that is text already. @returns what a handler returns then */
export function sendJson(reply: FastifyReply, text: Buffer): never {
  return reply.type('application/json; charset=utf-8').send(text) as never;
}

const ERROR_TEXTS: Readonly<Record<number, string>> = {
  400: 'Refused: it breaks a rule of the chain, or this node’s policy.',
  401: 'The API token is missing or wrong.',
  403: 'Not for this caller.',
  404: 'There is no such thing.',
  409: 'Already known, or changed in between.',
  413: 'The body is too large.',
  415: 'The body is of a kind that is not taken here.',
  421: 'The Host header is not one of this node’s names.',
  422: 'Malformed: it cannot be read.',
  426: 'This path speaks WebSocket.',
  429: 'Too many requests.',
  502: 'The peer failed.',
  503: 'The node is stopping, or has enough to do.',
};

/** Statuses that any request can meet. */
const EVERYWHERE = [421, 422, 429, 503] as const;

/** Our errors, as a route's `response` lists them. */
type ErrorResponses = Record<'4xx' | '5xx', ReturnType<typeof refTo<typeof ErrorAnswer>>>;

/**
 * The answers of a route: what it gives when all is well, and which refusals to expect.
 * @param examples of the good answer
 */
export function answers<T extends TSchema>(
  good: T,
  description: string,
  refusals: readonly number[] = [],
): { 200: T } & ErrorResponses {
  const statuses = [...new Set([...refusals, ...EVERYWHERE])].sort((a, b) => a - b);
  const errors = Object.fromEntries(
    statuses.map((status) => [
      status,
      { ...refTo(ErrorAnswer), description: ERROR_TEXTS[status] ?? 'Refused.' },
    ]),
  );
  const described = { ...good, description };
  return {
    200: described,
    ...errors,
    default: { ...refTo(ErrorAnswer), description: 'Anything else that goes wrong.' },
  } as unknown as {
    200: T;
  } & ErrorResponses;
}

/** The answers of a route that gives plain text when all is well. */
export function textAnswers(description: string): { 200: TString } & ErrorResponses {
  const { 200: _, ...errors } = answers(Type.String(), description);
  const text = { description, content: { 'text/plain': { schema: Type.String() } } };
  return { 200: text, ...errors } as unknown as { 200: TString } & ErrorResponses;
}

/** The answers of a route that gives bytes when all is well. */
export function bytesAnswers(
  description: string,
  refusals: readonly number[] = [],
): { 200: ReturnType<typeof Type.Any> } & ErrorResponses {
  const { 200: _, ...errors } = answers(Type.Any(), description, refusals);
  const binary = Type.Unsafe<unknown>({ type: 'string', format: 'binary' });
  const bytes = { description, content: { 'application/octet-stream': { schema: binary } } };
  return { 200: bytes, ...errors } as unknown as { 200: ReturnType<typeof Type.Any> } & ErrorResponses;
}

/** The schema of a body that the rules' own parser reads: documented here, checked there. */
export function readByConsensus<T extends TSchema>(schema: T): T {
  return { ...schema, [READ_BY_CONSENSUS]: true };
}

/** Schema of a call that needs the owner. */
export const OWNER_SECURITY = [{ token: [] }, {}];
