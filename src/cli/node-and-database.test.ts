import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWallet } from '../wallet/index.ts';
import { main } from './main.ts';
import { RecordingTerminal, type RecordingOptions } from './recording-terminal.ts';

const EASY = `0x00${'f'.repeat(62)}`;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-node-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(
  argv: string[],
  options: RecordingOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const terminal = new RecordingTerminal({ cwd: folder, ...options });
  const code = await main(argv, terminal);
  return { code, out: terminal.output, err: terminal.errors };
}

/** Starts `node` and waits for its banner. */
async function startNode(
  ...flags: string[]
): Promise<{ terminal: RecordingTerminal; ended: Promise<number>; url: string }> {
  const terminal = new RecordingTerminal({ cwd: folder });
  const ended = main(
    ['node', '--port', '0', '--default-target', EASY, '--log-level', 'silent', ...flags],
    terminal,
  );
  await expect.poll(() => terminal.errors, { timeout: 60_000 }).toContain('Ctrl-C stops the node.');
  const url = /API +(http:\S+)/.exec(terminal.errors)?.[1] ?? '';
  return { terminal, ended, url };
}

describe('node and db', () => {
  it('a node says where it is, holds its data directory, and stops at Ctrl-C', async () => {
    const dir = ['--data-dir', 'data'];
    expect(await run(['db', 'status', ...dir])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no database'),
    });

    const { terminal, ended, url } = await startNode(...dir);
    expect(terminal.errors).toContain(`${url}/docs`);
    expect(terminal.errors).toContain(join(folder, 'data'));
    expect(terminal.errors).toContain('no block yet');
    const env = { MINI_BITCOIN_NODE: url };
    expect((await run(['mine', '--address', createWallet().address, '--blocks', '3'], { env })).code).toBe(0);

    // Whoever else wants the directory is told.
    const second = await run(['node', '--port', '0', '--log-level', 'silent', '--json', ...dir]);
    expect(second.code).toBe(1);
    expect(JSON.parse(second.err)).toMatchObject({ error: { reason: 'data-dir-in-use' } });
    for (const command of ['status', 'migrate', 'rollback', 'verify']) {
      const refused = await run(['db', command, ...dir]);
      expect(refused).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringMatching(/in use by .*Stop that node first/),
      });
    }

    terminal.signal('SIGTERM');
    expect(await ended).toBe(0);
    expect((await run(['status'], { env })).code).toBe(3);

    // Now the database is free.
    const verified = await run(['db', 'verify', '--signatures', '--json', ...dir]);
    expect(JSON.parse(verified.out)).toMatchObject({ ok: true, blocks: 3, coins: 3, problems: [] });
    const status = JSON.parse((await run(['db', 'status', '--json', ...dir])).out) as {
      migrations: { applied_at: unknown }[];
    };
    expect(status.migrations.every(({ applied_at: at }) => typeof at === 'number')).toBe(true);

    // A person is asked before data goes away.
    const asked = new RecordingTerminal({ isTTY: true, cwd: folder });
    const rollback = main(['db', 'rollback', ...dir], asked);
    await expect.poll(() => asked.errors, { timeout: 60_000 }).toContain('(yes/no)');
    asked.type('no\n');
    expect(await rollback).toBe(1);
    expect(asked.errors).toContain('Nothing was changed');
    expect((await run(['db', 'rollback', ...dir])).out).toContain('Taken back: ');
    expect(await run(['db', 'verify', ...dir])).toMatchObject({
      code: 1,
      err: expect.stringContaining('db migrate'),
    });
    expect((await run(['db', 'migrate', ...dir])).out).toContain('Applied: ');
    expect((await run(['db', 'verify', '--json', ...dir], { env: { DEFAULT_TARGET: EASY } })).code).toBe(0);
  }, 120_000);

  it('ends when Ctrl-C comes while it starts', async () => {
    const terminal = new RecordingTerminal({ cwd: folder });
    const ended = main(
      ['node', '--port', '0', '--database-url', 'memory:', '--log-level', 'silent'],
      terminal,
    );
    terminal.signal();
    expect(await ended).toBe(0);
  });

  it('says that the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, err } = await run([
      'node',
      '--port',
      String(port),
      '--database-url',
      'memory:',
      '--log-level',
      'silent',
    ]);
    other.close();
    expect(code).toBe(1);
    expect(err).toContain(`Port ${port} is taken`);
    expect(err).toContain(`--port ${port + 1}`);
  });

  it('announces itself as JSON', async () => {
    const terminal = new RecordingTerminal({ cwd: folder });
    const flags = ['--port', '0', '--database-url', 'memory:', '--log-level', 'silent', '--json'];
    const ended = main(['node', ...flags], terminal);
    await expect.poll(() => terminal.output, { timeout: 60_000 }).toContain('\n');
    expect(JSON.parse(terminal.output)).toMatchObject({ engine: 'memory', height: -1, data_dir: null });
    terminal.signal();
    expect(await ended).toBe(0);
  });
});

