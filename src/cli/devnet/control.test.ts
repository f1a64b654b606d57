import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { usageError } from '../cli-errors.ts';
import { callDevnet } from './control-client.ts';
import { readControlFile, writeControlFile } from './control-file.ts';
import type { ControlRequest } from './control-messages.ts';
import { type ControlHandler, ControlServer } from './control-server.ts';
import type { DevnetView } from './view.ts';

const never = new AbortController().signal;
const view: DevnetView = {
  folder: '/somewhere',
  topology: 'full',
  storage: 'memory',
  block_time: 10,
  groups: null,
  nodes: [],
  events: [],
};

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devnet-control-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A control server that remembers what it was asked. */
async function listen(
  folder: string,
  handle: ControlHandler = async () => ({ message: 'done', devnet: view }),
): Promise<{ server: ControlServer; requests: ControlRequest[] }> {
  const requests: ControlRequest[] = [];
  const server = await ControlServer.open(folder, (request) => {
    requests.push(request);
    return handle(request);
  });
  onTestFinished(() => server.close());
  return { server, requests };
}

describe('commands to a running devnet', () => {
  it('arrive as they were given, and are answered', async () => {
    const folder = await newFolder();
    const { requests } = await listen(folder);
    const said: ControlRequest[] = [
      { command: 'status' },
      { command: 'heal' },
      { command: 'partition', words: ['1,2', '|', '3'] },
      { command: 'kill', words: ['2'] },
      { command: 'mine', words: ['2'], share: '50' },
      { command: 'mine', words: ['off'] },
    ];
    for (const request of said)
      expect(await callDevnet(folder, request, never)).toEqual({ message: 'done', devnet: view });
    expect(requests).toEqual(said);
  });

  it('are refused with the sentence, hint and exit code that the devnet had', async () => {
    const folder = await newFolder();
    await listen(folder, async () => {
      throw usageError('No such node.', 'It has nodes 1 to 3.');
    });
    await expect(callDevnet(folder, { command: 'stop', words: ['9'] }, never)).rejects.toMatchObject({
      message: 'No such node.',
      hint: 'It has nodes 1 to 3.',
      exitCode: 2,
    });
  });

  it('need the token, which only the owner of the folder can read', async () => {
    const folder = await newFolder();
    const { requests } = await listen(folder);
    expect((await stat(join(folder, 'control.json'))).mode & 0o777).toBe(0o600);
    const address = await readControlFile(folder);
    const url = `${address?.url ?? ''}/command`;
    const ask = (authorization: string): Promise<Response> =>
      fetch(url, { method: 'POST', headers: { authorization }, body: '{"command":"heal"}' });
    for (const authorization of ['', 'Bearer', `Bearer ${'0'.repeat(64)}`])
      expect((await ask(authorization)).status).toBe(401);
    expect(requests).toEqual([]);
    expect((await ask(`Bearer ${address?.token ?? ''}`)).status).toBe(200);
  });

  it('that nobody knows are refused, and so is what is no command', async () => {
    const folder = await newFolder();
    const { requests } = await listen(folder);
    const address = await readControlFile(folder);
    const headers = { authorization: `Bearer ${address?.token ?? ''}` };
    for (const body of ['{"command":"explode"}', 'nonsense', '', 'null', 'x'.repeat(100_000)]) {
      const response = await fetch(`${address?.url ?? ''}/command`, { method: 'POST', headers, body });
      expect(response.status).toBeGreaterThanOrEqual(400);
    }
    expect((await fetch(address?.url ?? '', { headers })).status).toBe(404);
    expect(requests).toEqual([]);
  });
});

describe('the folder', () => {
  it('belongs to one devnet at a time', async () => {
    const folder = await newFolder();
    const { server } = await listen(folder);
    expect(server.cameAfterCrash).toBe(false);
    await expect(listen(folder)).rejects.toThrow(
      `A devnet runs in ${folder} already (process ${process.pid})`,
    );
    await server.close();
    await expect(callDevnet(folder, { command: 'heal' }, never)).rejects.toThrow(
      `No devnet runs in ${folder}.`,
    );
    expect((await listen(folder)).server.cameAfterCrash).toBe(false);
  });

  it('can be taken over from one that ended without tidying up', async () => {
    const folder = await newFolder();
    const other = await newFolder();
    // Nobody listens at the first address; at the second somebody else does.
    await listen(other);
    const foreign = await readControlFile(other);
    for (const url of ['http://127.0.0.1:1', foreign?.url ?? '']) {
      await writeControlFile(folder, { pid: 1, url, token: 'wrong' });
      await expect(callDevnet(folder, { command: 'heal' }, never)).rejects.toMatchObject({
        message: expect.stringContaining('process 1 ended without tidying up') as string,
        exitCode: 3,
      });
      const { server } = await listen(folder);
      expect(server.cameAfterCrash).toBe(true);
      await server.close();
    }
  });

  it('is not confused by a file that is not whole', async () => {
    const folder = await newFolder();
    for (const text of ['', '{', 'null', '[]', '{"pid":"x"}']) {
      await writeFile(join(folder, 'control.json'), text);
      expect(await readControlFile(folder)).toBeUndefined();
    }
    await (await listen(folder)).server.close();
  });
});
