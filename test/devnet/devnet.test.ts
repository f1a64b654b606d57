/** `devnet` and `demo --network`, with real node processes. */
import { access, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DevnetProcess, freePortsInARow, isAlive, runCommand } from '../support/devnet-process.ts';
import { key } from '../support/chain-builder.ts';

const alice = key('alice').address;
const bob = key('bob').address;

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devnet-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A devnet that ends with the test, on ports of its own. */
async function startDevnet(nodes: number, ...argv: string[]): Promise<DevnetProcess> {
  const base = await freePortsInARow(nodes);
  const devnet = DevnetProcess.spawn(
    await newFolder(),
    ...['--nodes', String(nodes), '--port-base', String(base), '--block-time', '1', ...argv],
  );
  onTestFinished(async () => {
    await devnet.stop('SIGKILL');
  });
  await devnet.ready();
  return devnet;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('devnet', () => {
  it('splits, heals, stops and starts nodes, and leaves nothing behind', { timeout: 180_000 }, async () => {
    const devnet = await startDevnet(3, '--topology', 'line', '--memory');
    const agree = (): Promise<void> =>
      devnet.until(async () => new Set(await devnet.tips(1, 2, 3)).size === 1);
    expect(await devnet.peersOf(1)).toEqual(devnet.urls(2));
    expect(await devnet.peersOf(2)).toEqual(devnet.urls(1, 3));
    await devnet.client(1).mine({ minerAddress: alice });
    await agree();

    // Split: the line is cut in its middle, and 1 and 3 are lent a link.
    expect(await devnet.command('partition', '1,3', '/', '2')).toMatchObject({
      code: 0,
      out: expect.stringContaining('split into A (1,3) and B (2). To hang together, links were lent: 1–3.'),
    });
    await devnet.client(1).mine({ minerAddress: alice, blocks: 3 });
    const { block_hash: rare } = await devnet.client(2).mine({ minerAddress: bob });
    await devnet.until(async () => new Set(await devnet.tips(1, 3)).size === 1);
    expect(await devnet.tips(2)).toEqual([rare]);
    expect(JSON.parse((await devnet.command('status', '--json')).out)).toMatchObject({
      groups: [[1, 3], [2]],
      nodes: [{ group: 'A' }, { group: 'B', peers: 0, links: 0 }, { group: 'A' }],
    });

    // Heal: the branch with more work wins, and the lent link is gone.
    expect(await devnet.command('heal')).toMatchObject({ code: 0, err: '' });
    await agree();
    expect(await devnet.peersOf(1)).toEqual(devnet.urls(2));
    expect(await devnet.peersOf(3)).toEqual(devnet.urls(2));
    await devnet.until(() => devnet.lines.some(({ event, node }) => event === 'reorg' && node === 'node-2'));
    await devnet.until(() => devnet.lines.some(({ event }) => event === 'agreed'));

    // A node that was down while the network was split is split, too, when it comes back.
    expect(await devnet.command('stop', '3')).toMatchObject({ code: 0, out: 'node-3 stopped.\n' });
    await expect(devnet.client(3).health()).rejects.toThrow();
    await devnet.command('partition', '1', '2,3');
    await devnet.client(2).mine({ minerAddress: bob });
    expect(await devnet.command('start', '3')).toMatchObject({ code: 0, out: 'node-3 started.\n' });
    await devnet.until(async () => new Set(await devnet.tips(2, 3)).size === 1);
    const { stored_peers: peers } = await devnet.client(3).peers();
    expect(peers.find(({ url }) => url === devnet.urls(1)[0])).toMatchObject({ state: 'banned' });
    expect(new Set(await devnet.tips(1, 2)).size).toBe(2);
    await devnet.command('heal');
    await agree();

    const pids = devnet.nodes.map(({ pid }) => pid);
    expect(await devnet.stop('SIGINT')).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(devnet.errors).toBe('');
    expect(devnet.lines.at(-1)).toMatchObject({ event: 'stopped' });
    expect(await exists(join(devnet.folder, 'control.json'))).toBe(false);
    expect(await devnet.command('status')).toMatchObject({
      code: 3,
      err: expect.stringContaining('No devnet runs'),
    });
  });

  it(
    'goes on without a node that dies, and takes its nodes along when it is killed itself',
    { timeout: 180_000 },
    async () => {
      const devnet = await startDevnet(3, '--memory');
      const [first, second, third] = devnet.nodes.map(({ pid }) => pid);
      process.kill(second ?? 0, 'SIGKILL');
      await devnet.until(() =>
        devnet.lines.some(({ event, node }) => event === 'node-died' && node === 'node-2'),
      );
      await devnet.client(1).mine({ minerAddress: alice });
      await devnet.until(async () => new Set(await devnet.tips(1, 3)).size === 1);
      expect(await devnet.command('kill', '3')).toMatchObject({ code: 0, out: 'node-3 killed.\n' });
      expect(isAlive(third ?? 0)).toBe(false);
      expect(await devnet.command('start', 'all')).toMatchObject({
        code: 0,
        out: 'node-2, node-3 started. node-1 ran already.\n',
      });
      await devnet.until(async () => new Set(await devnet.tips(1, 2, 3)).size === 1);
      const { nodes } = JSON.parse((await devnet.command('status', '--json')).out) as {
        nodes: { pid: number }[];
      };

      expect((await stat(join(devnet.folder, 'control.json'))).mode & 0o777).toBe(0o600);
      expect(await devnet.stop('SIGKILL')).toBe('SIGKILL');
      while ([first ?? 0, ...nodes.map(({ pid }) => pid)].some(isAlive))
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await devnet.command('heal')).toMatchObject({
        code: 3,
        err: expect.stringContaining('ended without tidying up'),
      });
    },
  );

  it('is the same network the next time, with blocks and wallets', { timeout: 180_000 }, async () => {
    const devnet = await startDevnet(2, '--mine', '60,40');
    await devnet.until(async () => (await devnet.client(2).health()).chain_height >= 1);
    const { address } = JSON.parse(await readFile(join(devnet.folder, 'wallets', 'node-1.json'), 'utf8')) as {
      address: string;
    };
    expect(await devnet.command('mine', 'off')).toMatchObject({
      code: 0,
      out: expect.stringContaining('node-1 off, node-2 off'),
    });
    // Both may have found the last block of the same height, and each keeps its own: more blocks, until one branch has won.
    await devnet.client(1).mine({ minerAddress: address });
    await devnet.until(async () => {
      if (new Set(await devnet.tips(1, 2)).size === 1) return true;
      await devnet.client(1).mine({ minerAddress: address });
      return false;
    });
    const [tip] = await devnet.tips(1);
    expect(await runCommand('devnet', '--dir', devnet.folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining('runs in'),
    });
    expect(await devnet.stop('SIGTERM')).toBe(0);

    expect(await devnet.command('--nodes', '3', '--memory')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--nodes is 2 there, not 3; it keeps its chain on disk'),
    });
    const moved = DevnetProcess.spawn(devnet.folder, '--port-base', String(await freePortsInARow(2)));
    onTestFinished(async () => {
      await moved.stop('SIGKILL');
    });
    await moved.ready();
    expect(await moved.tips(1, 2)).toEqual([tip, tip]);
    expect(await moved.peersOf(1)).toEqual(moved.urls(2));
    const { stored_peers: peers } = await moved.client(2).peers();
    expect(peers.map(({ url }) => url)).toEqual(moved.urls(1)); // the old address is forgotten
    expect((await moved.client(1).balance(address)).balance).toBeGreaterThan(0);
    expect(await moved.stop()).toBe(0);
  });

  it('names a port that is taken, and leaves nothing running', async () => {
    const base = await freePortsInARow(3);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(base + 1, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const folder = await newFolder();
    const devnet = DevnetProcess.spawn(folder, '--memory', '--port-base', String(base));
    await expect(devnet.ready()).rejects.toThrow(`Port ${base + 1}, which node-2 needs, is taken`);
    expect(devnet.process.exitCode).toBe(1);
    expect(devnet.lines).toEqual([]);
    expect(await exists(join(folder, 'control.json'))).toBe(false);
  });

  it('says what is wrong with words that make no sense', async () => {
    const folder = await newFolder();
    const devnet = (...argv: string[]) => runCommand('devnet', '--dir', folder, ...argv);
    for (const [argv, message] of [
      [['partitoin'], 'devnet has no command "partitoin".'],
      [['--nodes', '0'], '--nodes: "0" is not a whole number from 1 to 32.'],
      [['--mine', '50,50'], '--mine has 2 shares for 3 nodes.'],
      [['--seed', '1'], '--seed is for --topology random only.'],
      [['--topology', 'mesh'], 'Allowed choices are full, line, ring, star, random.'],
      [['--nodes', '4', 'status'], '--nodes is for starting a devnet, and means nothing to devnet status.'],
    ] as const)
      expect(await devnet(...argv)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining(message),
      });
    expect(await runCommand('devnet', '--memory', '--dir', join(process.cwd(), 'src'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('is not empty, and it holds no devnet'),
    });
  });
});

describe('demo --network', () => {
  it('plays, and every check holds', async () => {
    const { code, out, err } = await runCommand('demo', '--network', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { ok, steps } = JSON.parse(out) as { ok: boolean; steps: { checks: { ok: boolean }[] }[] };
    expect(ok).toBe(true);
    expect(steps).toHaveLength(9);
    expect(steps.flatMap(({ checks }) => checks).every((check) => check.ok)).toBe(true);
  });
});
