import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockDataDir } from './data-dir-lock.ts';
import { openEmbeddedPostgres, type EmbeddedPostgres } from './embedded-server.ts';
import { DataDirInUseError, EmbeddedCrashError } from './errors.ts';
import { encodeMessage } from './wire-framing.ts';

const SLOW = { timeout: 120_000 };
const IDENTITY = { user: 'postgres', database: 'postgres' };

let scratch: string;
let db: EmbeddedPostgres;

const open = (name: string): Promise<EmbeddedPostgres> =>
  openEmbeddedPostgres({ dataDir: join(scratch, name), templateDir: join(scratch, 'templates') });

function newClient(server: EmbeddedPostgres): pg.Client {
  const client = new pg.Client({ ...IDENTITY, stream: () => server.connectStream() });
  client.on('error', () => undefined); // a lost connection also rejects what the tests look at
  return client;
}

async function withClient<T>(work: (client: pg.Client) => Promise<T>, server = db): Promise<T> {
  const client = newClient(server);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Breaks the connection like a crashed client. */
function drop(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

const folderBytes = async (folder: string): Promise<number> => {
  let total = 0;
  for (const name of await readdir(folder)) total += (await stat(join(folder, name))).size;
  return total;
};

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'embedded-server-'));
  db = await open('shared');
}, SLOW.timeout);

afterAll(async () => {
  await db.close();
  await rm(scratch, { recursive: true, force: true });
}, SLOW.timeout);

