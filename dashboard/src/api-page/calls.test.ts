import { describe, expect, test } from 'vitest';
import { callNamed, callsOf, idOf, matching, type OpenApiDocument } from './calls.ts';
import { curlOf, exampleBody, exampleFor, fetchOf, mistakesOf, type OwnChain, requestOf } from './request.ts';

const DOCUMENT: OpenApiDocument = {
  tags: [{ name: 'chain' }, { name: 'blocks' }],
  paths: {
    '/block/{id}': {
      get: {
        summary: 'One block',
        tags: ['blocks'],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      },
    },
    '/utxos/{address}': {
      get: {
        summary: 'Coins',
        tags: ['blocks'],
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
          { name: 'address', in: 'path', required: true, schema: { pattern: '^[0-9a-f]{40}$' } },
        ],
      },
    },
    '/chain/info': { get: { summary: 'Where the chain stands', tags: ['chain'] } },
    '/mine': {
      post: {
        summary: 'Mine a block',
        tags: ['mining'],
        security: [{ token: [] }, {}],
        requestBody: { content: { 'application/json': { example: { miner_address: 'ab' } } } },
      },
    },
    '/tx/check': { post: { requestBody: { content: { 'application/json': { example: {} } } } } },
    '/mining/stop': { post: {} },
    '/p2p/announce': { post: { requestBody: { content: { 'application/octet-stream': {} } } } },
  },
};
const calls = callsOf(DOCUMENT);
const named = (id: string): (typeof calls)[number] => {
  const found = calls.find((call) => idOf(call) === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
const OWN: OwnChain = { height: 3, tipHash: 'aa', txid: 'bb', address: 'cc' };

describe('the calls of the document', () => {
  test('are in the order of its groups, path before query', () => {
    expect(calls.map(idOf).slice(0, 3)).toEqual([
      'GET /chain/info',
      'GET /block/{id}',
      'GET /utxos/{address}',
    ]);
    expect(named('GET /utxos/{address}').parameters.map(({ name }) => name)).toEqual(['address', 'limit']);
  });

  test('that change something are known', () => {
    expect(calls.filter(({ changes }) => changes).map(idOf)).toEqual([
      'POST /mine',
      'POST /mining/stop',
      'POST /p2p/announce',
    ]);
    expect(named('POST /mine')).toMatchObject({ isGuarded: true, body: { miner_address: 'ab' } });
    expect(named('POST /p2p/announce').body).toBeNull();
    expect(named('POST /mining/stop').body).toBeUndefined();
  });

  test('are found by words', () => {
    expect(matching(calls, 'block one').map(idOf)).toEqual(['GET /block/{id}']);
    expect(matching(calls, 'post').length).toBe(4);
    expect(matching(calls, '  ').length).toBe(calls.length);
    expect(matching(calls, 'nothing')).toEqual([]);
  });

  test.each([
    ['/chain/info', 'GET /chain/info', {}],
    ['/block/7', 'GET /block/{id}', { id: '7' }],
    ['GET /block/{id}', 'GET /block/{id}', {}],
    ['POST /tx/check', 'POST /tx/check', {}],
    ['/utxos/ab%20c?limit=5', 'GET /utxos/{address}', { address: 'ab c', limit: '5' }],
    ['/block/%', 'GET /block/{id}', { id: '%' }],
  ])('%s is %s', (text, id, values) => {
    const found = callNamed(calls, text);
    expect(found === undefined ? undefined : idOf(found.call)).toBe(id);
    expect(found?.values).toEqual(values);
  });

  test.each(['/nowhere', '/tx/check', '', '/block/', 'DELETE /block/1'])('%j is none', (text) => {
    expect(callNamed(calls, text)).toBeUndefined();
  });
});

describe('a request', () => {
  test('has its values in path and query', () => {
    const call = named('GET /utxos/{address}');
    expect(requestOf(call, { address: ' a/b ', limit: '' }, '')).toEqual({
      ...{ method: 'GET', address: '/utxos/a%2Fb', body: undefined },
    });
    expect(requestOf(call, { address: 'ab', limit: '5' }, '').address).toBe('/utxos/ab?limit=5');
  });

  test('is written for a shell and for a program', () => {
    const get = requestOf(named('GET /block/{id}'), { id: '7' }, '');
    expect(curlOf(get, 'http://n')).toBe("curl 'http://n/block/7'");
    expect(fetchOf(get, 'http://n')).toContain('await fetch("http://n/block/7");');
    const post = requestOf(named('POST /mine'), {}, '{\n "miner_address": "it\'s"\n}');
    expect(curlOf(post, 'http://n')).toBe(
      `curl -X POST 'http://n/mine' -H 'content-type: application/json' -d '{"miner_address":"it'\\''s"}'`,
    );
    expect(fetchOf(post, 'http://n')).toMatch(/method: 'POST'.*body: JSON\.stringify\(\{/s);
    expect(curlOf(requestOf(named('POST /mining/stop'), {}, ''), '')).toBe("curl -X POST '/mining/stop'");
  });

  test('what is certainly wrong is said before', () => {
    const call = named('GET /utxos/{address}');
    expect(mistakesOf(call, { address: '', limit: 'x' }, '')).toEqual([
      { name: 'missing', parameter: 'address' },
      { name: 'number', parameter: 'limit' },
    ]);
    expect(mistakesOf(call, { address: 'xy' }, '')).toEqual([{ name: 'pattern', parameter: 'address' }]);
    expect(mistakesOf(named('POST /mine'), {}, '{')).toMatchObject([{ name: 'json', parameter: 'body' }]);
    expect(mistakesOf(named('POST /mine'), {}, '{}')).toEqual([]);
  });

  test('begins with examples of the own chain', () => {
    const first = (id: string): string => {
      const call = named(id);
      const [parameter] = call.parameters;
      return parameter === undefined ? '' : exampleFor(call, parameter, OWN);
    };
    expect([first('GET /block/{id}'), first('GET /utxos/{address}')]).toEqual(['aa', 'cc']);
    expect(exampleBody(named('POST /mine'), OWN)).toBe('{\n  "miner_address": "cc"\n}');
    expect(exampleBody(named('POST /mining/stop'), OWN)).toBe('');
  });
});
