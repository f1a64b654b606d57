/** What is too long, too deep, too slow or too much. Sockets where they matter. */
import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../consensus/index.ts';
import { KEEP_WAITING_HEADER } from '../protocol/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { key } from '../../test/support/chain-builder.ts';
import { beyondBounds, withExactTargets } from '../protocol/json-text.ts';
import { streamChain } from './routes/chain-stream.ts';

/** Sends bytes as they are and collects what comes back until the other side hangs up. */
function talk(url: string, ...portions: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    for (const portion of portions) socket.write(portion);
  });
}

function bodyOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

describe('requests', () => {
  let node: ApiNode;
  let url: string;
  beforeAll(async () => {
    node = await ApiNode.start({
      params: { maxBlockSizeBytes: 20_000 },
      limits: { requestTimeoutMs: 400, headersTimeoutMs: 400 },
    });
    url = await node.listen();
  });
  afterAll(() => node.close());

  async function post(
    path: string,
    payload: string | Buffer,
    type = 'application/json',
  ): Promise<{ status: number; reason: string }> {
    const answer = await node.app.inject({
      method: 'POST',
      url: path,
      payload,
      headers: { 'content-type': type },
    });
    expect(answer.json()).toEqual(
      expect.objectContaining({
        detail: expect.any(String),
        reason: expect.any(String),
        status: answer.statusCode,
      }),
    );
    return { status: answer.statusCode, reason: answer.json<{ reason: string }>().reason };
  }

  test.each([
    ['/mine', 20_000],
    ['/tx', 200_000],
    ['/block', 200_000],
  ])('a body that is too large: %s', async (path, length) => {
    expect(await post(path, ' '.repeat(length))).toEqual({ status: 413, reason: 'body-too-large' });
  });

  test.each(['/mine', '/tx', '/block'])('JSON that is nested too deeply: %s', async (path) => {
    for (const open of ['[', '{"a":'])
      expect(await post(path, open.repeat(2_000))).toEqual({ status: 422, reason: 'nested-too-deeply' });
  });

  test('JSON with too many values, and a full block with enough', async () => {
    for (const text of [`[${'{},'.repeat(9_000)}{}]`, `{${'"a":1,'.repeat(9_000)}"b":1}`])
      expect(await post('/block', text)).toEqual({ status: 413, reason: 'body-too-large' });
    // As many inputs as a block of this size can hold: it is read to the end.
    const input = '{"prev_txid":"zz","prev_index":0,"signature":"","pubkey":""}';
    const full = `{"txid":null,"version":1,"inputs":[${Array(525).fill(input).join(',')}],"outputs":[]}`;
    expect(await post('/block', `{"header":{},"transactions":[${full}]}`)).toMatchObject({ status: 422 });
  });

  test('bodies that are no JSON', async () => {
    for (const text of ['{bad', '\u0000', '"', '{"a":1}}', 'NaN', '\ufeff{}'])
      expect(await post('/tx', text)).toEqual({ status: 422, reason: 'malformed-json' });
    for (const text of ['', 'null', '1', '[]', '"text"', 'true'])
      expect(await post('/tx', text)).toEqual({ status: 422, reason: 'malformed-field' });
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('other kinds of bodies: %s', async (type) => {
    for (const path of ['/mine', '/tx', '/block'])
      expect(await post(path, 'x', type)).toEqual({ status: 415, reason: 'unsupported-media-type' });
  });

  test('full bytes only where they mean something', async () => {
    expect(await post('/mine', Buffer.alloc(3), 'application/octet-stream')).toMatchObject({ status: 415 });
    expect(await post('/tx', Buffer.alloc(3), 'application/octet-stream')).toEqual({
      status: 422,
      reason: 'malformed-encoding',
    });
    expect(await post('/block', Buffer.alloc(0), 'application/octet-stream')).toMatchObject({ status: 422 });
  });

  test('paths and queries', async () => {
    const get = async (path: string): Promise<{ status: number; detail: string; reason: string }> =>
      (await node.app.inject({ method: 'GET', url: path })).json();
    expect(await get(`/block/${'1'.repeat(5_000)}`)).toMatchObject({ status: 414, reason: 'uri-too-long' });
    expect(await get('/headers?limit=2001')).toMatchObject({
      status: 422,
      detail: 'limit: a whole number from 1 to 2000 is expected, not "2001"',
    });
    expect(await get('/headers?limti=5')).toMatchObject({
      status: 422,
      detail: 'unknown parameter "limti"; allowed are from, order, limit, cursor',
    });
    expect(await get('/headers?order=up')).toMatchObject({
      detail: 'order: one of asc, desc is expected, not "up"',
    });
    for (const limit of ['', '0', '-1', '1.5', '1e2', '0x10', '%2010', '99999999999999999999', '1&limit=2'])
      expect(await get(`/utxos/${key('a').address}?limit=${limit}`)).toMatchObject({
        status: 422,
        reason: 'malformed-query',
      });
    for (const cursor of ['x', 'asc.0.zz', '%00'])
      expect(await get(`/headers?cursor=${cursor}`)).toMatchObject({ status: 422, reason: 'bad-cursor' });
    expect(await get(`/address/${key('a').address}/history?cursor=x`)).toMatchObject({
      status: 422,
      reason: 'bad-cursor',
    });
    expect(await get(`/balance/${key('a').address}?height=5`)).toMatchObject({
      status: 404,
      reason: 'not-found',
    });
    expect(await get('/block/%ff')).toMatchObject({ status: 400, reason: 'malformed-request' });
    expect(await get('/docs/static/none.css')).toMatchObject({ status: 404 });
  });

  test('the other method', async () => {
    const answer = await node.app.inject({ method: 'GET', url: '/mine' });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('POST');
    expect((await node.app.inject({ method: 'DELETE', url: '/block/0' })).statusCode).toBe(405);
  });

  test('headers that are too large', async () => {
    const answer = await talk(
      url,
      `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(bodyOf(answer)).toMatchObject({ reason: 'headers-too-large', status: 431 });
  });

  test('what is no HTTP', async () => {
    const answer = await talk(url, 'HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(bodyOf(answer)).toMatchObject({ reason: 'malformed-request', status: 400 });
  });

  test('a body that never ends', async () => {
    const answer = await talk(
      url,
      'POST /tx HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
      '{"inputs":',
    );
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(bodyOf(answer)).toMatchObject({ reason: 'request-timeout', status: 408 });
  });

  test('headers that never end', async () => {
    expect(await talk(url, 'GET /health HTTP/1.1\r\nHost: loc')).toMatch(/^HTTP\/1.1 408 /);
  });
});

describe('JSON before it is parsed', () => {
  const deeper = (text: string, most: number): boolean =>
    beyondBounds(new TextEncoder().encode(text), { depth: most, values: 1e9 }) === 'depth';

  test('depth counts open brackets, and none inside texts', () => {
    expect(deeper('[[1],[2],{"a":[3]}]', 3)).toBe(false);
    expect(deeper('[[1],[2],{"a":[3]}]', 2)).toBe(true);
    expect(deeper('["[[[[[[[["]', 1)).toBe(false);
    expect(deeper(String.raw`["\"[[[[", "\\", []]`, 2)).toBe(false);
    expect(deeper(String.raw`["\\", [[]]]`, 2)).toBe(true);
    expect(deeper('"[[[', 0)).toBe(false);
  });

  test('values are counted outside texts', () => {
    const many = (text: string, values: number): boolean =>
      beyondBounds(new TextEncoder().encode(text), { depth: 99, values }) === 'values';
    expect(many('[1,2,{"a":3}]', 5)).toBe(false);
    expect(many('[1,2,{"a":3}]', 4)).toBe(true);
    expect(many('[",,,,[[["]', 2)).toBe(false);
  });

  test('targets stay exact', () => {
    const target = (1n << 252n) - 1n;
    const read = (text: string): unknown =>
      (JSON.parse(withExactTargets(text)) as { target: unknown }).target;
    expect(read(`{"target": ${target}, "nonce": 1}`)).toBe(`0x${target.toString(16)}`);
    expect(read('{"target":5}')).toBe(5);
    expect(read('{"target":"0xff"}')).toBe('0xff');
    const inText = JSON.stringify({ target: 'x', note: `"target":${target}` });
    expect(withExactTargets(inText)).toBe(inText);
    expect(withExactTargets('{"target":12345678901234567.5}')).toBe('{"target":12345678901234567.5}');
  });
});

describe('the whole chain', () => {
  test('is sent to a few at a time', async () => {
    const node = await ApiNode.start({ limits: { chainStreams: 0 } });
    const refused = await node.app.inject('/chain');
    expect(refused.json()).toMatchObject({ status: 503, reason: 'too-busy' });
    expect(refused.headers['retry-after']).toBe('5');
    expect((await node.app.inject('/chain?from=0')).statusCode).toBe(200);
    await node.close();
  });

  test('a place is free again afterwards', async () => {
    const node = await ApiNode.start({ limits: { chainStreams: 1 } });
    for (let i = 0; i < 3; i++) expect((await node.app.inject('/chain')).statusCode).toBe(200);
    await node.close();
  });

  const nodes = Array.from({ length: 1_000 }, () => ({})) as never;
  const block = {
    header: { version: 1, prevHash: '', merkleRoot: '', timestamp: 0, target: 1n, nonce: 0 },
    transactions: [],
  };

  test('no more is read than is taken, and a reader who stalls is cut off', async () => {
    let reads = 0;
    await new Promise<void>((resolve) => {
      const stream = streamChain({
        nodes,
        head: {},
        stallMs: 100,
        onEnd: resolve,
        readBlock: async () => {
          reads++;
          return {
            ...block,
            header: { ...block.header, merkleRoot: 'ab'.repeat(32), prevHash: 'ab'.repeat(32) },
          } as never;
        },
      });
      stream.on('error', () => {});
      stream.once('readable', () => {
        stream.read();
      });
    });
    expect(reads).toBeLessThan(1_000);
  });

  test('a reader who goes is noticed', async () => {
    const node = await ApiNode.start();
    await node.app.inject({
      method: 'POST',
      url: '/mine',
      payload: { miner_address: key('a').address, blocks: 3 },
    });
    let ended = 0;
    const stream = streamChain({
      nodes: [0, 1, 2].map((height) => node.services.chain.headers.activeAt(height)!),
      head: {},
      stallMs: 60_000,
      onEnd: () => ended++,
      readBlock: async (at) => (await node.services.store.readBlock(at.hash))!,
    });
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.destroy();
    await closed;
    expect(ended).toBe(1);
    await node.close();
  });
});

describe('long searches', () => {
  /** Nobody finds this in a lifetime. */
  const hard = { defaultTarget: (1n << 160n) as Target };

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resume) => setTimeout(resume, 5));
  }

  test('end when the caller hangs up', async () => {
    const node = await ApiNode.start({ params: hard });
    const url = await node.listen();
    const hangUp = new AbortController();
    const mining = fetch(`${url}/mine`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ miner_address: key('a').address, max_seconds: 3_600 }),
      signal: hangUp.signal,
    });
    await until(() => node.services.miner.status().currentHeight === 0);
    hangUp.abort();
    await expect(mining).rejects.toThrow();
    await until(() => node.services.miner.status().currentHeight === undefined);
    await node.close();
  });

  test('tell that they go on, answer /health meanwhile, and end when the node stops', async () => {
    const node = await ApiNode.start({ params: hard, limits: { keepWaitingMs: 10 } });
    const url = await node.listen();
    const body = JSON.stringify({ miner_address: key('a').address, max_seconds: 3_600 });
    const request = httpRequest(`${url}/mine`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [KEEP_WAITING_HEADER]: '1' },
    });
    const information = new Promise((resolve) => {
      request.once('information', ({ statusCode }) => resolve(statusCode));
    });
    const answer = new Promise<{ status: number | undefined; text: string }>((resolve) => {
      request.once('response', (response) => {
        let text = '';
        response.on('data', (data: Buffer) => (text += data.toString()));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
    });
    request.end(body);
    expect(await information).toBe(102);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await node.close();
    const { status, text } = await answer;
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ reason: 'stopping', status: 503 });
  });

  test('end after max_seconds', async () => {
    const node = await ApiNode.start({ params: hard });
    const answer = await node.app.inject({
      method: 'POST',
      url: '/mine',
      payload: { miner_address: key('a').address, max_seconds: 0.02 },
    });
    expect(answer.json()).toMatchObject({ status: 409, reason: 'mining-stopped' });
    await node.close();
  });

  test('are refused when they would take too long', async () => {
    const node = await ApiNode.start({ params: hard });
    const answer = await node.app.inject({
      method: 'POST',
      url: '/mine',
      payload: { miner_address: key('a').address },
    });
    expect(answer.json()).toMatchObject({ status: 400, reason: 'mining-impossible' });
    await node.close();
  });
});

describe('stopping', () => {
  test('lets a request under way finish', async () => {
    const node = await ApiNode.start();
    const url = await node.listen();
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    const arrived = new Promise((resolve) => node.app.server.once('request', resolve));
    socket.write(
      'POST /tx HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
    );
    await arrived;
    const closed = node.app.close();
    socket.write('}');
    await ended;
    expect(text).toMatch(/^HTTP\/1.1 422 /);
    expect(text.toLowerCase()).toContain('connection: close');
    await closed;
    await node.close();
  });

  test('cuts off whoever does not finish', async () => {
    const node = await ApiNode.start({ limits: { closeGraceMs: 50 } });
    const url = await node.listen();
    const talking = talk(
      url,
      'POST /tx HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
    );
    await new Promise((resolve) => node.app.server.once('request', resolve));
    await node.close();
    await talking.catch(() => undefined);
    expect(node.app.server.listening).toBe(false);
  });
});

test.each(['starting', 'stopping'] as const)('/ready while the node is %s', async (state) => {
  const node = await ApiNode.start({ state: () => state });
  expect((await node.app.inject('/ready')).json()).toMatchObject({ status: 503, reason: state });
  expect((await node.app.inject('/health')).statusCode).toBe(200);
  await node.close();
});
