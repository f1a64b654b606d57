/**
 * The composition root: starting, stopping, and refusing to start on what does not fit.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Address } from '../consensus/index.ts';
import { ApiClient } from '../protocol/index.ts';
import { loadConfig } from './config.ts';
import { ChainParamsDifferError } from './chain-params-guard.ts';
import { type RunningNode, startNode } from './node.ts';

const alice = '28bff34c1c08327af2418f9f92ebac4482aaf81d' as Address;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mini-bitcoin-node-'));
});
afterAll(() => rm(dataDir, { recursive: true }));

/** Starts a node; what it logs comes as parsed lines. */
async function start(
  settings: Record<string, string> = {},
): Promise<{ node: RunningNode; client: ApiClient; log: Record<string, unknown>[] }> {
  const loaded = loadConfig({
    flags: {},
    env: {
      DATABASE_URL: 'memory:',
      DATA_DIR: dataDir,
      NODE_PORT: '0',
      DEFAULT_TARGET: `0x7${'f'.repeat(63)}`,
      RETARGET_INTERVAL: '0',
      SYNC_INTERVAL: '0',
      ...settings,
    },
    cwd: dataDir,
  });
  if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
  const log: Record<string, unknown>[] = [];
  const node = await startNode(loaded.config, {
    log: pino(
      { level: 'info' },
      { write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) },
    ),
  });
  return { node, client: new ApiClient({ baseUrl: node.url }), log };
}

describe('a node', () => {
  it('says when it is ready and where, mines, and ends when asked, twice if need be', async () => {
    const { node, client, log } = await start();
    expect(log.find(({ msg }) => msg === 'ready')).toMatchObject({
      url: node.url,
      engine: 'memory',
      height: -1,
    });
    expect(await client.mine({ minerAddress: alice })).toMatchObject({ height: 0 });
    expect(log.some(({ msg }) => msg === 'block connected')).toBe(true);
    await Promise.all([node.close(), node.close()]);
    expect(await node.ended).toBeUndefined();
    await expect(client.health()).rejects.toThrow();
  });

  it('answers while it mines', async () => {
    const { node, client } = await start({ DEFAULT_TARGET: '0xff' });
    await client.miningStart(alice);
    for (let i = 0; i < 20; i++) expect(await client.health()).toMatchObject({ chain_height: -1 });
    expect(await client.miningStatus()).toMatchObject({ running: true });
    await node.close();
  });

  it('goes on where it was, on the embedded database', async () => {
    const first = await start({ DATABASE_URL: 'pglite:' });
    const mined = await first.client.mine({ minerAddress: alice, blocks: 3 });
    await first.node.close();
    const second = await start({ DATABASE_URL: 'pglite:' });
    expect(await second.client.health()).toMatchObject({
      chain_height: 2,
      tip_hash: mined.block_hash,
      utxo_count: 3,
    });
    await second.node.close();
  });

  it('refuses a database that belongs to a chain with other rules, and leaves it alone', async () => {
    await expect(start({ DATABASE_URL: 'pglite:', BLOCK_REWARD: '7' })).rejects.toThrow(
      ChainParamsDifferError,
    );
    await expect(start({ DATABASE_URL: 'pglite:', BLOCK_REWARD: '7' })).rejects.toThrow(
      /BLOCK_REWARD is 7 now, was 5000000000/,
    );
    const { node, client } = await start({ DATABASE_URL: 'pglite:' });
    expect(await client.health()).toMatchObject({ chain_height: 2 });
    await node.close();
  });

  it('refuses a data directory that another node has', async () => {
    const { node } = await start({ DATABASE_URL: 'pglite:' });
    await expect(start({ DATABASE_URL: 'pglite:' })).rejects.toMatchObject({ name: 'DataDirInUseError' });
    await node.close();
  });

  it('leaves nothing open when the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = String((server.address() as AddressInfo).port);
    await expect(start({ DATABASE_URL: 'pglite:', NODE_PORT: port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    server.close();
    const { node } = await start({ DATABASE_URL: 'pglite:', NODE_PORT: port }); // the data directory is free again
    await node.close();
  });
});
