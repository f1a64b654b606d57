import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from './main.ts';
import { RecordingTerminal, type RecordingOptions } from './recording-terminal.ts';

const ADDRESS = '28bff34c1c08327af2418f9f92ebac4482aaf81d';

async function run(
  argv: string[],
  options: RecordingOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const terminal = new RecordingTerminal({ env: { MINI_BITCOIN_NODE: 'http://127.0.0.1:1' }, ...options });
  const code = await main(argv, terminal);
  return { code, out: terminal.output, err: terminal.errors };
}

describe('help', () => {
  it('is what one gets without a command, and with --help', async () => {
    const bare = await run([]);
    expect(bare).toMatchObject({ code: 0, err: '' });
    expect(bare.out).toContain('Exit codes:');
    expect(bare.out).toContain('mini-bitcoin demo');
    expect((await run(['--help'])).out).toBe(bare.out);
    expect((await run(['help', 'send'])).out).toContain('--dry-run');
  });

  it('has examples for every command', async () => {
    const { createProgram } = await import('./program.ts');
    const { Context } = await import('./context.ts');
    const program = createProgram(new Context(new RecordingTerminal(), new AbortController().signal), '0');
    const paths: string[][] = [];
    const walk = (command: typeof program, path: string[]): void => {
      for (const sub of command.commands) {
        if (sub.commands.length === 0 || sub.registeredArguments.length > 0)
          paths.push([...path, sub.name()]);
        walk(sub, [...path, sub.name()]);
      }
    };
    walk(program, []);
    expect(paths.length).toBeGreaterThan(25);
    for (const path of paths) {
      const { code, out } = await run([...path, '--help']);
      expect(code, path.join(' ')).toBe(0);
      expect(out, path.join(' ')).toContain('Examples:');
      expect(out, path.join(' ')).toContain('--json');
    }
  });

  it('tells the version', async () => {
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong usage', () => {
  it.each([
    [['balanse', ADDRESS], "Unknown command 'balanse'", 'Did you mean balance?'],
    [['chain', 'exprot', 'x'], "Unknown command 'exprot'", 'Did you mean export?'],
    [['status', '--jsno'], "Unknown option '--jsno'", 'Did you mean --json?'],
    [['peers'], 'mini-bitcoin peers needs one more word: list, add, remove, ban, unban', '--help'],
    [['balance'], "Missing required argument 'address'", 'mini-bitcoin balance --help'],
    [['balance', ADDRESS, 'x'], 'Too many arguments', 'mini-bitcoin balance --help'],
    [['balance', 'abc'], 'An address is 40 hex characters; this has 3', 'create-wallet'],
    [['balance', 'ab'.repeat(32)], 'a hash or a private key', 'shell history'],
    [['balance', `02${'ab'.repeat(32)}`], 'This is a public key', 'Its address is '],
    [['send', '--to', ADDRESS], "Required option '--amount <amount>' not specified", 'send --help'],
    [['send', '--to', ADDRESS, '--amount', '1.5'], 'did you mean 1.5coin?', ''],
    [['send', '--to', ADDRESS, '--amount', 'lots'], 'is not an amount', ''],
    [['send', '--to', ADDRESS, '--amount', '0'], 'above 0', ''],
    [
      ['send', '--to', ADDRESS, '--amount', '1', '--fee', '1', '--fee-rate', '1'],
      'both given',
      'one of them',
    ],
    [
      ['send', '--to', ADDRESS, '--amount', '1', '--from', 'a', '--from-file', 'b'],
      'both given',
      'one of them',
    ],
    [['mine', '--address', ADDRESS, '--blocks', '0'], 'whole number from 1', ''],
    [['mine', '--address', ADDRESS, '--blocks', '2', '--continuous'], 'both given', 'one of them'],
    [['tx', 'chek', 'file'], '"chek" is neither', ''],
    [['tx'], 'Which transaction?', 'tx check'],
    [['tx', 'check', '-'], 'the input is empty', 'JSON'],
    [['block', 'first'], 'A block is named by', ''],
    [['explain', 'xyz'], 'neither hex', ''],
    [['explain', 'ab', '--as', 'sandwich'], 'is none of header', ''],
    [['status', '--node', 'ftp://x'], 'http or https', 'http://localhost:8000'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish', ''],
    [['db', 'status', '--database-url', 'memory:'], 'memory: keeps nothing', '--data-dir'],
    [['node', '--port', 'abc'], '--port=abc', 'node --help'],
  ])('%j', async (argv, message, hint) => {
    const { code, out, err } = await run(argv, { input: '' });
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).toContain(hint);
    expect(code).toBe(2);
  });

  it('names every mistake of a configuration', async () => {
    const { code, err } = await run([
      'node',
      '--port',
      '99999999',
      '--log-level',
      'loud',
      '--api-token',
      'short-secret',
    ]);
    expect(code).toBe(2);
    expect(err).toMatch(/3 mistakes:\n.*--port.*\n.*\n/);
    expect(err).not.toContain('short-secret');
  });

  it('is told as JSON where that is asked for', async () => {
    for (const argv of [
      ['balanse', '--json'],
      ['--json', 'balance', 'abc'],
      ['status', '--json', '--nope'],
    ]) {
      const { code, err } = await run(argv);
      expect(code).toBe(2);
      expect(JSON.parse(err)).toMatchObject({ error: { reason: 'usage', exit_code: 2 } });
    }
  });
});

describe('nodes that do not answer as they should', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string } | 'never';
  beforeAll(async () => {
    server = createServer((_, response) => {
      if (answer === 'never') return;
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('nobody there', async () => {
    expect(await run(['status'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('mini-bitcoin node'),
    });
    const { code, err } = await run(['status', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({ error: { reason: 'node-unreachable', exit_code: 3 } });
  });

  it('something else there', async () => {
    answer = { status: 200, body: '<html>hello</html>' };
    expect(await run(['status', '--node', url])).toMatchObject({
      code: 3,
      err: expect.stringContaining('does not answer like a MiniBitcoin node'),
    });
  });

  it('a refusal', async () => {
    answer = {
      status: 403,
      body: JSON.stringify({ detail: 'no token', reason: 'token-required', status: 403 }),
    };
    const { code, err } = await run(['mining', 'stop', '--node', url]);
    expect(code).toBe(1);
    expect(err).toBe(
      'error: No token.\nhint:  Give the token of the node: --token or MINI_BITCOIN_TOKEN (its API_TOKEN).\n',
    );
  });

  it('the original, which knows fewer paths and fields', async () => {
    server.removeAllListeners('request');
    server.on('request', ({ url: path = '' }, response) => {
      const answers: Record<string, unknown> = {
        '/health': {
          ...{ status: 'healthy', node_name: 'py', chain_height: 3, tip_hash: 'ab'.repeat(32) },
          ...{ utxo_count: 2, mempool_size: 0, peer_count: 0 },
        },
        [`/balance/${ADDRESS}`]: { address: ADDRESS, balance: 7, utxo_count: 1 },
      };
      const found = answers[path];
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ?? { detail: 'Not Found' }));
    });
    expect(await run(['status', '--node', url])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/height +3/),
    });
    expect(await run(['balance', ADDRESS, '--node', url])).toMatchObject({
      code: 0,
      out: expect.stringContaining('7 (0.00000007 coins), in 1 coin'),
    });
  });

  it('Ctrl-C ends the waiting; a second one ends everything', async () => {
    server.removeAllListeners('request');
    const asked = new Promise<void>((resolve) => server.once('request', () => resolve()));
    const terminal = new RecordingTerminal({ env: {} });
    const ended = main(['status', '--node', url], terminal);
    await asked;
    terminal.signal();
    terminal.signal();
    expect(terminal.exitedWith).toBe(130);
    expect(await ended).toBe(130);
    expect(terminal.errors).toBe('Interrupted.\n');
  });

  it('a reader that goes away ends the command, and is no error', async () => {
    const asked = new Promise<void>((resolve) => server.once('request', () => resolve()));
    const terminal = new RecordingTerminal({ env: {} });
    const ended = main(['status', '--node', url], terminal);
    await asked;
    terminal.breakOutput();
    expect(await ended).toBe(0);
    expect(terminal.errors).toBe('');
  });

  it('a disk that is full is one', async () => {
    const asked = new Promise<void>((resolve) => server.once('request', () => resolve()));
    const terminal = new RecordingTerminal({ env: {} });
    const ended = main(['status', '--node', url], terminal);
    await asked;
    terminal.breakOutput('ENOSPC');
    expect(await ended).toBe(1);
    expect(terminal.errors).toContain('cannot be written');
  });
});
