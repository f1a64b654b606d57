import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/postgres-server.ts';
import { expectDatabaseVerifies } from './verify-database.ts';
import { killAgainAndAgain } from './kill-nine.ts';

it('loses nothing on PostgreSQL, whenever it is killed', { timeout: 400_000 }, async () => {
  const env = { DATABASE_URL: await createTestDatabase() };
  const report = await killAgainAndAgain({ env, kills: 50, seed: 15 });
  expect(report.blocks).toBeGreaterThan(100);
  expect(report.transactions).toBeGreaterThan(50);
  await expectDatabaseVerifies(env);
});
