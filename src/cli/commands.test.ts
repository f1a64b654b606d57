import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, type RunningNode, startNode } from '../node/index.ts';
import { createWallet, walletFromPrivateKey, type Wallet } from '../wallet/index.ts';
import { main } from './main.ts';
import { RecordingTerminal, type RecordingOptions } from './recording-terminal.ts';

const EASY = `0x00${'f'.repeat(62)}`;
let folder: string;
let node: RunningNode;
const alice = createWallet();
const bob = createWallet();

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What the tests read of answers in JSON. */
interface Told {
  readonly txid: string;
  readonly block_hash: string;
  readonly coins: unknown;
  readonly tips: readonly unknown[];
  readonly transactions: readonly { readonly txid: string }[];
  readonly fields: readonly { readonly bytes: string }[];
}

/** Runs a command against the test's node. */
async function run(argv: string[], options: RecordingOptions = {}): Promise<Ran> {
  const env = { MINI_BITCOIN_NODE: node.url, ...options.env };
  const terminal = new RecordingTerminal({ cwd: folder, ...options, env });
  const code = await main(argv, terminal);
  return { code, out: terminal.output, err: terminal.errors };
}

/** Runs with `--json` and expects success. */
async function json(...argv: string[]): Promise<Told> {
  const { code, out, err } = await run([...argv, '--json']);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as Told;
}

async function keyFile(wallet: Wallet): Promise<string> {
  const path = join(folder, `${wallet.address}.key`);
  await writeFile(path, `${wallet.privateKey}\n`, { mode: 0o600 });
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-commands-'));
  const loaded = loadConfig({
    flags: {
      'database-url': 'memory:',
      port: '0',
      'default-target': EASY,
      'log-level': 'silent',
      threads: '1',
    },
    env: {},
    cwd: folder,
  });
  if (!loaded.ok) throw new Error(loaded.mistakes.join('; '));
  node = await startNode(loaded.config);
});
afterAll(async () => {
  await node.close();
  await rm(folder, { recursive: true });
});

describe('create-wallet', () => {
  it('prints keys and address that belong together', async () => {
    const { code, out } = await run(['create-wallet']);
    expect(code).toBe(0);
    const [, privateKey = '', publicKey, address] =
      /private key +(\w{64})\npublic key +(\w{66})\naddress +(\w{40})\n/.exec(out) ?? [];
    expect(walletFromPrivateKey(privateKey)).toEqual({ privateKey, publicKey, address });
  });

  it('writes a file for its owner alone, keeps the key off the screen, and never overwrites', async () => {
    const first = await run(['create-wallet', '--out', 'w.json']);
    expect(first.code).toBe(0);
    const written = await readFile(join(folder, 'w.json'), 'utf8');
    const { private_key: key, address } = JSON.parse(written) as Record<string, string>;
    expect(walletFromPrivateKey(key!).address).toBe(address);
    expect((await stat(join(folder, 'w.json'))).mode & 0o777).toBe(0o600);
    expect(first.out).not.toContain(key);
    const second = await run(['create-wallet', '--out', 'w.json']);
    expect(second.code).toBe(1);
    expect(second.err).toContain('never overwritten');
    expect(await readFile(join(folder, 'w.json'), 'utf8')).toBe(written);
  });
});

describe('an empty chain', () => {
  it('is told as such', async () => {
    expect(await json('status')).toMatchObject({ chain_height: -1, tip_hash: null });
    expect((await run(['status'])).out).toMatch(/height +no block yet/);
    expect((await run(['chain', 'tips'])).out).toContain('no block yet');
    expect(await run(['block', 'tip'])).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringContaining('mine --address'),
    });
    expect(await json('balance', alice.address)).toMatchObject({ balance: 0, utxo_count: 0 });
    expect((await run(['utxos', alice.address])).out).toContain('has no coins');
    expect((await run(['history', alice.address])).out).toContain('No confirmed transaction');
    expect((await run(['mempool'])).out).toBe('No transaction waits.\n');
  });

  it('can be exported, as a file with nothing in it', async () => {
    expect(await json('chain', 'export', 'empty.mbc')).toMatchObject({ blocks: 0, height: -1 });
  });
});

describe('mining', () => {
  it('mines one block, and several', async () => {
    const one = await run(['mine', '--address', alice.address.toUpperCase()]);
    expect(one).toMatchObject({ code: 0, out: expect.stringMatching(/^Block 0 [0-9a-f]{64}\n/) });
    const more = await run(['mine', '--address', alice.address, '--blocks', '3', '--json']);
    const lines = more.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { height: number });
    expect(lines.map(({ height }) => height)).toEqual([1, 2, 3]);
    expect(await json('balance', alice.address)).toMatchObject({ balance: 4 * 5_000_000_000, utxo_count: 4 });
    expect(await json('balance', alice.address, '--height', '1')).toMatchObject({
      balance: 2 * 5_000_000_000,
    });
  });

  it('goes on until Ctrl-C, and that is a success', async () => {
    const terminal = new RecordingTerminal({ env: { MINI_BITCOIN_NODE: node.url } });
    const ended = main(['mine', '--address', bob.address, '--continuous'], terminal);
    await expect.poll(() => terminal.output).toContain('Block');
    terminal.signal();
    expect(await ended).toBe(0);
    expect(terminal.errors).toMatch(/Stopped after \d+ blocks?\./);
    expect(terminal.exitedWith).toBeUndefined();
  });

  it('starts and stops in the background', async () => {
    expect(await json('mining', 'start', '--address', bob.address)).toMatchObject({ running: true });
    expect((await run(['mining', 'status'])).out).toMatch(/mining +running/);
    expect(await json('mining', 'stop')).toMatchObject({ running: false });
  });
});

