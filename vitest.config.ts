import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Minutes of many nodes each. The last to start decides when all is over, so these are the first. */
const LONGEST = [
  ...['network/scenarios-pglite', 'network/scenarios-postgresql', 'crash/kill-nine-pglite', 'devnet/devnet'],
  ...['deploy/image', 'crash/kill-nine-postgresql', 'dashboard/'],
].map((name) => `/test/${name}`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Files of one project follow each other: the next one takes over the process, with the modules that are loaded.
    const place = ({ moduleId, project }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.includes(name));
      return found >= 0 ? found : LONGEST.length + (project.name === 'unit' ? 1 : 0);
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

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
    sequence: { sequencer: LongestFirst },
    // One process for many files: loading the same modules 240 times over took a fifth of the time.
    isolate: false,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['{src,dashboard}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'scenario',
          include: ['test/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
