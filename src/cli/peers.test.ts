/** Commands for other nodes: against a whole node, and against nodes that are in a state of our choice. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HealthAnswer, PeersAnswer, StoredPeer } from '../protocol/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { main } from './main.ts';
import { RecordingTerminal, type RecordingOptions } from './recording-terminal.ts';
import { syncText } from './sync-progress.ts';

const PEER = 'http://127.0.0.1:1'; // nobody is there

async function run(
  url: string,
  argv: string[],
  options: RecordingOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const terminal = new RecordingTerminal({ ...options, env: { MINI_BITCOIN_NODE: url, NO_COLOR: '1' } });
  const code = await main(argv, terminal);
  return { code, out: terminal.output, err: terminal.errors };
}

describe('with a node', () => {
  let node: ApiNode;
  let url: string;
  beforeAll(async () => {
    node = await ApiNode.start();
    url = await node.listen();
  });
  afterAll(() => node.close());

  const listed = async (): Promise<readonly StoredPeer[]> => {
    const { out } = await run(url, ['peers', 'list', '--json']);
    return (JSON.parse(out) as PeersAnswer).stored_peers;
  };

  it('peers are added, banned, unbanned and removed', async () => {
    expect(await run(url, ['peers', 'list'])).toMatchObject({
      code: 0,
      out: 'No peers yet. Add one: mini-bitcoin peers add URL\n',
    });
    expect(await run(url, ['peers', 'add', '127.0.0.1:1/'])).toMatchObject({
      code: 0,
      out: `Added peer: ${PEER}\n`,
    });
    expect(await listed()).toMatchObject([{ url: PEER, source: 'owner' }]);

    const ban = await run(url, ['peers', 'ban', PEER, '--for', '2h', '--reason', 'sends nonsense']);
    expect(ban.out).toBe(`Banned peer: ${PEER}\nuntil  2023-11-15 01:13:20 UTC\n`); // the node's clock stands still
    expect(await listed()).toMatchObject([
      { url: PEER, state: 'banned', ban_reason: 'sends nonsense', banned_until: 1_700_010_800 },
    ]);
    expect((await run(url, ['peers', 'list'])).out).toContain('sends nonsense');
    expect((await run(url, ['status'])).out).toMatch(/^peers +1 banned$/m);

    expect(await run(url, ['peers', 'unban', PEER])).toMatchObject({ out: `Unbanned peer: ${PEER}\n` });
    expect(await listed()).toMatchObject([{ banned_until: null, ban_reason: null }]);
    expect(await run(url, ['peers', 'remove', `${PEER}/`])).toMatchObject({ out: `Removed peer: ${PEER}\n` });
    expect(await listed()).toEqual([]);
  });

  it('a ban is for a day when nothing else is said, and JSON tells until when', async () => {
    const { out } = await run(url, ['peers', 'ban', PEER, '--json']);
    expect(JSON.parse(out)).toEqual({
      message: `Banned peer: ${PEER}`,
      banned_until: 1_700_003_600 + 86_400,
    });
    await run(url, ['peers', 'remove', PEER]);
  });

  it.each(['remove', 'unban'])('peers %s: one that nobody knows is not found', async (command) => {
    expect(await run(url, ['peers', command, PEER])).toMatchObject({
      code: 4,
      err: expect.stringMatching(/^error: .*\nhint: +.*mini-bitcoin peers list/),
    });
  });

  it.each(['', '0', '1w', 'soon', '366d', '-1h', '1.5h'])('--for %j is no time', async (time) => {
    expect(await run(url, ['peers', 'ban', PEER, `--for=${time}`])).toMatchObject({
      code: 2,
      err: expect.stringContaining('Write 30m, 1h, 2d, or a number of seconds.'),
    });
    expect(await listed()).toEqual([]);
  });

  it.each([
    ['90', 90],
    ['90s', 90],
    ['30m', 1_800],
    ['1H', 3_600],
    ['365d', 31_536_000],
  ])('--for %s is %i seconds', async (time, seconds) => {
    const { out } = await run(url, ['peers', 'ban', PEER, '--for', time, '--json']);
    expect(JSON.parse(out)).toMatchObject({ banned_until: 1_700_003_600 + seconds });
    await run(url, ['peers', 'remove', PEER]);
  });

  it('what is no address is refused before anybody is asked', async () => {
    for (const command of ['add', 'remove', 'ban', 'unban'])
      expect(await run(url, ['peers', command, 'ftp://x'])).toMatchObject({ code: 2 });
  });

  it('chain tips tells reorganisations', async () => {
    const builder = new ChainBuilder().extend(2).fork('genesis').extend(3, 'b');
    const told = builder.tell({ accept: (block) => node.services.chain.acceptBlock(block) });
    await told.accepts('genesis', 'a1', 'a2');
    expect((await run(url, ['chain', 'tips'])).out).not.toContain('Reorganisations');
    await told.accepts('b1', 'b2', 'b3');
    const { out } = await run(url, ['chain', 'tips']);
    expect(out).toMatch(
      /^valid-fork|\n\nReorganisations, latest first:\n2023-11-14 23:13:20 UTC {2}2 blocks after height 0 \([0-9a-f]+…\) left/,
    );
  });

  it('status says that nothing better is known', async () => {
    expect((await run(url, ['status'])).out).toMatch(/^sync +up to date: no better chain is known$/m);
  });
});

/** A peer of which nothing is known. */
const BLANK: StoredPeer = {
  ...{ url: 'http://127.0.0.1:8001', is_active: false, failures: 0, state: 'known', kind: 'unknown' },
  ...{ source: 'owner', node_id: null, node_name: null, agent: null, height: null, tip_hash: null },
  ...{ chain_work: null, latency_ms: null, bytes_received: 0, bytes_sent: 0, blocks_in_flight: 0 },
  ...{ misbehaviour: 0, banned_until: null, ban_reason: null, calls_us: false, connected_since: null },
  ...{ next_attempt_at: null, last_error: null },
};

