/**
 * Nonsense on every path: whatever a stranger sends, the answer is a refusal in the one shape, and the node lives on.
 *
 * The paths come from the OpenAPI document, so a new one is fuzzed without anybody thinking of it.
 */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockToJson, NO_BLOCK, transactionToJson } from '../consensus/index.ts';
import { helloParams, SESSION_HEADER } from '../network/handshake.ts';
import {
  encodeAnnouncement,
  encodeBlockTransactionsRequest,
  encodeHashes,
  encodeTransactionRequest,
} from '../network/messages.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { coinsAfter, key, mineBlock, pay } from '../../test/support/chain-builder.ts';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly operation: Operation;
}

/** Where a request with a body may really do something: a good body, from which wrong ones are made. */
const GOOD_BODIES: Record<string, () => unknown> = {
  '/mine': () => ({ miner_address: key('fuzz').address, blocks: 1 }),
  '/mining/start': () => ({ miner_address: key('fuzz').address, threads: 1, share: 0.5 }),
  // Nobody listens there.
  '/peers/add': () => ({ url: 'http://127.0.0.1:1' }),
  '/peers/remove': () => ({ url: 'http://127.0.0.1:1' }),
  '/peers/ban': () => ({ url: 'http://127.0.0.1:1', seconds: 60, reason: 'fuzz' }),
  '/peers/unban': () => ({ url: 'http://127.0.0.1:1' }),
  '/sandbox/actions': () => ({ type: 'mine', node: 'honest-1', blocks: 1 }),
  '/sync': () => ({ peer_url: 'http://127.0.0.1:1' }),
};

/** Likewise for the messages between nodes, which are bytes. */
const GOOD_BYTES: Record<string, () => Uint8Array> = {
  '/p2p/headers': () => encodeHashes([NO_BLOCK]),
  '/p2p/blocks': () => encodeHashes([NO_BLOCK]),
  '/p2p/announce': () => encodeAnnouncement({ headers: [], wtxids: [NO_BLOCK as never] }),
  '/p2p/transactions': () => encodeTransactionRequest([{ kind: 'wtxid', id: NO_BLOCK as never }]),
  '/p2p/mempool': () => new Uint8Array(),
  '/p2p/compact-block': () => new Uint8Array(32),
  '/p2p/block-transactions': () => encodeBlockTransactionsRequest({ hash: NO_BLOCK, indexes: [0, 2] }),
};

let node: ApiNode;
let session: string | undefined;

/** A caller that has said hello; again, when it was thrown out. */
async function sessionOf(status: number | undefined): Promise<string> {
  if (session !== undefined && status !== 401) return session;
  const answer = await node.app.inject({ method: 'POST', url: '/p2p/hello', payload: goodHello() });
  expect(answer.statusCode, answer.body).toBe(200);
  return (session = answer.json<{ session: string }>().session);
}

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from('0123456789abcdefABCDEF')), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''));

/** Values that have broken parsers before. */
const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.constantFrom<unknown>(
    ...[
      null,
      '',
      ' ',
      '\u0000',
      'zz',
      '0x',
      '-1',
      '5',
      '1e400',
      'NaN',
      'ab',
      '__proto__',
      '../..',
      '%',
      '💥',
      '\ud800',
    ],
    ...[-1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -0, true, [], {}, [[]], [null], { length: 2 ** 32 }],
  ),
  hex(40),
  hex(64),
  fc.string({ maxLength: 300 }),
);

/** A hello of a new node of this network. */
function goodHello(): object {
  const id = (): string => randomBytes(16).toString('hex');
  return {
    ...{ protocol: 1, node_id: id(), node_name: 'fuzz', agent: 'fuzz/1', time: 0, tip: null },
    ...{ params: helloParams(node.services.chain.params), url: null, port: null },
    ...{ call_id: id(), answers_call: null },
  };
}

/** Cuts, turns over or lengthens good bytes. */
function spoiledBytes(good: Uint8Array): fc.Arbitrary<Buffer> {
  const byte = fc.integer({ min: 0, max: 255 });
  return fc.oneof(
    fc.constant(Buffer.from(good)),
    fc.nat({ max: good.length }).map((length) => Buffer.from(good.subarray(0, length))),
    fc.uint8Array({ maxLength: 50 }).map((more) => Buffer.concat([good, more])),
    fc.tuple(fc.nat({ max: Math.max(0, good.length - 1) }), byte).map(([at, value]) => {
      const copy = Buffer.from(good);
      if (copy.length > 0) copy[at] = value;
      return copy;
    }),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  );
}

