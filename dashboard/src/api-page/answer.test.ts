import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask } from './answer.ts';

/** Refuses whoever has no token, and answers with what it was sent. */
const server = createServer((request, response) => {
  const { authorization } = request.headers;
  response.writeHead(authorization === 'Bearer a-token' ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ reason: 'unauthorized', detail: authorization ?? 'no token' }));
});
beforeEach(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('the token goes with a call that needs it, and with no other', async () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mine`;
  const request = { method: 'POST', address, body: '{}' } as const;
  const { signal } = new AbortController();
  expect(await ask(request, signal)).toMatchObject({
    status: 401,
    refusal: { reason: 'unauthorized', detail: 'no token' },
  });
  expect(await ask(request, signal, 'a-token')).toMatchObject({ status: 200, refusal: undefined });
});
