/**
 * Nodes inside the test process: the real composition with HTTP, on the in-memory store unless the test says otherwise.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { loadConfig, type RunningNode, startNode, type StartOptions } from '../../src/node/index.ts';
import { ApiClient } from '../../src/protocol/index.ts';

/** Every second hash is a block, and blocks never get harder. As {@link ChainBuilder}'s, so that its blocks fit. */
export const EASY_SETTINGS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'memory:',
  DEFAULT_TARGET: `0x7${'f'.repeat(63)}`,
  RETARGET_INTERVAL: '0',
  SYNC_INTERVAL: '0',
  NODE_PORT: '0',
  LOG_LEVEL: 'silent',
};

export interface TestNode {
  readonly node: RunningNode;
  readonly client: ApiClient;
  readonly url: string;
}

/**
 * Starts a node that ends with the test.
 * @param options deadlines and bounds that differ from the usual ones
 */
export async function runNode(
  settings: Readonly<Record<string, string>> = {},
  options: Pick<StartOptions, 'network' | 'limits'> = {},
): Promise<TestNode> {
  const loaded = loadConfig({
    flags: {},
    env: { DATA_DIR: join(tmpdir(), 'mini-bitcoin-none'), ...EASY_SETTINGS, ...settings },
    cwd: tmpdir(),
  });
  if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
  const node = await startNode(loaded.config, { ...options, log: pino({ level: 'silent' }) });
  onTestFinished(() => node.close());
  return { node, url: node.url, client: new ApiClient({ baseUrl: node.url }) };
}

/** Waits until something holds, asking again and again. The test's own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
