import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectDatabaseVerifies } from './verify-database.ts';
import { killAgainAndAgain, KILLS } from './kill-nine.ts';

it('loses nothing on the embedded database, whenever it is killed', { timeout: 20_000 * KILLS }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mini-bitcoin-kill-'));
  const env = { DATABASE_URL: 'pglite:', DATA_DIR: dataDir };
  const report = await killAgainAndAgain({ env, kills: KILLS, seed: 20_19 });
  expect(report.blocks).toBeGreaterThanOrEqual(report.workingLives);
  expect(report.transactions).toBeGreaterThanOrEqual(report.workingLives);
  await expectDatabaseVerifies(env);
  await rm(dataDir, { recursive: true });
});
