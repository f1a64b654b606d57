import { spawn, type ChildProcess } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from './data-dir-lock.ts';
import { claimDataDir } from './data-dir.ts';
import { DataDirInUseError, DataDirLayoutError, type DataDirLockLostError } from './errors.ts';
import { judgeByPid, ownIdentity } from './process-identity.ts';
import { compiledUrl } from './worker-url.ts';

const CONTENDER = `
  import { lockDataDir } from ${JSON.stringify(compiledUrl('index').href)};
  import { once } from 'node:events';
  console.log('up');
  await once(process.stdin, 'data');
  try {
    await lockDataDir(process.argv[1]);
    console.log('held');
  } catch (error) {
    console.log(error.code);
  }
  setInterval(() => {}, 1000);
`;

let scratch: string;
let dir: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'embedded-lock-'));
  dir = join(scratch, 'node');
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await rm(scratch, { recursive: true, force: true });
});

interface Contender {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

async function startContender(): Promise<Contender> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CONTENDER, dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const reader: Interface = createInterface({ input: child.stdout });
  const lines = reader[Symbol.asyncIterator]();
  expect(await nextLine(lines)).toBe('up');
  return { child, lines };
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  return done === true ? 'ended' : value;
}

async function contend({ child, lines }: Contender): Promise<string> {
  child.stdin?.write('go\n');
  return nextLine(lines);
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGKILL');
  });
}

/** Puts a lock in place as another process would have left it. */
async function plantLock(changes: Record<string, unknown> | string): Promise<string> {
  await mkdir(join(dir, 'node.lock'), { recursive: true });
  const path = join(dir, 'node.lock', 'planted.json');
  const holder = { ...ownIdentity(), token: 'planted', startedAt: '2026-01-01T00:00:00.000Z' };
  await writeFile(path, typeof changes === 'string' ? changes : JSON.stringify({ ...holder, ...changes }));
  return path;
}

describe('lockDataDir', () => {
  it('creates a private folder, locks it, and releases it', async () => {
    const lock = await lockDataDir(dir);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect(lock.dir).toBe(dir);
    await lock.release();
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
    await (await lockDataDir(dir)).release();
  });

  it('tightens a folder others can enter', async () => {
    await mkdir(dir);
    await chmod(dir, 0o755);
    const lock = await lockDataDir(dir);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    await lock.release();
  });

  it('refuses a second holder in this process and says who it is', async () => {
    const lock = await lockDataDir(dir);
    const error: unknown = await lockDataDir(dir).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataDirInUseError);
    expect(error).toMatchObject({ code: 'DATA_DIR_IN_USE', holderPid: process.pid });
    expect(String(error)).toMatch(/this very process: process \d+, since 20.*Stop that node first/);
    expect(await readdir(dir)).toEqual(['node.lock']);
    await lock.release();
  });

  it('refuses while another process holds it, and takes over when that was killed', async () => {
    const contender = await startContender();
    expect(await contend(contender)).toBe('held');
    await expect(lockDataDir(dir)).rejects.toMatchObject({ holderPid: contender.child.pid });
    await kill(contender.child);
    await (await lockDataDir(dir)).release();
  });

  it('lets exactly one of many takers have the lock of a killed holder', async () => {
    for (let round = 0; round < 4; round++) {
      const holder = await startContender();
      expect(await contend(holder)).toBe('held');
      const takers = await Promise.all(Array.from({ length: 5 }, startContender));
      await kill(holder.child);
      const outcomes = await Promise.all(takers.map(contend));
      expect(outcomes.sort()).toEqual([...Array<string>(4).fill('DATA_DIR_IN_USE'), 'held']);
      await Promise.all(takers.map(({ child }) => kill(child)));
    }
  });

  it('lets exactly one of many takers in this process have a stale lock', async () => {
    for (let round = 0; round < 20; round++) {
      await plantLock({ processStart: 'other' });
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dir)));
      const held = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(held).toHaveLength(1);
      for (const { value } of held) await value.release();
    }
  });

  it('is not fooled by a reused pid', async () => {
    await plantLock({ processStart: '1' });
    await (await lockDataDir(dir, { silentHereMs: 50, pollMs: 10 })).release();
  });

  it('takes over from a lock that a power cut emptied', async () => {
    await plantLock('');
    await (await lockDataDir(dir)).release();
  });

  it.each([
    ['another host', { hostname: 'elsewhere', bootId: 'other' }],
    ['another container', { pidNamespace: 'pid:[1]' }],
  ])('takes over from a silent holder in %s', async (_name, identity) => {
    const path = await plantLock(identity);
    await utimes(path, new Date(0), new Date(0));
    await (await lockDataDir(dir)).release();
    await plantLock(identity); // fresh, but no heartbeat follows
    await (await lockDataDir(dir, { silentElsewhereMs: 100, silentHereMs: 100, pollMs: 10 })).release();
  });

  it('refuses while a holder on another host gives signs of life', async () => {
    const path = await plantLock({ hostname: 'elsewhere', bootId: 'other' });
    const heart = setInterval(() => {
      utimesSync(path, new Date(), new Date());
    }, 20);
    try {
      await expect(lockDataDir(dir, { pollMs: 10 })).rejects.toThrow(/on host elsewhere/);
    } finally {
      clearInterval(heart);
    }
  });

  it('tells its holder when the lock is gone', async () => {
    const lock = await lockDataDir(dir, { heartbeatMs: 10 });
    const lost = new Promise<DataDirLockLostError>((resolve) => lock.onLost(resolve));
    await rm(join(dir, 'node.lock'), { recursive: true });
    expect(await lost).toMatchObject({ code: 'DATA_DIR_LOCK_LOST' });
    await lock.release();
  });

  it('refuses a directory of a newer layout and touches nothing', async () => {
    await mkdir(dir);
    await chmod(dir, 0o755);
    await writeFile(join(dir, 'data-dir.json'), '{"layout":2,"engine":"pglite-pg18"}');
    await expect(lockDataDir(dir)).rejects.toBeInstanceOf(DataDirLayoutError);
    expect(await readdir(dir)).toEqual(['data-dir.json']);
    expect((await stat(dir)).mode & 0o777).toBe(0o755);
  });
});

describe('claimDataDir', () => {
  it('marks a new directory, knows it again, and removes what a killed start left', async () => {
    await mkdir(join(dir, 'pgdata.new-1', 'base'), { recursive: true });
    await claimDataDir(dir);
    await claimDataDir(dir);
    expect(await readdir(dir)).toEqual(['data-dir.json']);
  });

  it.each(['{"layout":1,"engine":"pglite-pg19"}', '{"layout":"1"}', 'null', ''])(
    'refuses marker %s',
    async (marker) => {
      await mkdir(join(dir, 'pgdata.new-1'), { recursive: true });
      await writeFile(join(dir, 'data-dir.json'), marker);
      await expect(claimDataDir(dir)).rejects.toBeInstanceOf(DataDirLayoutError);
      expect(await readdir(dir)).toEqual(['data-dir.json', 'pgdata.new-1']);
    },
  );
});

describe('judgeByPid', () => {
  it('knows the living, the dead and the foreign', async () => {
    const self = ownIdentity();
    const contender = await startContender();
    const pid = contender.child.pid ?? 0;
    await kill(contender.child);
    expect(judgeByPid({ ...self, pid }, self)).toBe('dead');
    expect(judgeByPid({ ...self, hostname: 'elsewhere' }, self)).toBe('unknown');
    expect(judgeByPid(self, self)).toBe(self.processStart === '' ? 'unknown' : 'alive');
  });
});