describe('with nodes in a state of our choice', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
    server = undefined;
  });

  /** Answers by path; `undefined` is the original's 404. */
  async function serve(answer: (path: string) => unknown): Promise<string> {
    server = createServer((request, response) => {
      Promise.resolve(answer(request.url ?? '')).then(
        (found) => {
          response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
          response.end(JSON.stringify(found ?? { detail: 'Not Found' }));
        },
        (error: unknown) => response.destroy(error as Error),
      );
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const nowS = Date.now() / 1000;
  const peers: PeersAnswer = {
    peers: ['http://127.0.0.1:8001'],
    stored_peers: [
      {
        ...{ ...BLANK, state: 'connected', kind: 'mini-bitcoin', height: 123_456, latency_ms: 1.25 },
        ...{ bytes_received: 12_345_678, bytes_sent: 999, last_seen: nowS - 91_000 },
      },
      {
        ...{ ...BLANK, url: `http://${'long-'.repeat(8)}name.example:8000`, state: 'waiting', failures: 12 },
        ...{
          height: -1,
          last_error: 'the connection\u001b[2J was\nrefused \u202eby a firewall of the other side',
        },
      },
      {
        ...{ ...BLANK, url: 'http://10.0.0.7:8000', state: 'banned', misbehaviour: 100 },
        ...{ banned_until: nowS + 91_000, ban_reason: 'its block breaks a rule' },
      },
      { ...BLANK, url: 'http://10.0.0.8:8000' },
    ],
  };

  it('a pipe gets all columns, whole', async () => {
    const { out } = await run(await serve(() => peers), ['peers', 'list']);
    const [head = '', first = '', second = '', third = '', fourth = ''] = out.split('\n');
    const columns = (line: string): string[] => line.trim().split(/ {2,}/);
    expect(columns(head)).toEqual([
      ...['url', 'state', 'kind', 'height', 'latency', 'received', 'sent', 'failures', 'points'],
      'last seen or error',
    ]);
    expect(columns(first)).toEqual([
      ...['http://127.0.0.1:8001', 'connected', 'mini-bitcoin', '123456', '1.3 ms', '12.3 MB', '999 B'],
      ...['0', '0', '1 d 1 h ago'],
    ]);
    expect(columns(second)).toEqual([
      ...[peers.stored_peers[1]?.url, 'waiting', 'unknown', 'empty', '-', '0 B', '0 B', '12', '0'],
      'the connection [2J was refused by a firewall of the other side',
    ]);
    expect(columns(third).slice(-2)).toEqual(['100', expect.stringMatching(/^1 d 1 h left: its block/)]);
    expect(columns(fourth).slice(-2)).toEqual(['0', '-']);
  });

  it.each([60, 80, 100, 120, 200])('a terminal of %i columns is not overrun', async (columns) => {
    const url = await serve(() => peers);
    const { out } = await run(url, ['peers', 'list'], { isTTY: true, columns });
    const lines = out.trimEnd().split('\n');
    const table = lines.filter((line) => /^[╭│├╰]/.test(line));
    expect(table).toHaveLength(8);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(columns);
    const kept = ['url', 'state', 'last seen or error', ...(columns >= 80 ? ['height', 'latency'] : [])];
    for (const word of kept) expect(table[1]).toContain(word);
    expect(out).toContain('http://127.0.0.1:8001');
    expect(out).toContain(':8000 '); // an address is cut in its middle
    if (columns === 80) {
      expect(table[1]).not.toContain('received');
      expect(out).toContain('Left out: kind, received, sent, points');
    }
    if (columns === 200) expect(out).not.toContain('Left out');
    // Nothing that a stranger said moves the cursor.
    expect(out).not.toMatch(/\u001b\[2J|\u202e/);
  });

  it('the original knows four fields, and older nodes did', async () => {
    const answers: Record<string, unknown> = {
      '/peers': {
        peers: ['http://127.0.0.1:8001', 'http://127.0.0.1:8002'],
        stored_peers: [
          { url: 'http://127.0.0.1:8001', is_active: true, failures: 2, last_seen: nowS - 91_000 },
          { url: 'http://127.0.0.1:8003', is_active: false, failures: 5, last_seen: null },
        ],
      },
      '/health': {
        ...{ status: 'healthy', node_name: 'py', chain_height: 3, tip_hash: null, utxo_count: 2 },
        ...{ mempool_size: 0, peer_count: 2 },
      },
      '/chain/tips': {
        tips: [
          { height: 0, block_hash: 'ab'.repeat(32), status: 'active', branch_length: 0, fork_height: 0 },
        ],
      },
    };
    const url = await serve((path) => answers[path]);
    const { out } = await run(url, ['peers', 'list']);
    expect(out.split('\n')[0]).toMatch(/^url +state +failures +last seen$/);
    expect(out).toMatch(/8001 +in-use +2 {2}1 d 1 h ago\n/);
    expect(out).toMatch(/8002 +in-use +0 {2}-\n/);
    expect(out).toMatch(/8003 +remembered +5 {2}-\n/);
    const status = await run(url, ['status']);
    expect(status).toMatchObject({ code: 0 });
    expect(status.out).toMatch(/^peers +2: http:\/\/127.0.0.1:8001, http:\/\/127.0.0.1:8002$/m);
    expect(status.out).not.toMatch(/^sync/m);
    expect(await run(url, ['chain', 'tips'])).toMatchObject({ code: 0, err: '' });
    for (const command of ['remove', 'ban', 'unban'])
      expect(await run(url, ['peers', command, PEER])).toEqual({
        code: 1,
        out: '',
        err: 'error: This node cannot do that.\nhint:  It is of another version, or the original.\n',
      });
  });

  const health: HealthAnswer = {
    ...{ status: 'healthy', node_name: 'n', chain_height: 3_499, tip_hash: null, utxo_count: 1 },
    ...{ mempool_size: 0, peer_count: 1, version: '1', uptime_seconds: 5 },
    sync: {
      ...{ state: 'blocks', target_height: 9_999, percent: 35, blocks_per_second: 410.26 },
      ...{ eta_seconds: 15.8, peers: 3 },
    },
  };

  it('status shows peers by state and how far the node is', async () => {
    const url = await serve((path) => ({ '/health': health, '/peers': peers })[path]);
    const { out } = await run(url, ['status']);
    expect(out).toMatch(/^peers +1 connected \(http:\/\/127.0.0.1:8001\), 1 waiting, 1 known, 1 banned$/m);
    expect(out).toMatch(/^sync +███████░{13} {2}35 % {2}3,500 of 10,000 blocks, 410\/s, 16 s left$/m);
  });

  it('sync shows how far it is while it runs, on a terminal only', async () => {
    for (const isTTY of [true, false]) {
      let told: () => void = () => undefined;
      const wasTold = new Promise<void>((resolve) => (told = resolve));
      let asked = 0;
      const url = await serve(async (path) => {
        if (path === '/health') {
          // Twice: when the second question comes, the first answer is on the screen.
          if (++asked === 2) told();
          return health;
        }
        if (isTTY) await wasTold;
        return { synced: true, message: 'Chain imported successfully', new_height: 9_999 };
      });
      const ran = await run(url, ['sync', PEER], { isTTY, columns: 120 });
      expect(ran).toMatchObject({ code: 0, out: 'Chain imported successfully\nheight  9999\n' });
      if (isTTY) expect(ran.err).toContain('35 %  3,500 of 10,000 blocks, 410/s, 16 s left');
      else expect([ran.err, asked]).toEqual(['', 0]);
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
    }
  });

  it('progress is told in few words', () => {
    const text = (sync: Partial<HealthAnswer['sync']>): string | undefined =>
      syncText({ ...health, sync: { ...health.sync, ...sync } });
    expect(text({ state: 'headers' })).toBe('looking at headers, up to height 9,999');
    expect(text({ state: 'idle' })).toBe('up to date: no better chain is known');
    expect(text({ blocks_per_second: 0, eta_seconds: null })).toMatch(/3,500 of 10,000 blocks$/);
    const { sync: _, ...original } = health;
    expect(syncText(original)).toBeUndefined();
  });
});
