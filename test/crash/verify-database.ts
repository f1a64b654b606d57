/** `mini-bitcoin db verify`, as an operator runs it after a crash. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { COMMAND, EASY_CHAIN_ENV } from '../support/node-process.ts';

export async function expectDatabaseVerifies(env: Readonly<Record<string, string>>): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, 'db', 'verify', '--json'], {
    env: { ...process.env, MINI_BITCOIN_SKIP_ENSURE_READY: '1', ...EASY_CHAIN_ENV, ...env },
  });
  expect(JSON.parse(stdout)).toMatchObject({ problems: [] });
}
