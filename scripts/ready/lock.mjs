// One install or build at a time.

import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { cache, Problem, readIfThere, root, say } from './files.mjs';

const POLL_MS = 100;
const WAIT_MS = 10 * 60_000;
const STALE_MS = 30 * 60_000;
const STALE_WITHOUT_OWNER_MS = 10_000;

/** A folder is made by exactly one process: that is the lock. Its `owner` file tells whether it is stale. */
export function withLock(work) {
  const lock = join(cache, 'ensure-ready.lock');
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    throw new Problem(
      `Something needs installing or building, but this user may not write in ${root} (${error.code}).`,
    );
  }
  const giveUpAt = Date.now() + WAIT_MS;
  let told = false;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw new Problem(
          `Something needs installing or building, but this user may not write in ${root} (${error.code}).`,
        );
      }
    }
    if (removeIfStale(lock)) continue;
    if (Date.now() > giveUpAt)
      throw new Problem(`Another install or build seems stuck. If none is running, delete ${lock}.`);
    if (!told) say('Waiting for another install or build to finish...');
    told = true;
    sleep(POLL_MS);
  }
  writeFileSync(join(lock, 'owner'), mine);
  const release = () => {
    if (readIfThere(join(lock, 'owner'))?.toString() === mine) rmSync(lock, { recursive: true, force: true });
  };
  try {
    removeLeftovers();
    work();
  } finally {
    release(); // A killed process does not get here; the next one sees that the owner is gone.
  }
}

function removeIfStale(lock) {
  const seen = readIfThere(join(lock, 'owner'))?.toString();
  const ageMs = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (!isStale(seen, ageMs)) return false;
  // Move it away first: only one of several waiters can, and it checks that it caught the lock it judged.
  const away = `${lock}-${randomUUID()}`;
  try {
    renameSync(lock, away);
  } catch {
    return true; // somebody else did it
  }
  if (readIfThere(join(away, 'owner'))?.toString() !== seen) {
    try {
      renameSync(away, lock);
    } catch {
      // A third one holds the lock now; the builds stay whole anyway, since each has its own folder.
    }
    return false;
  }
  rmSync(away, { recursive: true, force: true });
  return true;
}

function isStale(owner, ageMs) {
  if (owner === undefined || owner === '') return ageMs > STALE_WITHOUT_OWNER_MS;
  if (ageMs > STALE_MS) return true;
  try {
    const { pid, host } = JSON.parse(owner);
    if (host !== hostname()) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || error instanceof SyntaxError;
  }
}

/** Half-finished builds of processes that were killed. We hold the lock, so they are nobody's. */
function removeLeftovers() {
  for (const name of readdirSync(cache)) {
    if (/^(build-|ensure-ready\.lock-)/.test(name))
      rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
