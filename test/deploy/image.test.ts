/**
 * The image of docker/Dockerfile as folders, made and run without Docker: the build with what Docker can see, the production
 * packages, and the node as the image starts it.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createVerifier } from '../../src/node/verifier.ts';
import { ApiClient } from '../../src/protocol/index.ts';
import { readText } from '../support/deployment-files.ts';
import { buildImageFolders, type ImageFolders } from '../support/image-folders.ts';

/** Compiling, and making an empty database: on a busy machine that is minutes. */
const BUILD_TIMEOUT_MS = 300_000;
const { version } = JSON.parse(readText('package.json')) as { version: string };

let scratch: string;
let image: ImageFolders;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'mini-bitcoin-image-'));
  image = await buildImageFolders(scratch);
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
});

/** Files under a folder with their sizes. */
async function filesIn(folder: string): Promise<Map<string, number>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, (await stat(file)).size] as const)));
}

/** Only what a container has: the image's variables, and whatever the test is about. */
function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: join(scratch, 'no-home'), ...image.env, ...more };
}

/** Runs Node on a script of the image. */
function run(
  script: string,
  words: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(image.appFolder, script), ...words],
      { cwd: image.appFolder, env },
      (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
        });
      },
    );
  });
}

/** Starts the node by the image's own words, on a free port of this machine, and waits until it is ready. */
async function startNode(dataDir: string): Promise<{ url: string; stop: () => Promise<number | null> }> {
  const [, script = ''] = image.entrypoint;
  const words = [join(image.appFolder, script.replace(/^\/app\//, '')), ...image.command];
  const child = spawn(process.execPath, words, {
    cwd: image.appFolder,
    env: environment({ DATA_DIR: dataDir, NODE_HOST: '127.0.0.1', NODE_PORT: '0' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output: string[] = [];
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        const [, url] = /^\{.*"url":"(http[^"]+)".*"msg":"ready"/.exec(line) ?? [];
        if (url !== undefined) resolve(url);
      });
    }
    child.once('exit', () => reject(new Error(`the node ended before it was ready:\n${output.join('\n')}`)));
  });
  const stop = async (): Promise<number | null> => {
    const exit = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGTERM');
    return (await exit)[0];
  };
  return { url: await ready, stop };
}

describe('the folders of the image', () => {
  it('hold the built program, and no sources, tests, maps or development packages', async () => {
    const names = [...(await filesIn(image.appFolder)).keys()].map((path) =>
      path.slice(image.appFolder.length + 1),
    );
    expect(names).toContain('dist/cli/main.js');
    expect((await readdir(image.appFolder)).sort()).toEqual([
      ...['LICENSE', 'bin', 'dist', 'docker', 'node_modules', 'package.json'],
    ]);
    const own = names.filter((name) => !name.startsWith('node_modules/'));
    expect(own.filter((name) => /\.(ts|map)$|\.test\./.test(name))).toEqual([]);
    const packages = await readdir(join(image.appFolder, 'node_modules'));
    for (const name of ['typescript', 'vitest', 'eslint', 'prettier']) expect(packages).not.toContain(name);
  });

  it('are small', async () => {
    const sizes = [...(await filesIn(image.appFolder)).values()];
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(130_000_000);
  });
});

describe('the program in them', () => {
  it('tells its version', async () => {
    const answer = await run('bin/mini-bitcoin.js', ['--version'], environment());
    expect(answer).toEqual({ code: 0, stdout: expect.stringContaining(version) as string, stderr: '' });
  });

  it('runs as the image starts it, is healthy, writes into its data folder only, and ends on SIGTERM', async () => {
    const data = join(scratch, 'volume');
    await mkdir(data, { mode: 0o700 });
    const before = await filesIn(image.appFolder);
    const node = await startNode(data);

    const env = environment({ NODE_HOST: '127.0.0.1', NODE_PORT: new URL(node.url).port });
    expect(await run('docker/healthcheck.mjs', [], env)).toEqual({
      code: 0,
      stdout: 'healthy at height -1\n',
      stderr: '',
    });
    const metrics = await (await fetch(`${node.url}/metrics`)).text();
    expect(metrics, 'the signature engine is the one that this machine has').toContain(
      `verifier="${createVerifier().name}"`,
    );
    const client = new ApiClient({ baseUrl: node.url });
    expect(await client.health()).toMatchObject({ version, chain_height: -1 });

    expect(await node.stop()).toBe(0);
    expect(existsSync(join(data, 'pgdata'))).toBe(true);
    expect(await filesIn(image.appFolder), 'a read-only file system would do').toEqual(before);
    expect(existsSync(join(scratch, 'no-home')), 'the packed database of the image was used').toBe(false);
  });
});

describe('the health check', () => {
  it.each([
    { host: '0.0.0.0', called: '127.0.0.1' },
    { host: '::', called: '[::1]' },
    { host: '127.0.0.1', called: '127.0.0.1' },
  ])('fails with a sentence when nobody answers on $host', async ({ host, called }) => {
    const port = await freePort();
    const answer = await run('docker/healthcheck.mjs', [], environment({ NODE_HOST: host, NODE_PORT: port }));
    expect(answer).toEqual({ code: 1, stdout: '', stderr: expect.any(String) as string });
    expect(answer.stderr.startsWith(`http://${called}:${port}/health: E`), answer.stderr).toBe(true);
    expect(answer.stderr).toMatch(/: E[A-Z]+\n$/);
  });

  it('fails when the node says that it is not well', async () => {
    const server = createServer((_, response) => response.writeHead(500).end('{"status":"ill"}'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const env = environment({ NODE_HOST: '127.0.0.1', NODE_PORT: portOf(server) });
    const { code, stderr } = await run('docker/healthcheck.mjs', [], env);
    expect(code).toBe(1);
    expect(stderr).toContain('it answers 500, status ill');
  });
});

function portOf(server: Server): string {
  const address = server.address();
  return typeof address === 'object' && address !== null ? String(address.port) : '';
}

/** A port on which nobody listens. */
async function freePort(): Promise<string> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}