describe('standard input of a node', () => {
  const argv = ['node', '--port', '0', '--database-url', 'memory:', '--log-level', 'silent', '--json'];

  it('ends the node with it where that is asked for', async () => {
    const terminal = new RecordingTerminal({ cwd: folder, env: { MINI_BITCOIN_END_WITH_STDIN: '1' } });
    const ended = main(argv, terminal);
    await expect.poll(() => terminal.output, { timeout: 60_000 }).toContain('\n');
    terminal.endInput();
    expect(await ended).toBe(0);
    expect(await run(argv, { env: { MINI_BITCOIN_END_WITH_STDIN: '1' }, input: '' })).toMatchObject({
      code: 0,
      err: '',
    });
  });

  it('does not matter otherwise: services and containers give none', async () => {
    const terminal = new RecordingTerminal({ cwd: folder, input: '' });
    const ended = main(argv, terminal);
    await expect.poll(() => terminal.output, { timeout: 60_000 }).toContain('\n');
    const { url } = JSON.parse(terminal.output) as { url: string };
    expect((await fetch(`${url}/health`)).status).toBe(200);
    terminal.signal();
    expect(await ended).toBe(0);
  });
});

describe('demo', () => {
  it('plays the tour, and everything holds', async () => {
    const { code, out, err } = await run(['demo']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('7. The balances');
    expect(out).not.toContain('✗');
    expect(out.match(/✓/g)).toHaveLength(11);
  });

  it('as JSON', async () => {
    const { code, out } = await run(['demo', '--json']);
    expect(code).toBe(0);
    const told = JSON.parse(out) as { ok: boolean; steps: { checks: { ok: boolean }[] }[] };
    expect(told).toMatchObject({ ok: true, steps: { length: 7 } });
    expect(told.steps.flatMap(({ checks }) => checks).every(({ ok }) => ok)).toBe(true);
  });

  it('waits for Enter between the steps', async () => {
    const terminal = new RecordingTerminal({ isTTY: true, columns: 80 });
    const ended = main(['demo', '--pause'], terminal);
    for (let step = 1; step <= 7; step++) {
      await expect
        .poll(() => terminal.errors.match(/Enter goes on/g)?.length, { timeout: 60_000 })
        .toBe(step);
      expect(terminal.output).toContain(`${step}. `);
      expect(terminal.output).not.toContain(`${step + 1}. `);
      terminal.type('\n');
    }
    expect(await ended).toBe(0);
  });

  it('can be left with Ctrl-C', async () => {
    const terminal = new RecordingTerminal({ isTTY: true });
    const ended = main(['demo', '--pause'], terminal);
    await expect.poll(() => terminal.errors, { timeout: 60_000 }).toContain('Enter goes on');
    terminal.signal();
    expect(await ended).toBe(130);
  });
});