describe('send', () => {
  it('pays, twice in a row, also with change that waits', async () => {
    const carol = createWallet();
    await json('mine', '--address', carol.address);
    const from = await keyFile(carol);
    const send = (amount: string): Promise<Told> =>
      json('send', '--from-file', from, '--to', bob.address, '--amount', amount, '--fee', '1000');
    const first = await send('1.5coin');
    expect(first).toMatchObject({ sent: true, amount: 150_000_000, fee: 1000, change: 4_849_999_000 });
    const second = await send('2_000_000');
    expect(second.coins).toEqual([{ txid: first.txid, vout: 1, amount: 4_849_999_000 }]);
    expect((await json('mempool')).transactions.map(({ txid }) => txid)).toEqual(
      expect.arrayContaining([first.txid, second.txid]),
    );

    const confirmedOnly = await run([
      'send',
      '--from-file',
      from,
      '--to',
      bob.address,
      '--amount',
      '1',
      '--no-unconfirmed',
    ]);
    expect(confirmedOnly).toMatchObject({
      code: 1,
      err: expect.stringContaining('leave out --no-unconfirmed'),
    });

    await json('mine', '--address', alice.address);
    expect(await json('tx', first.txid)).toMatchObject({ status: 'confirmed', fee: 1000 });
    expect((await run(['tx', first.txid])).out).toContain('confirmed, 1 confirmation');
    expect((await json('history', carol.address)).transactions).toHaveLength(3);
  });

  it('uses what others sent and waits only when asked to', async () => {
    const [payer, payee] = [createWallet(), createWallet()];
    await json('mine', '--address', payer.address);
    await json('send', '--from-file', await keyFile(payer), '--to', payee.address, '--amount', '2coin');
    const onward = [
      'send',
      '--from-file',
      await keyFile(payee),
      '--to',
      bob.address,
      '--amount',
      '1coin',
      '--json',
    ];
    const refused = await run(onward);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.err)).toMatchObject({
      error: { reason: 'insufficient-funds', available: 0, hint: expect.stringContaining('--unconfirmed') },
    });
    expect((await run([...onward, '--unconfirmed'])).code).toBe(0);
  });

  it('builds and checks without sending, for tx check and tx send', async () => {
    const dave = createWallet();
    await json('mine', '--address', dave.address);
    const dry = await run(
      [
        'send',
        '--to',
        bob.address,
        '--amount',
        '1coin',
        '--fee-rate',
        '2.5',
        '--dry-run',
        '--json',
        '--from',
        '-',
      ],
      { input: `${dave.privateKey}\n` },
    );
    expect(dry.code).toBe(0);
    const payment = JSON.parse(dry.out) as { txid: string; fee: number; size: number; sent: boolean };
    expect(payment.sent).toBe(false);
    expect(payment.fee).toBeGreaterThanOrEqual(Math.ceil(2.5 * payment.size));
    expect((await run(['tx', payment.txid])).code).toBe(4);

    expect((await run(['tx', 'check', '-'], { input: dry.out })).out).toMatch(/allowed +yes/);
    await writeFile(join(folder, 'payment.json'), dry.out);
    expect(await json('tx', 'send', join(folder, 'payment.json'))).toMatchObject({ txid: payment.txid });
    const again = await run(['tx', 'send', join(folder, 'payment.json')]);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('hint:') });
    const check = await run(['tx', 'check', join(folder, 'payment.json')]);
    expect(check).toMatchObject({ code: 1, out: expect.stringMatching(/allowed +no/) });
    await json('mine', '--address', alice.address);
  });

  it('warns of a key on the command line and of a file that others can read', async () => {
    const argv = ['--to', bob.address, '--amount', '1', '--dry-run'];
    expect((await run(['send', '--from', alice.privateKey, ...argv])).err).toContain('process list');
    const open = join(folder, 'open.key');
    await writeFile(open, alice.privateKey);
    await chmod(open, 0o644);
    expect((await run(['send', '--from-file', open, ...argv])).err).toContain('chmod 600');
    await chmod(open, 0o600);
    expect((await run(['send', '--from-file', open, ...argv])).err).toBe('');
  });

  it('asks for the key without showing it', async () => {
    const env = { MINI_BITCOIN_NODE: node.url };
    const terminal = new RecordingTerminal({ isTTY: true, env });
    const ended = main(['send', '--to', bob.address, '--amount', '1', '--dry-run'], terminal);
    await expect.poll(() => terminal.errors).toContain('Private key');
    expect(terminal.rawModes).toEqual([true]);
    terminal.type('oops\u0015'); // Ctrl-U
    terminal.type(`\u001b[200~${alice.privateKey}0`); // pasted, with one digit too many
    terminal.type('\u007f\r');
    expect(await ended).toBe(0);
    expect(terminal.rawModes).toEqual([true, false]);
    expect(terminal.errors + terminal.output).not.toContain(alice.privateKey.slice(0, 8));
  });

  it('gives the keyboard back when Ctrl-C ends the question', async () => {
    const terminal = new RecordingTerminal({ isTTY: true, env: { MINI_BITCOIN_NODE: node.url } });
    const ended = main(['send', '--to', bob.address, '--amount', '1'], terminal);
    await expect.poll(() => terminal.errors).toContain('Private key');
    terminal.type('abc\u0003');
    expect(await ended).toBe(130);
    expect(terminal.rawModes).toEqual([true, false]);
  });

  it.each([
    [['--from-file', 'none.key'], 2, 'no such file'],
    [['--from', '-'], 2, 'Standard input holds no private key'],
    [[], 2, 'The private key is missing'],
  ])('says what is wrong with the source of the key: %j', async (source, code, message) => {
    const input = source[0] === '--from' ? 'not a key at all' : '';
    const ran = await run(
      ['send', '--to', bob.address, '--amount', '1', ...source],
      source.length === 0 ? {} : { input },
    );
    expect(ran).toMatchObject({ code, err: expect.stringContaining(message) });
    expect(ran.err).not.toContain('not a key at all');
  });
});

