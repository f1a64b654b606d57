import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectDatabaseVerifies } from './verify-database.ts';
import { killAgainAndAgain } from './kill-nine.ts';

it('loses nothing on the embedded database, whenever it is killed', { timeout: 400_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mini-bitcoin-kill-'));
  const env = { DATABASE_URL: 'pglite:', DATA_DIR: dataDir };
  const report = await killAgainAndAgain({ env, kills: 50, seed: 20_19 });
  // 44 of the 50 lives got as far as working.
  expect(report.blocks).toBeGreaterThanOrEqual(44);
  expect(report.transactions).toBeGreaterThanOrEqual(44);
  await expectDatabaseVerifies(env);
  await rm(dataDir, { recursive: true });
});
