import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiNode, type ApiNodeOptions } from '../../test/support/api-node.ts';
import { key } from '../../test/support/chain-builder.ts';
import { isLoopbackAddress, isSameToken } from './access.ts';
import { HostNames, hostNameOf } from './host-names.ts';

const TOKEN = 'a-token-of-16-or-more';
const STRANGER = '203.0.113.9';
const OWNER_CALLS = [
  ...['/mine', '/mining/start', '/mining/stop'],
  ...['/peers/add', '/peers/remove', '/peers/ban', '/peers/unban', '/sync'],
];

interface Ask {
  readonly method?: 'GET' | 'POST';
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

async function withNode<T>(options: ApiNodeOptions, run: (node: ApiNode) => Promise<T>): Promise<T> {
  const node = await ApiNode.start(options);
  try {
    return await run(node);
  } finally {
    await node.close();
  }
}

async function ask(
  node: ApiNode,
  path: string,
  options: Ask = {},
): Promise<{ status: number; reason?: string; hint?: string; headers: Record<string, unknown> }> {
  const answer = await node.app.inject({
    method: options.method ?? 'POST',
    url: path,
    headers: { ...options.headers },
    ...(options.from === undefined ? {} : { remoteAddress: options.from }),
    ...(options.method === 'GET' ? {} : { payload: options.body ?? {} }),
  });
  const { reason, hint } = answer.json<{ reason?: string; hint?: string }>();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    ...(reason && { reason }),
    ...(hint && { hint }),
  };
}

describe('the owner’s calls', () => {
  test.each(OWNER_CALLS)('%s: loopback yes, strangers no', (path) =>
    withNode({}, async (node) => {
      expect((await ask(node, path)).status).not.toBe(403);
      const refused = await ask(node, path, { from: STRANGER });
      expect(refused).toMatchObject({
        status: 403,
        reason: 'admin-only-loopback',
        hint: expect.stringContaining('API_TOKEN'),
      });
    }),
  );

  test('what proxies say is not believed, in either direction', () =>
    withNode({}, async (node) => {
      const claims = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' };
      expect((await ask(node, '/mining/stop', { from: STRANGER, headers: claims })).status).toBe(403);
      // A proxy on this machine brings strangers to us: they are not this machine.
      expect((await ask(node, '/mining/stop', { headers: { 'x-forwarded-for': STRANGER } })).status).toBe(
        403,
      );
    }));

  test('with a token, from anywhere', () =>
    withNode({ access: { apiToken: TOKEN } }, async (node) => {
      const bearer = (token: string): Ask => ({
        from: STRANGER,
        headers: { authorization: `Bearer ${token}` },
      });
      expect((await ask(node, '/mining/stop', bearer(TOKEN))).status).toBe(200);
      expect(await ask(node, '/mining/stop', bearer('wrong'))).toMatchObject({
        status: 401,
        reason: 'token-wrong',
      });
      const without = await ask(node, '/mining/stop', { from: STRANGER });
      expect(without).toMatchObject({ status: 401, reason: 'token-required' });
      expect(without.headers['www-authenticate']).toBe('Bearer');
      expect((await ask(node, '/mining/stop')).status).toBe(200);
    }));

  test('ADMIN_ACCESS=token wants it on loopback too', () =>
    withNode({ access: { adminAccess: 'token', apiToken: TOKEN } }, async (node) => {
      expect((await ask(node, '/mining/stop')).status).toBe(401);
      expect(
        (await ask(node, '/mining/stop', { headers: { authorization: `bearer ${TOKEN}` } })).status,
      ).toBe(200);
    }));

  test('ADMIN_ACCESS=token without a token lets nobody in', () =>
    withNode({ access: { adminAccess: 'token' } }, async (node) => {
      expect(
        (await ask(node, '/mining/stop', { headers: { authorization: 'Bearer undefined' } })).status,
      ).toBe(401);
      expect((await ask(node, '/mining/stop')).status).toBe(403);
    }));

  test('ADMIN_ACCESS=open lets everybody in', () =>
    withNode({ access: { adminAccess: 'open' } }, async (node) => {
      expect((await ask(node, '/mining/stop', { from: STRANGER })).status).toBe(200);
    }));
});

