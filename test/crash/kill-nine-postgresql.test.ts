import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/postgres-server.ts';
import { expectDatabaseVerifies } from './verify-database.ts';
import { killAgainAndAgain, KILLS } from './kill-nine.ts';

it('loses nothing on PostgreSQL, whenever it is killed', { timeout: 20_000 * KILLS }, async () => {
  const env = { DATABASE_URL: await createTestDatabase() };
  const report = await killAgainAndAgain({ env, kills: KILLS, seed: 15 });
  expect(report.blocks).toBeGreaterThanOrEqual(report.workingLives);
  expect(report.transactions).toBeGreaterThanOrEqual(report.workingLives);
  await expectDatabaseVerifies(env);
});