/** Puts nonsense somewhere into a good value, or takes something out. */
function spoiled(good: unknown): fc.Arbitrary<unknown> {
  if (typeof good !== 'object' || good === null) return nasty;
  const names = Object.keys(good);
  if (names.length === 0) return nasty;
  return fc.constantFrom(...names).chain((name) =>
    fc.oneof(
      {
        weight: 2,
        arbitrary: spoiled((good as Record<string, unknown>)[name]).map((value) =>
          replaced(good, name, value),
        ),
      },
      { weight: 1, arbitrary: nasty.map((value) => replaced(good, name, value)) },
      { weight: 1, arbitrary: fc.constant(replaced(good, name, undefined)) },
    ),
  );
}

function replaced(good: object, name: string, value: unknown): unknown {
  const copy: Record<string, unknown> | unknown[] = Array.isArray(good)
    ? [...(good as unknown[])]
    : { ...good };
  (copy as Record<string, unknown>)[name] = value;
  return copy;
}

const word = fc.oneof(
  fc.string({ maxLength: 80 }),
  hex(40),
  hex(64),
  fc.constantFrom(
    '0',
    '1',
    '-1',
    '00',
    '99999999999999999999',
    '0x1',
    '1.5',
    '.',
    '..',
    '%00',
    '\u0000',
    '🦊',
    'asc',
    'desc',
  ),
  fc.nat().map(String),
);

/** Encodes, also what cannot be: half of a surrogate pair. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function pathOf(route: Route, words: readonly string[]): string {
  let at = 0;
  return route.path.replace(/\{\w+\}/g, () => encoded(words[at++ % words.length] ?? 'x') || '%20');
}

const requestOf = (
  route: Route,
): fc.Arbitrary<{ url: string; type: string; payload: string | Buffer | undefined }> => {
  const names = (route.operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query')
    .map(({ name }) => name);
  const query = fc.array(fc.tuple(fc.constantFrom(...names, 'unknown', '__proto__'), word), { maxLength: 3 });
  const good = GOOD_BODIES[route.path];
  const json = fc.oneof(...(good === undefined ? [] : [{ weight: 4, arbitrary: spoiled(good()) }]), {
    weight: 1,
    arbitrary: nasty,
  });
  const bytes = GOOD_BYTES[route.path];
  const payload = fc.oneof(
    ...(bytes === undefined ? [] : [{ weight: 20, arbitrary: spoiledBytes(bytes()) }]),
    { weight: 6, arbitrary: json.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
  );
  const type = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constant(bytes === undefined ? 'application/json' : 'application/octet-stream'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'application/octet-stream',
        'text/plain',
        'application/json; charset=utf-16',
        'x',
        '',
      ),
    },
  );
  return fc
    .record({ words: fc.array(word, { minLength: 1, maxLength: 2 }), query, type, payload })
    .map(({ words, query: entries, type, payload }) => ({
      url:
        pathOf(route, words) +
        (entries.length === 0
          ? ''
          : `?${entries.map(([name, value]) => `${name}=${encoded(value)}`).join('&')}`),
      type,
      payload: route.method === 'POST' ? payload : undefined,
    }));
};

interface InjectedAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** An answer; of a stream without end only its beginning. */
async function injected(request: InjectOptions): Promise<InjectedAnswer> {
  const answer = await node.app.inject({ ...request, payloadAsStream: true });
  const { statusCode, headers } = answer;
  const isEndless = headers['content-type'] === 'text/event-stream';
  let body = '';
  for await (const chunk of answer.stream()) {
    body += String(chunk);
    if (isEndless) break;
  }
  return { statusCode, headers, body };
}