describe('what is for everybody', () => {
  let node: ApiNode;
  beforeAll(async () => {
    node = await ApiNode.start();
  });
  afterAll(() => node.close());

  test.each(['/health', '/chain', '/mempool', '/mining/status', '/peers', '/openapi.json'])(
    'GET %s',
    async (path) => {
      expect((await ask(node, path, { method: 'GET', from: STRANGER })).status).toBe(200);
    },
  );

  test.each(['/tx', '/tx/check', '/block'])('POST %s reaches the rules', async (path) => {
    expect(await ask(node, path, { from: STRANGER })).toMatchObject({
      status: 422,
      reason: 'malformed-field',
    });
  });

  test('no answer tells other sites or caches anything', async () => {
    const { headers } = await node.app.inject({
      method: 'GET',
      url: '/health',
      headers: { origin: 'http://evil.example' },
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['server']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('web pages of other sites', () => {
  let node: ApiNode;
  beforeAll(async () => {
    node = await ApiNode.start({ access: { allowedHosts: ['node.example'] } });
  });
  afterAll(() => node.close());

  test.each([
    ['another origin', { origin: 'http://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
    ['another port of this machine', { host: 'localhost:8000', origin: 'http://localhost:9000' }],
    ['a cross-site request', { 'sec-fetch-site': 'cross-site' }],
    ['a same-site request', { 'sec-fetch-site': 'same-site' }],
  ])('%s may not change anything', async (_, headers) => {
    for (const path of ['/mining/stop', '/tx'])
      expect(await ask(node, path, { headers })).toMatchObject({ status: 403, reason: 'cross-site' });
  });

  test.each([
    [
      'our own page',
      { host: 'localhost:8000', origin: 'http://localhost:8000', 'sec-fetch-site': 'same-origin' },
    ],
    ['our own page by https', { host: 'node.example:443', origin: 'https://node.example' }],
    ['a program', {}],
  ])('%s may', async (_, headers) => {
    expect((await ask(node, '/mining/stop', { headers })).status).toBe(200);
  });

  test('a name that is not ours is refused, whatever the path', async () => {
    for (const path of ['/health', '/nope', '/docs/'])
      expect(await ask(node, path, { method: 'GET', headers: { host: 'evil.example' } })).toMatchObject({
        status: 421,
        reason: 'host-not-allowed',
      });
  });
});

describe('host names', () => {
  const hosts = new HostNames(['Node.Example:8000', 'myhost']);

  test.each([
    'localhost',
    'LOCALHOST:8000',
    'a.localhost',
    '127.0.0.1:1',
    '[::1]:8000',
    '192.168.1.7',
    '[fe80::1]',
    'node.example',
    'node.example.:80',
    'myhost:1',
    undefined,
  ])('%s is ours', (header) => expect(hosts.isAllowed(header)).toBe(true));

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'xnode.example',
    '',
    'a b',
    'localhost:8000@evil.example',
    '[::1',
    'evil.example:80:80',
    'localhost/',
  ])('%j is not', (header) => expect(hosts.isAllowed(header)).toBe(false));

  test('* allows all', () => expect(new HostNames(['*']).isAllowed('evil.example')).toBe(true));
  test('the port is left out', () => expect(hostNameOf('[::1]:80')).toBe('::1'));
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['1127.0.0.1', false],
  [undefined, false],
])('%s is loopback: %s', (address, expected) => expect(isLoopbackAddress(address)).toBe(expected));

test('tokens are compared whole', () => {
  expect(isSameToken(TOKEN, TOKEN)).toBe(true);
  expect(isSameToken(TOKEN.slice(1), TOKEN)).toBe(false);
  expect(isSameToken('', TOKEN)).toBe(false);
});

test('strangers are counted, this machine is not', () =>
  withNode({ limits: { requestsPerMinute: 3 } }, async (node) => {
    const statuses = async (from: string | undefined): Promise<number[]> => {
      const seen: number[] = [];
      for (let i = 0; i < 5; i++)
        seen.push(
          (
            await ask(node, i === 4 ? '/nope' : '/health', {
              method: 'GET',
              ...(from === undefined ? {} : { from }),
            })
          ).status,
        );
      return seen;
    };
    expect(await statuses(STRANGER)).toEqual([200, 200, 200, 429, 429]);
    expect(await statuses('203.0.113.10')).toEqual([200, 200, 200, 429, 429]);
    expect(await statuses(undefined)).toEqual([200, 200, 200, 200, 404]);
    const refused = await ask(node, '/health', { method: 'GET', from: STRANGER });
    expect(refused).toMatchObject({ status: 429, reason: 'rate-limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  }));

test('messages between nodes have a rate of their own', () =>
  withNode({ limits: { requestsPerMinute: 1, p2pRequestsPerMinute: 3 } }, async (node) => {
    const status = async (path: string): Promise<number> =>
      (await ask(node, path, { method: 'GET', from: STRANGER })).status;
    expect([await status('/health'), await status('/health')]).toEqual([200, 429]);
    const messages = [1, 2, 3, 4].map(() => '/p2p/ping');
    const seen: number[] = [];
    for (const path of messages) seen.push(await status(path));
    expect(seen).toEqual([405, 405, 405, 429]);
  }));

test('mining for a stranger’s page never begins', () =>
  withNode({}, async (node) => {
    await ask(node, '/mining/start', {
      headers: { origin: 'http://evil.example' },
      body: { miner_address: key('evil').address },
    });
    expect(node.services.miner.status().running).toBe(false);
  }));
