/**
 * Which bodies are taken and how they become values: JSON everywhere, full bytes for transactions and blocks.
 *
 * What the values must be is said elsewhere: by the schemas for small requests, by `consensus` for transactions and blocks.
 */
import type { FastifyInstance } from 'fastify';
import { fail, type Verdict } from '../consensus/index.ts';
import { beyondBounds, type JsonBounds, withExactTargets } from '../protocol/json-text.ts';
import type { ApiLimits } from './limits.ts';
import { refusal, refusalOf } from './refusal.ts';

export const BYTES_TYPE = 'application/octet-stream';

/** Replaces Fastify's parsers. */
export function installBodyParsers(app: FastifyInstance, limits: ApiLimits): void {
  const bounds = { depth: limits.jsonDepth, values: limits.jsonValues };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body, bounds));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** For the routes that take full bytes: to be called in a scope of their own, so that other routes refuse them. */
export function acceptBytes(app: FastifyInstance): void {
  app.addContentTypeParser<Buffer>(BYTES_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
}

function parseJson(body: Buffer, bounds: JsonBounds): unknown {
  if (body.length === 0) return undefined;
  const beyond = beyondBounds(body, bounds);
  if (beyond === 'depth')
    throw refusal(422, 'nested-too-deeply', `the JSON is nested more than ${bounds.depth} deep`);
  if (beyond === 'values')
    throw refusal(413, 'body-too-large', `the JSON has more than ${bounds.values} values`);
  try {
    return JSON.parse(withExactTargets(body.toString('utf8')));
  } catch (error) {
    // The parser's message may repeat the body; only what it says of the place is passed on.
    const place = /at position \d+|Unexpected end/.exec((error as Error).message)?.[0];
    throw refusalOf(
      fail(
        'malformed-json',
        `the body is not valid JSON${place === undefined ? '' : `: ${place.toLowerCase()}`}`,
      ),
    );
  }
}

/** Reads a transaction or block out of either kind of body. @throws Refusal */
export function readSubmission<T>(
  body: unknown,
  fromBytes: (bytes: Uint8Array) => Verdict<T>,
  fromJson: (value: unknown) => Verdict<T>,
): T {
  // The bytes are copied: Node's small buffers share memory, and what is decoded lives on.
  const verdict = Buffer.isBuffer(body) ? fromBytes(Uint8Array.from(body)) : fromJson(body);
  if (!verdict.ok) throw refusalOf(verdict);
  return verdict.value;
}
