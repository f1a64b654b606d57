/** What the paths of the sandbox refuse while none runs. What it does: src/sandbox; all paths: routes.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiNode } from '../../../test/support/api-node.ts';
import { until } from '../../../test/support/running-node.ts';

let node: ApiNode;
beforeAll(async () => {
  node = await ApiNode.start();
});
afterAll(() => node.close());

async function act(payload: object): Promise<{ status: number; reason: string; detail: string }> {
  const answer = await node.app.inject({ method: 'POST', url: '/sandbox/actions', payload });
  return answer.json();
}

describe('without a sandbox', () => {
  test('nothing can be asked or done', async () => {
    expect(await act({ type: 'heal' })).toMatchObject({ status: 404, reason: 'no-sandbox' });
    expect((await node.app.inject('/sandbox')).json()).toMatchObject({ status: 404, reason: 'no-sandbox' });
    const ended = await node.app.inject({ method: 'DELETE', url: '/sandbox' });
    expect(ended.json()).toEqual({ ended: false });
  });

  test.each([
    [{}, 'type: one of mine, pay,'],
    [{ type: 'dance' }, 'type: one of mine, pay,'],
    [{ type: 'mine', node: 'merchant' }, 'node: '],
    [{ type: 'mine', node: 'honest-1', blocks: 11 }, 'blocks: '],
    [{ type: 'race', share: 91, confirmations: 1 }, 'share: '],
    [{ type: 'partition', groups: [['honest-1']] }, 'groups: '],
  ])('%j is no action', async (action, detail) => {
    const answer = await act(action);
    expect(answer).toMatchObject({ status: 422, reason: 'malformed-field' });
    expect(answer.detail).toContain(detail);
  });
});

test('whoever waits for an action is told that the node stops', async () => {
  const other = await ApiNode.start();
  expect((await other.app.inject({ method: 'POST', url: '/sandbox' })).statusCode).toBe(200);
  const race = { type: 'race', share: 0, confirmations: 6, pause_ms: 500 };
  const acting = other.app
    .inject({ method: 'POST', url: '/sandbox/actions', payload: race })
    .then((answer) => answer.json<object>());
  await until(async () => (await other.app.inject('/sandbox')).json<{ busy: string | null }>().busy !== null);
  const closing = other.close();
  expect(await acting).toMatchObject({ status: 503, reason: 'stopping' });
  await closing;
});

test.each(['GET', 'POST', 'DELETE'] as const)('%s is for the owner', async (method) => {
  const answer = await node.app.inject({ method, url: '/sandbox', remoteAddress: '203.0.113.7' });
  expect(answer.json()).toMatchObject({ status: 403, reason: 'admin-only-loopback' });
});
