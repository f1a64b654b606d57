import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Two projects: `unit` lives beside the code and is quick, `scenario` starts nodes, databases and browsers.
// `npm test` runs both; `npm run test:unit` and `npm run test:scenario` one of them.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: Math.max(2, Math.min(8, availableParallelism())),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    passWithNoTests: false,
    // A flaky test is a broken test: no second tries, and no forgotten `.only`.
    retry: 0,
    allowOnly: process.env['CI'] === undefined,
    reporters: ['default'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['{src,dashboard}/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'scenario', include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000 },
      },
    ],
  },
});
