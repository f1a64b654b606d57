/** The command as it is installed: a process with real pipes, real signals and real exit codes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWallet } from '../wallet/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin', 'mini-bitcoin.js');
const address = createWallet().address;
let folder: string;
let node: ChildProcess;
let url: string;

const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  MINI_BITCOIN_NODE: url,
  MINI_BITCOIN_SKIP_ENSURE_READY: '1', // it was made sure of below
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
});

function run(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...argv], { cwd: folder, env: env(), encoding: 'utf8' });
}

/** A line for the shell, in which `mb` is the program. */
function shell(line: string): { status: number | null; stdout: string; stderr: string } {
  const script = `set -o pipefail; mb() { '${process.execPath}' '${program}' "$@"; }; ${line}`;
  return spawnSync('bash', ['--norc', '-c', script], { cwd: folder, env: env(), encoding: 'utf8' });
}

function start(...argv: string[]): ChildProcess {
  return spawn(process.execPath, [program, ...argv], {
    cwd: folder,
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Resolves with the text once it contains what is waited for, or the stream has ended. It goes on reading: whose reader is gone
 * (as after `for await` and `break`) may end with 0 before it hears of a signal.
 */
async function until(stream: NodeJS.ReadableStream | null, wanted: string): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    stream?.on('end', () => resolve(text));
    stream?.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes(wanted)) resolve(text);
    });
  });
}

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'ensure-ready.mjs'), '--build-only'], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  folder = await mkdtemp(join(tmpdir(), 'cli-process-'));
  const easy = `0x00${'f'.repeat(62)}`;
  node = start(
    'node',
    '--port',
    '0',
    '--database-url',
    'memory:',
    '--default-target',
    easy,
    '--json',
    '--log-level',
    'silent',
  );
  const announced = await until(node.stdout, '\n');
  url = (JSON.parse(announced.split('\n')[0] ?? '') as { url: string }).url;
}, 180_000);

afterAll(async () => {
  node.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

describe('the process', () => {
  it('ends with the documented exit codes', () => {
    expect(run('status').status).toBe(0);
    expect(run('tx', 'check', '/dev/null').status).toBe(2);
    expect(run('explain', 'abcd').status).toBe(1);
    expect(run('nonsense').status).toBe(2);
    expect(run('status', '--node', 'http://127.0.0.1:1').status).toBe(3);
    expect(run('tx', 'ab'.repeat(32)).status).toBe(4);
  });

  it('keeps results on standard output and everything else on standard error', () => {
    expect(run('status', '--json')).toMatchObject({ stderr: '', stdout: expect.stringMatching(/^\{/) });
    const wrong = run('balance', 'abc', '--json');
    expect(wrong.stdout).toBe('');
    expect(JSON.parse(wrong.stderr)).toHaveProperty('error.exit_code', 2);
  });

  it('does not mind a reader that has enough', () => {
    const ran = shell(`mb mine --address ${address} --blocks 20 | head -n 1`);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.split('\n')).toHaveLength(2);
    expect(shell('mb completion bash | head -c 10')).toMatchObject({ status: 0, stderr: '' });
  });

  it('does mind a full disk', () => {
    expect(shell('mb status > /dev/full')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot be written'),
    });
  });

  it('takes what another one printed', () => {
    const ran = shell(
      `mb create-wallet --json > w.json && chmod 600 w.json &&
       mb mine --address "$(node -p "JSON.parse(fs.readFileSync('w.json')).address")" > mined.txt &&
       mb send --from-file w.json --to ${address} --amount 1coin --dry-run --json | mb tx send - --json`,
    );
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toHaveProperty('txid');
  });

  it('writes no spinner and no colour into pipes, unless colour is forced', () => {
    expect(run('mine', '--address', address)).toMatchObject({ status: 0, stderr: '' });
    expect(run('status').stdout).not.toContain('\u001b');
    expect(shell('FORCE_COLOR=1 mb status').stdout).toContain('\u001b[32mhealthy');
  });

  it('ends at Ctrl-C: a search that was cut short with 130, an endless one with 0', async () => {
    const impossible = start('mine', '--address', address, '--blocks', '1000000');
    await until(impossible.stdout, 'Block');
    impossible.kill('SIGINT');
    expect(await once(impossible, 'exit')).toEqual([130, null]);

    const endless = start('mine', '--address', address, '--continuous');
    await until(endless.stdout, 'Block');
    endless.kill('SIGINT');
    expect(await once(endless, 'exit')).toEqual([0, null]);
  });

  it('a node stops at SIGTERM, and its mining with it', async () => {
    const second = start(
      'node',
      '--port',
      '0',
      '--database-url',
      'memory:',
      '--log-level',
      'silent',
      '--json',
    );
    await until(second.stdout, '\n');
    second.kill('SIGTERM');
    expect(await once(second, 'exit')).toEqual([0, null]);
  });

  it('plays the demo', () => {
    expect(run('demo', '--json')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('"ok": true'),
    });
  });
});