describe('looking at things', () => {
  it('shows blocks by height, hash and as the tip', async () => {
    const block = await json('block', '1');
    expect(await json('block', block.block_hash)).toEqual(block);
    expect((await run(['block', 'tip'])).out).toMatch(/status +active, 1 confirmation/);
    expect((await run(['block', '999999'])).code).toBe(4);
    expect(await json('chain', 'info')).toMatchObject({
      params: { default_target: EASY.replace(/^0x0+/, '0x') },
    });
    expect((await json('chain', 'tips')).tips[0]).toMatchObject({ status: 'active' });
  });

  it('lists coins as columns in a pipe, and as a drawn table on a terminal', async () => {
    const piped = await run(['utxos', alice.address]);
    expect(piped.out.split('\n')[0]).toMatch(/^txid +vout +amount +coins +height +state$/);
    expect(piped.out).not.toContain('\u001b');
    const shown = await run(['utxos', alice.address], { isTTY: true });
    expect(shown.out).toContain('╭');
    expect(shown.out).toContain('\u001b[32mspendable');
    expect((await run(['utxos', alice.address, '--no-color'], { isTTY: true })).out).not.toMatch(
      /\u001b\[\d\dm/,
    );
  });

  it('lists and adds peers', async () => {
    expect((await run(['peers', 'list'])).out).toContain('No peers yet');
    const peer = 'http://127.0.0.1:1'; // nobody is there: it is remembered, and cannot be used
    expect((await run(['peers', 'add', `${peer}/`])).code).toBe(0);
    expect((await run(['peers', 'list'])).out).toContain(peer);
    expect(await run(['sync', peer])).toMatchObject({ code: 1, err: expect.stringContaining('error:') });
    expect((await run(['peers', 'add', 'ftp://x'])).code).toBe(2);
  });

  it('explains bytes, ids and heights', async () => {
    const header = await json('explain', '0');
    expect(header).toMatchObject({ kind: 'header', length: 108, meets_target: true });
    expect(header.fields).toHaveLength(6);
    const bytes = header.fields.map((field) => field.bytes).join('');
    const offline = await run(['explain', bytes, '--json', '--node', 'http://127.0.0.1:1']);
    expect(JSON.parse(offline.out)).toEqual(header);
    const piped = await run(['explain', '-', '--json'], {
      input: `${bytes.slice(0, 100)}\n${bytes.slice(100)}\n`,
    });
    expect(JSON.parse(piped.out)).toEqual(header);

    const { transactions, block_hash: hash } = await json('block', '0');
    expect(await json('explain', transactions[0]!.txid)).toMatchObject({
      kind: 'transaction',
      txid: transactions[0]!.txid,
    });
    expect(await json('explain', transactions[0]!.txid, '--as', 'identity')).toMatchObject({
      kind: 'identity',
      txid: transactions[0]!.txid,
    });
    expect(await json('explain', hash, '--as', 'block')).toMatchObject({
      kind: 'block',
      merkle_root_fits: true,
    });
    expect((await run(['explain', 'tip'], { isTTY: true, columns: 80 })).out).toContain('proof of work');
    expect((await run(['explain', 'ff'.repeat(32)])).code).toBe(4);
    expect((await run(['explain', 'abc'])).code).toBe(2);
    expect(await run(['explain', 'abcd'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('As transaction'),
    });
  });
});
