// node scripts/test-count.mjs RESULTS.json: prints "N passed, N failed" from vitest's JSON report, for programs.

import { readFileSync } from 'node:fs';

function count(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 }; // no report: the run itself broke
  }
  const passed = report.numPassedTests;
  // A file that does not even load has no tests to count; neither has an error outside of any test.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return { passed, failed: report.success === false ? Math.max(1, failed) : failed };
}

const { passed, failed } = count(process.argv[2] ?? '');
console.log(`${passed} passed, ${failed} failed`);
