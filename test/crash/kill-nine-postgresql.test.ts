import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/postgres-server.ts';
import { expectDatabaseVerifies } from './verify-database.ts';
import { killAgainAndAgain } from './kill-nine.ts';

it('loses nothing on PostgreSQL, whenever it is killed', { timeout: 400_000 }, async () => {
  const env = { DATABASE_URL: await createTestDatabase() };
  const report = await killAgainAndAgain({ env, kills: 50, seed: 15 });
  // 44 of the 50 lives got as far as working.
  expect(report.blocks).toBeGreaterThanOrEqual(44);
  expect(report.transactions).toBeGreaterThanOrEqual(44);
  await expectDatabaseVerifies(env);
});
