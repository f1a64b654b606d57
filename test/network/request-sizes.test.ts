/** What a sync costs in requests: each is a message, a look into the other node's database, and a way there and back. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ChainBuilder } from '../support/chain-builder.ts';
import { runNode, until } from '../support/running-node.ts';

it('asks for many blocks at a time, even where they come faster than they are connected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-bitcoin-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const source = await runNode();
  const { chain } = source.node.services;
  const builder = new ChainBuilder({ params: { retargetInterval: 0 } }).extend(319);
  for (const { block } of builder.all) await chain.acceptBlock(block);

  // A database takes its time over each block, so the window is full of blocks that wait.
  const { node } = await runNode(
    { DATABASE_URL: 'pglite:', DATA_DIR: folder, BOOTSTRAP_PEERS: source.url },
    { network: { blockSync: { windowBlocks: 64 } } },
  );
  await until(() => node.services.chain.height === chain.height);

  // 20 would be 16 blocks each; what is left for the beginning and the end may come in smaller ones.
  expect(node.services.networkCounters.messages.get('blocks sent')).toBeLessThan(40);
});
