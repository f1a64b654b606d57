/** How the page in the browser is served, beside an API that has some of its addresses. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiNode } from '../../test/support/api-node.ts';
import { DASHBOARD_POLICY, readDashboard } from './dashboard.ts';

const PAGE = '<!doctype html><title>page</title>';
const SCRIPT = 'export const answer = 42;';
const BROWSER = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };

let folder: string;
let node: ApiNode;
let bare: ApiNode;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'secret.txt'), 'not served');
  writeFileSync(join(folder, 'assets', 'app-1.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'app-1.js.gz'), gzipSync(SCRIPT));
  node = await ApiNode.start({ dashboard: readDashboard(folder) });
  bare = await ApiNode.start();
});
afterAll(async () => {
  await node.close();
  await bare.close();
  rmSync(folder, { recursive: true });
});

describe('addresses that the page and the API share', () => {
  test.each(['/', '/block/0', `/block/${'a'.repeat(64)}`])('%s is the page for browsers', async (url) => {
    const answer = await node.app.inject({ url, headers: BROWSER });
    expect([answer.statusCode, answer.body]).toEqual([200, PAGE]);
    expect(answer.headers).toMatchObject({
      'content-security-policy': DASHBOARD_POLICY,
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(answer.headers.vary).toContain('accept');
  });

  test.each([
    ['no wish', {}],
    ['any type', { accept: '*/*' }],
    ['JSON first', { accept: 'application/json, text/html;q=0.5' }],
    ['a fetch of a page', { ...BROWSER, 'sec-fetch-mode': 'cors' }],
  ])('a block is JSON for %s', async (_name, headers) => {
    const answer = await node.app.inject({ url: '/block/0', headers });
    expect([answer.statusCode, answer.json<{ reason: string }>().reason]).toEqual([404, 'not-found']);
    expect(answer.headers.vary).toContain('accept');
  });

  test('what the browser says of itself counts more than what it accepts', async () => {
    const answer = await node.app.inject({ url: '/block/0', headers: { 'sec-fetch-mode': 'navigate' } });
    expect(answer.body).toBe(PAGE);
  });

  test.each(['/health', '/openapi.json', '/metrics'])('%s stays what it is', async (url) => {
    const answer = await node.app.inject({ url, headers: BROWSER });
    expect([answer.statusCode, answer.body === PAGE]).toEqual([200, false]);
  });

  test('an unknown address is 404 both ways', async () => {
    const page = await node.app.inject({ url: '/nowhere', headers: BROWSER });
    expect([page.statusCode, page.body]).toEqual([404, PAGE]);
    const json = await node.app.inject('/nowhere');
    expect([json.statusCode, json.json<{ reason: string }>().reason]).toEqual([404, 'no-such-route']);
  });
});

describe('files', () => {
  test('keep for ever, for their names are made from their contents', async () => {
    const answer = await node.app.inject('/assets/app-1.js');
    expect([answer.statusCode, answer.body]).toEqual([200, SCRIPT]);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('are sent compressed to whoever takes that, with a tag of their own', async () => {
    const url = '/assets/app-1.js';
    const packed = await node.app.inject({ url, headers: { 'accept-encoding': 'br;q=0, gzip' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.rawPayload).toString()).toBe(SCRIPT);
    expect(packed.headers.etag).not.toBe((await node.app.inject(url)).headers.etag);
    const refused = await node.app.inject({ url, headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  test('are not sent again to whoever has them', async () => {
    const first = await node.app.inject({ url: '/', headers: BROWSER });
    const again = await node.app.inject({
      url: '/',
      headers: { ...BROWSER, 'if-none-match': `"other", W/${String(first.headers.etag)}` },
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  test.each(['..%2fsecret.txt', '%2e%2e%2fsecret.txt', 'app-1.js.gz', 'app-1.js%00', 'nothing.js'])(
    'only those of the list: %s',
    async (name) => {
      const answer = await node.app.inject(`/assets/${name}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.body).not.toContain('not served');
    },
  );
});

describe('without a build', () => {
  test('says so in a sentence', async () => {
    expect(readDashboard(join(folder, 'none'))).toBeUndefined();
    const answer = await bare.app.inject({ url: '/', headers: BROWSER });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build');
  });

  test('blocks are JSON for browsers, too', async () => {
    const answer = await bare.app.inject({ url: '/block/0', headers: BROWSER });
    expect(answer.json()).toMatchObject({ reason: 'not-found' });
  });
});
