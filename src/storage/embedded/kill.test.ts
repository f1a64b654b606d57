/**
 * The node is killed with SIGKILL, during its first start and during commits, again and again. Each time it must open
 * by itself, and every commit that was acknowledged must be there, whole.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedPostgres } from './embedded-server.ts';
import { compiledUrl } from './worker-url.ts';

const SLOW = { timeout: 240_000 };

/** Commits numbered transactions of three rows each for ever, and says so after each one. */
const COMMITTER = `
  import { openEmbeddedPostgres } from ${JSON.stringify(compiledUrl('index').href)};
  import pg from 'pg';
  const [dataDir, templateDir] = process.argv.slice(1);
  const db = await openEmbeddedPostgres({ dataDir, templateDir: templateDir || null });
  const client = new pg.Client({ user: 'postgres', database: 'postgres', stream: () => db.connectStream() });
  await client.connect();
  await client.query('create table if not exists blocks (id int, part int, body text, primary key (id, part))');
  const { rows } = await client.query('select coalesce(max(id), 0)::int as last from blocks');
  for (let id = rows[0].last + 1; ; id++) {
    await client.query('begin');
    for (let part = 0; part < 3; part++) {
      await client.query('insert into blocks values ($1, $2, $3)', [id, part, 'x'.repeat(2000)]);
    }
    await client.query('commit');
    console.log(id);
    if (id % 25 === 0) await db.maintain(['blocks']);
  }
`;

/** Runs an engine under a disk that begins to fail: the second insert must not be acknowledged. */
const FAILING_DISK = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { fsyncSync } = fs;
  let failing = false;
  fs.fsyncSync = (fd) => {
    if (failing) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
    fsyncSync(fd);
  };
  syncBuiltinESMExports();
  const { Engine } = await import(${JSON.stringify(compiledUrl('engine').href)});
  const { encodeMessage } = await import(${JSON.stringify(compiledUrl('wire-framing').href)});
  const onFatal = (reason) => {
    console.log(/PANIC: .*could not fsync/.test(reason) ? 'panicked' : reason);
    process.exit(0);
  };
  const engine = await Engine.start({ cluster: process.argv[1], onFatal });
  await engine.greet(() => {});
  const query = (sql) =>
    engine.execute(encodeMessage('Q', sql + '\\0'), (bytes) => {
      console.log(Buffer.from(bytes).toString('latin1').includes('INSERT 0 1') ? 'acknowledged' : 'answered');
    });
  await query('create table written (a int)');
  await query('insert into written values (1)');
  failing = true;
  await query('insert into written values (2)');
`;

let scratch: string;
let templates: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'embedded-kill-'));
  templates = join(scratch, 'templates');
  const first = await openEmbeddedPostgres({ dataDir: join(scratch, 'first'), templateDir: templates });
  await first.close();
}, SLOW.timeout);

afterAll(() => rm(scratch, { recursive: true, force: true }));

function startCommitter(dataDir: string, templateDir: string): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', COMMITTER, dataDir, templateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  });
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => {
      resolve();
    });
    child.kill('SIGKILL');
  });
}

/** Opens the database as the next node would, and returns the ids whose three rows are there. */
async function readBack(dataDir: string): Promise<{ whole: Set<number>; broken: number }> {
  const db = await openEmbeddedPostgres({ dataDir, templateDir: templates });
  const client = new pg.Client({ user: 'postgres', database: 'postgres', stream: () => db.connectStream() });
  await client.connect();
  await client.query(
    'create table if not exists blocks (id int, part int, body text, primary key (id, part))',
  );
  const { rows } = await client.query<{ id: number; n: number }>(
    'select id, count(*)::int as n from blocks where length(body) = 2000 group by id',
  );
  await client.end();
  await db.close();
  return {
    whole: new Set(rows.filter(({ n }) => n === 3).map(({ id }) => id)),
    broken: rows.filter(({ n }) => n !== 3).length,
  };
}

it('opens after a kill at any moment of the first start', SLOW, async () => {
  // With initdb (some three seconds) and from the template (less than one), killed ever later.
  const trials = [...Array.from({ length: 4 }, () => ''), ...Array.from({ length: 4 }, () => templates)];
  for (const [index, templateDir] of trials.entries()) {
    const dataDir = join(scratch, `init-${index}`);
    const child = startCommitter(dataDir, templateDir);
    await sleep((templateDir === '' ? 750 : 180) * ((index % 4) + 1));
    await killed(child);
    expect((await readBack(dataDir)).broken).toBe(0);
    expect((await readdir(dataDir)).sort()).toEqual(['data-dir.json', 'pgdata']);
    await rm(dataDir, { recursive: true });
  }
});

it('keeps every acknowledged commit over six kills', SLOW, async () => {
  const dataDir = join(scratch, 'commits');
  const acknowledged: number[] = [];
  for (let round = 0; round < 6; round++) {
    const child = startCommitter(dataDir, templates);
    const enough = acknowledged.length + 1 + round * 10;
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    lines.on('line', (line) => {
      acknowledged.push(Number(line));
      if (acknowledged.length === enough) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(child.signalCode).toBe('SIGKILL');
    expect(acknowledged.length).toBeGreaterThanOrEqual(enough);
    if (round % 3 === 2) {
      const { whole, broken } = await readBack(dataDir);
      expect(acknowledged.filter((id) => !whole.has(id))).toEqual([]);
      expect(broken).toBe(0);
      // At most one commit per kill was on its way without being acknowledged.
      expect(whole.size - acknowledged.length).toBeLessThanOrEqual(round + 1);
    }
  }
});

it('never acknowledges a commit whose fsync failed', SLOW, async () => {
  const dataDir = join(scratch, 'failing');
  await readBack(dataDir);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', FAILING_DISK, join(dataDir, 'pgdata')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await new Promise((resolve) => child.once('close', resolve));
  expect(lines.filter((line) => line !== 'answered')).toEqual(['acknowledged', 'panicked']);
});