describe('the wire protocol', SLOW, () => {
  it('answers simple, extended and prepared queries', async () => {
    await withClient(async (client) => {
      expect((await client.query('select 1 as a; select 2 as b')) as unknown).toMatchObject([
        { rows: [{ a: 1 }] },
        { rows: [{ b: 2 }] },
      ]);
      expect((await client.query('select $1::int8 + 1 as n', ['9007199254740993'])).rows).toEqual([
        { n: '9007199254740994' },
      ]);
      const prepared = { name: 'twice', text: 'select $1::text || $1::text as t' };
      expect((await client.query({ ...prepared, values: ['ab'] })).rows).toEqual([{ t: 'abab' }]);
      expect((await client.query({ ...prepared, values: ['ž'] })).rows).toEqual([{ t: 'žž' }]);
    });
  });

  it('recovers from errors, alone and inside a transaction', async () => {
    await withClient(async (client) => {
      for (let cycle = 0; cycle < 20; cycle++) {
        await expect(client.query('select $1::int / 0', [cycle])).rejects.toMatchObject({ code: '22012' });
        await expect(client.query('select nope')).rejects.toMatchObject({ code: '42703' });
        expect((await client.query('select $1::int as n', [cycle])).rows).toEqual([{ n: cycle }]);
      }
      await client.query('begin');
      await expect(client.query('select nope')).rejects.toMatchObject({ code: '42703' });
      await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('rollback');
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it('passes big results and big parameters', async () => {
    await withClient(async (client) => {
      const { rows } = await client.query<{ t: string }>("select repeat('0123456789', 1000000) as t");
      expect(rows[0]?.t.length).toBe(10_000_000);
      const many = await client.query<{ g: number }>('select g from generate_series(1, 100000) g');
      expect(many.rows.every(({ g }, index) => g === index + 1)).toBe(true);
      const big = Buffer.alloc(5_000_000, 'xyz');
      const echo = await client.query<{ b: Buffer }>('select $1::bytea as b', [big]);
      expect(echo.rows[0]?.b.equals(big)).toBe(true);
    });
  });

  it('takes messages cut into single bytes', async () => {
    const stream = db.connectStream() as ReturnType<EmbeddedPostgres['connectStream']> & { connect(): void };
    const received: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => received.push(chunk));
    stream.connect();
    await once(stream, 'connect');
    const startup = Buffer.from('\0\0\0\x16\0\x03\0\0user\0postgres\0\0', 'latin1');
    startup.writeInt32BE(startup.length, 0);
    const query = Buffer.from(encodeMessage('Q', "select 'cut ' || 'up'\0"));
    for (const byte of Buffer.concat([startup, query])) stream.write(Buffer.of(byte));
    stream.end(Buffer.from(encodeMessage('X', '')));
    await once(stream, 'close');
    expect(Buffer.concat(received).toString('latin1')).toContain('cut up');
  });

  it('hangs up on who breaks the protocol, and serves the next', async () => {
    const client = newClient(db);
    await client.connect();
    const { stream } = (client as unknown as { connection: { stream: { write(bytes: Uint8Array): void } } })
      .connection;
    const refused = new Promise<Error>((resolve) => client.once('error', resolve));
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    stream.write(encodeMessage('z', 'nonsense'));
    expect(await refused).toMatchObject({ code: '08P01' });
    await ended;
    await withClient(async (next) => {
      expect((await next.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it('fails COPY FROM STDIN like any statement', async () => {
    await withClient(async (client) => {
      await client.query('create temp table copied (a int)');
      await expect(client.query('copy copied from stdin')).rejects.toThrow(
        /not supported by the embedded database/,
      );
      await expect(client.query({ name: 'c', text: 'copy copied from stdin' })).rejects.toThrow(
        /not supported/,
      );
      expect((await client.query("select 'copy' as word, $1::int as n", [1])).rows).toEqual([
        { word: 'copy', n: 1 },
      ]);
    });
  });

  it('refuses a statement that nests too deeply, and lives', async () => {
    await withClient(async (client) => {
      await expect(client.query(`select 1${'+1'.repeat(100_000)}`)).rejects.toMatchObject({ code: '54001' });
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it('works behind a pool of one', async () => {
    const pool = new pg.Pool({ ...IDENTITY, max: 1, stream: () => db.connectStream() });
    const answers = await Promise.all(
      Array.from(
        { length: 50 },
        async (_, n) => (await pool.query<{ n: number }>('select $1::int as n', [n])).rows[0]?.n,
      ),
    );
    expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => n));
    await pool.end();
  });
});

describe('connections', SLOW, () => {
  it('serve one client at a time and say so', async () => {
    const first = newClient(db);
    await first.connect();
    await expect(newClient(db).connect()).rejects.toMatchObject({ code: 'EMBEDDED_BUSY' });
    expect((await first.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await first.end();
    await withClient((client) => client.query('select 1'));
  });

  it('start afresh: no transaction, setting or prepared statement of the last client is left', async () => {
    await withClient((client) => client.query('create table dropped (a int)'));
    const first = newClient(db);
    await first.connect();
    await first.query("set work_mem = '1MB'");
    await first.query({ name: 'same', text: 'select 1 as first' });
    await first.query('begin');
    await first.query('insert into dropped values (1)');
    drop(first);
    await withClient(async (client) => {
      expect((await client.query('select count(*)::int as n from dropped')).rows).toEqual([{ n: 0 }]);
      expect((await client.query('show work_mem')).rows).toEqual([{ work_mem: '4MB' }]);
      expect((await client.query({ name: 'same', text: 'select 2 as second' })).rows).toEqual([
        { second: 2 },
      ]);
    });
  });

  it('that drop while messages are being skipped after an error leave nothing behind', async () => {
    const first = newClient(db);
    await first.connect();
    const { stream } = (first as unknown as { connection: { stream: { write(bytes: Uint8Array): void } } })
      .connection;
    stream.write(encodeMessage('P', '\0select nope\0\0\0'));
    stream.write(encodeMessage('H', ''));
    await db.stats(); // the worker has seen it
    drop(first);
    await withClient(async (client) => {
      expect((await client.query('select $1::int as n', [1])).rows).toEqual([{ n: 1 }]);
    });
  });

  it('leave the main thread free during a heavy query', async () => {
    await withClient(async (client) => {
      let ticks = 0;
      const timer = setInterval(() => (ticks += 1), 1);
      await client.query('select count(*) from generate_series(1, 3000000) g where g::text like $1', ['%7%']);
      clearInterval(timer);
      expect(ticks).toBeGreaterThan(5);
    });
  });
});

describe('durability', SLOW, () => {
  it('syncs every commit, unless the client renounces it', async () => {
    await withClient(async (client) => {
      await client.query('create table synced (a int)');
      const before = await db.stats();
      for (let n = 0; n < 50; n++) await client.query('insert into synced values ($1)', [n]);
      const after = await db.stats();
      expect(after.fsyncs - before.fsyncs).toBeGreaterThanOrEqual(50);
      await client.query('set synchronous_commit = off');
      for (let n = 0; n < 50; n++) await client.query('insert into synced values ($1)', [n]);
      expect((await db.stats()).fsyncs - after.fsyncs).toBeLessThan(25);
    });
  });

  it('maintains tables and checkpoints once no transaction is open', async () => {
    await withClient(async (client) => {
      await client.query('create table "Odd name" (a int)');
      await client.query('begin');
      const { checkpoints } = await db.stats();
      const maintained = db.maintain(['Odd name', 'public.Odd name']);
      await client.query('insert into "Odd name" values (1)');
      expect((await db.stats()).checkpoints).toBe(checkpoints);
      await client.query('commit');
      await maintained;
      expect((await db.stats()).checkpoints).toBe(checkpoints + 1);
      const statistics = "select reltuples::int as n from pg_class where relname = 'Odd name'";
      expect((await client.query(statistics)).rows).toEqual([{ n: 1 }]);
      await expect(db.maintain(['no such table'])).rejects.toMatchObject({
        code: 'EMBEDDED_MAINTENANCE_FAILED',
      });
      await db.maintain([]);
    });
  });

  it('keeps the log small by itself', async () => {
    await withClient(async (client) => {
      await client.query('create table bulk (a int, b text)');
      const { checkpoints } = await db.stats();
      for (let n = 0; n < 12; n++) {
        await client.query("insert into bulk select g, repeat('x', 200) from generate_series(1, 60000) g");
      }
      expect((await db.stats()).walBytes).toBeGreaterThan(150 * 1024 * 1024);
      expect((await db.stats()).checkpoints).toBeGreaterThan(checkpoints);
      expect(await folderBytes(join(scratch, 'shared', 'pgdata', 'pg_wal'))).toBeLessThan(150 * 1024 * 1024);
    });
  });
});

describe('opening and closing', SLOW, () => {
  it('keeps data over a restart, uses the template, and refuses a second opener', async () => {
    const first = await open('restarted');
    expect(first.origin).not.toBe('initdb'); // beforeAll has left a template, or the build has
    await expect(open('restarted')).rejects.toBeInstanceOf(DataDirInUseError);
    await withClient((client) => client.query('create table kept as select 42 as answer'), first);
    await first.close();
    await first.close();
    await expect(newClient(first).connect()).rejects.toMatchObject({ code: 'EMBEDDED_CLOSED' });
    await expect(first.stats()).rejects.toMatchObject({ code: 'EMBEDDED_CLOSED' });
    const second = await open('restarted');
    expect(second.origin).toBe('existing');
    expect((await withClient((client) => client.query('select answer from kept'), second)).rows).toEqual([
      { answer: 42 },
    ]);
    await second.close();
    expect((await readdir(join(scratch, 'restarted'))).sort()).toEqual(['data-dir.json', 'pgdata']);
    expect((await stat(join(scratch, 'restarted'))).mode & 0o777).toBe(0o700);
  });

  it('goes on without a template when the cache cannot be written', async () => {
    const dataDir = join(scratch, 'uncached');
    const first = await openEmbeddedPostgres({ dataDir, templateDir: '/dev/null/templates' });
    expect((await withClient((client) => client.query('select 1 as one'), first)).rows).toEqual([{ one: 1 }]);
    await first.close();
  });

  it("uses the caller's lock and leaves it to the caller", async () => {
    const dataDir = join(scratch, 'lent');
    const lock = await lockDataDir(dataDir);
    const first = await openEmbeddedPostgres({ dataDir, templateDir: join(scratch, 'templates'), lock });
    await first.close();
    await expect(lockDataDir(dataDir)).rejects.toBeInstanceOf(DataDirInUseError);
    await lock.release();
  });

  it('closes under a client: its query fails, its transaction is rolled back', async () => {
    const first = await open('closed-under');
    const client = newClient(first);
    await client.connect();
    await client.query('create table undone (a int)');
    await client.query('begin');
    await client.query('insert into undone values (1)');
    const closing = first.close();
    await expect(client.query('commit')).rejects.toThrow();
    await closing;
    const second = await open('closed-under');
    expect((await withClient((next) => next.query('select * from undone'), second)).rows).toEqual([]);
    await second.close();
  });

  it('closes by force when a query does not end', async () => {
    const first = await open('endless');
    const client = newClient(first);
    await client.connect();
    const endless = client.query('select count(*) from generate_series(1, 1e15::int8)');
    const rejected = expect(endless).rejects.toMatchObject({ code: 'EMBEDDED_CLOSED' });
    await first.close({ timeoutMs: 200 });
    await rejected;
    await (await open('endless')).close();
  });

  it('closes right after a pool, which does not wait for its clients', async () => {
    const first = await open('pooled');
    const pool = new pg.Pool({ ...IDENTITY, max: 1, stream: () => first.connectStream() });
    await pool.query('select 1');
    await pool.end();
    await first.close();
  });

  it('fails every query when the engine dies, tells the owner, and can be opened again', async () => {
    const first = await open('crashed');
    const crashed = new Promise<EmbeddedCrashError>((resolve) => first.onCrash(resolve));
    const client = newClient(first);
    await client.connect();
    await client.query('create table survivor as select 1 as a');
    // PGlite has no programs to copy from and throws a bare exception through the engine.
    const fatal = client.query("copy survivor from program 'true'");
    const queued = client.query('select 1');
    await expect(fatal).rejects.toThrow();
    await expect(queued).rejects.toThrow();
    expect(await crashed).toBeInstanceOf(EmbeddedCrashError);
    await expect(newClient(first).connect()).rejects.toMatchObject({ code: 'EMBEDDED_CRASHED' });
    await expect(first.maintain([])).rejects.toMatchObject({ code: 'EMBEDDED_CRASHED' });
    await first.close();
    const second = await open('crashed');
    expect((await withClient((next) => next.query('select a from survivor'), second)).rows).toEqual([
      { a: 1 },
    ]);
    await second.close();
  });

  it('reports a cluster that does not open, and frees the lock', async () => {
    const first = await open('broken');
    await first.close();
    await rm(join(scratch, 'broken', 'pgdata', 'global'), { recursive: true });
    await expect(open('broken')).rejects.toMatchObject({ code: 'EMBEDDED_START_FAILED' });
    await (await lockDataDir(join(scratch, 'broken'))).release();
  });
});
