/** A real headless Chromium for the tests of the dashboard: the one that is installed, found on the PATH. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Where the browser is; undefined when there is none. `CHROMIUM` names another one. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = [
    process.env['CHROMIUM'] ?? '',
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  return candidates.find((path) => path !== '' && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * True when tests in the browser can run. Where it is missing that is said once, aloud; on a CI machine it is a failure, so
 * that nobody takes a run without these tests for a good one.
 */
export function hasChromium(): boolean {
  if (findChromium() !== undefined) return true;
  const message =
    'No Chromium was found, so the dashboard was NOT tested in a browser. Install one (for example `apt-get install ' +
    'chromium`, or `npx playwright-core install chromium` and CHROMIUM=<its path>) and run `npm test` again.';
  if (process.env['CI'] !== undefined) throw new Error(message);
  console.warn(message);
  return false;
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('invariant: hasChromium() was asked first');
  // Containers give their processes no user namespaces and little shared memory. The name leads to this machine, but is no
  // secure context: so a page looks that came over plain http from another machine.
  const args = [
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--host-resolver-rules=MAP node.example 127.0.0.1',
  ];
  return chromium.launch({ executablePath, args });
}
