/** When something breaks inside: the log tells all, the client a number. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { StoreUnusableError } from '../chainstate/index.ts';
import { MempoolBusyError } from '../mempool/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { key } from '../../test/support/chain-builder.ts';

async function failWith(error: unknown): Promise<{ status: number; body: string; log: string }> {
  const lines: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
  const node = await ApiNode.start({ logger });
  Object.assign(node.services.store, {
    balance: async () => {
      throw error;
    },
  });
  const answer = await node.app.inject(`/balance/${key('a').address}`);
  await node.close();
  return { status: answer.statusCode, body: answer.body, log: lines.join('') };
}

test('an unexpected error is a number to the client, and all in the log', async () => {
  const { status, body, log } = await failWith(new Error('relation "coins" does not exist'));
  expect(status).toBe(500);
  const { detail, reason } = JSON.parse(body) as { detail: string; reason: string };
  expect(reason).toBe('internal-error');
  expect(body).not.toContain('coins');
  expect(body).not.toContain('.ts');
  const id = /[0-9a-f-]{36}/.exec(detail)?.[0] ?? 'none';
  expect(log).toContain(id);
  expect(log).toContain('relation \\"coins\\" does not exist');
  expect(log).toContain('"path":"/balance/:address"');
});

test('what is thrown need not be an error', async () => {
  expect((await failWith('text')).status).toBe(500);
});

test('a store that failed is a reason to come again later', async () => {
  expect(JSON.parse((await failWith(new StoreUnusableError('the disk'))).body)).toMatchObject({
    status: 503,
  });
});

test('a chain that changes too quickly, too', async () => {
  expect(JSON.parse((await failWith(new MempoolBusyError('busy'))).body)).toMatchObject({
    status: 503,
    reason: 'too-busy',
  });
});
