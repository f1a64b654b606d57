/** What the owner does with peers, and how it is refused. Nobody listens at the addresses here. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PeersAnswer } from '../protocol/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';

const PEER = 'http://127.0.0.1:1';
let node: ApiNode;
beforeEach(async () => {
  node = await ApiNode.start();
});
afterEach(() => node.close());

async function post(
  path: string,
  payload: object,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await node.app.inject({ method: 'POST', url: path, payload });
  return { status: answer.statusCode, json: answer.json() };
}

async function list(): Promise<PeersAnswer> {
  return (await node.app.inject('/peers')).json();
}

describe('peers', () => {
  test.each(['/peers/remove', '/peers/unban'])('%s: whom nobody knows is not found', async (path) => {
    expect(await post(path, { url: PEER })).toMatchObject({
      status: 404,
      json: { reason: 'peer-unknown', status: 404, hint: expect.stringContaining('GET /peers') },
    });
  });

  test('one that is not banned cannot be unbanned', async () => {
    await post('/peers/add', { url: PEER });
    expect(await post('/peers/unban', { url: PEER })).toMatchObject({
      status: 404,
      json: { reason: 'peer-unknown' },
    });
  });

  test.each(['/peers/add', '/peers/remove', '/peers/ban', '/peers/unban'])(
    '%s: what is no address is malformed',
    async (path) => {
      for (const url of ['not a url', 'ftp://x', 'http://user:pass@x', 'http://x?y', '', 5])
        expect(await post(path, { url }), String(url)).toMatchObject({
          status: 422,
          json: { reason: 'malformed-field', detail: expect.stringMatching(/^url: /) },
        });
      expect((await list()).stored_peers).toEqual([]);
    },
  );

  test('there can be too many', async () => {
    const statuses: number[] = [];
    for (let port = 1; port <= 9; port++)
      statuses.push((await post('/peers/add', { url: `http://127.0.0.1:${port}` })).status);
    expect(statuses).toEqual([...Array<number>(8).fill(200), 400]);
    expect(await post('/peers/add', { url: 'http://127.0.0.1:9' })).toMatchObject({
      json: { reason: 'too-many-peers' },
    });
  });

  test('a ban lasts a day unless told otherwise, also of one that is unknown, and adding lifts it', async () => {
    const nowS = node.clock.nowMs() / 1_000;
    expect(await post('/peers/ban', { url: `${PEER}/` })).toMatchObject({
      status: 200,
      json: { message: `Banned peer: ${PEER}`, banned_until: nowS + 86_400 },
    });
    expect((await list()).stored_peers).toMatchObject([
      { url: PEER, state: 'banned', ban_reason: 'the owner of this node banned it' },
    ]);
    await post('/peers/add', { url: PEER });
    expect((await list()).stored_peers).toMatchObject([{ banned_until: null, ban_reason: null }]);
  });

  test.each([0, -1, 1.5, 31_536_001, '60', null])('a ban of %j seconds is none', async (seconds) => {
    expect(await post('/peers/ban', { url: PEER, seconds })).toMatchObject({
      status: 422,
      json: { reason: 'malformed-field', detail: expect.stringMatching(/^seconds: /) },
    });
  });

  test('the reason of a ban has a bound, and comes out in one line', async () => {
    expect((await post('/peers/ban', { url: PEER, reason: 'x'.repeat(201) })).status).toBe(422);
    await post('/peers/ban', { url: PEER, reason: ' two\r\nlines\u001b[31m \ud800' });
    expect((await list()).stored_peers).toMatchObject([{ ban_reason: 'two lines [31m' }]);
    await post('/peers/ban', { url: PEER, reason: '\n' });
    expect((await list()).stored_peers).toMatchObject([{ ban_reason: 'the owner of this node banned it' }]);
  });
});