async function checkAnswer(
  route: Route,
  request: { url: string; type: string; payload: string | Buffer | undefined },
): Promise<void> {
  const send = async (status?: number) =>
    injected({
      method: route.method,
      url: request.url,
      headers: {
        ...(route.path.startsWith('/p2p/') ? { [SESSION_HEADER]: await sessionOf(status) } : {}),
        ...(request.payload === undefined ? {} : { 'content-type': request.type }),
      },
      ...(request.payload === undefined ? {} : { payload: request.payload }),
    });
  let answer = await send();
  if (answer.statusCode === 401) answer = await send(401);
  const where = `${answer.statusCode} ${answer.body.slice(0, 300)}`;
  if (answer.statusCode >= 500)
    expect(Object.keys(route.operation.responses), where).toContain(String(answer.statusCode));
  expect(answer.statusCode, where).not.toBe(500);
  if (answer.statusCode < 400) return;
  expect(answer.headers['content-type'], where).toContain('application/json');
  const json = JSON.parse(answer.body) as Record<string, unknown>;
  expect(typeof json['detail'], where).toBe('string');
  expect(json['detail'], where).not.toBe('');
  expect(json['reason'], where).toMatch(/^[a-z][a-z -]+$/);
  expect(json['status'], where).toBe(answer.statusCode);
  expect(answer.body, 'no inner workings').not.toMatch(
    /node_modules|\.ts:|\bat \w+ \(|SELECT |INSERT |FST_ERR/,
  );
}

const routes: Route[] = [];

beforeAll(async () => {
  node = await ApiNode.start({ limits: { requestsPerMinute: 1e9 } });
  const alice = key('alice');
  const genesis = mineBlock({ parent: null, minerAddress: alice, timestamp: node.clock.nowS() - 50 });
  await node.services.chain.acceptBlock(genesis.block);
  const coins = [...coinsAfter(genesis)].map(([outpoint, coin]) => ({
    outpoint: { txid: outpoint.slice(0, 64) as never, index: Number(outpoint.slice(65)) },
    coin,
  }));
  const payment = pay({ coins, from: alice, to: key('bob'), amount: 1_000, fee: 1_000 });
  const next = mineBlock({ parent: genesis, timestamp: node.clock.nowS() - 40, transactions: [payment] });
  GOOD_BODIES['/tx'] = GOOD_BODIES['/tx/check'] = () => transactionToJson(payment);
  GOOD_BODIES['/block'] = () => blockToJson(next.block);
  GOOD_BODIES['/p2p/hello'] = goodHello;
  GOOD_BODIES['/p2p/ping'] = () => ({ tip: null });
  GOOD_BODIES['/p2p/addresses'] = () => ({});

  const document = (await node.app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, Operation>>;
  }>();
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations))
      routes.push({ method: method.toUpperCase() as Route['method'], path, operation });
});
afterAll(() => node.close());

describe('nonsense', () => {
  test('every path that takes a body has a good one to spoil', () => {
    const withBody = routes
      .filter(({ operation }) => operation.requestBody !== undefined)
      .map(({ path }) => path);
    expect([...Object.keys(GOOD_BODIES), ...Object.keys(GOOD_BYTES)].sort()).toEqual(withBody.sort());
    expect(routes.length).toBeGreaterThan(25);
  });

  test('is refused on every path, and the node lives on', async () => {
    for (const route of routes) {
      await fc.assert(
        fc.asyncProperty(requestOf(route), (request) => checkAnswer(route, request)),
        { numRuns: 80 },
      );
      await node.app.inject({ method: 'POST', url: '/mining/stop' });
      const health = await node.app.inject('/health');
      expect(health.json(), `after ${route.method} ${route.path}`).toMatchObject({ status: 'healthy' });
    }
    const { miner_address } = GOOD_BODIES['/mine']!() as { miner_address: string };
    const mined = await node.app.inject({ method: 'POST', url: '/mine', payload: { miner_address } });
    expect(mined.statusCode).toBe(200);
  }, 120_000);

  test('is refused on paths that do not exist', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 4 }),
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'),
        async (words, method) => {
          const answer = await node.app.inject({
            method: method as 'GET',
            url: `/${words.map(encoded).join('/')}`,
          });
          expect(answer.statusCode).toBeLessThan(500);
          if (method !== 'HEAD' && answer.statusCode >= 400)
            expect(answer.json()).toMatchObject({
              detail: expect.any(String),
              reason: expect.any(String),
              status: answer.statusCode,
            });
        },
      ),
      { numRuns: 200 },
    ));
});
