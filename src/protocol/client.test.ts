/** The client against a whole node, and against servers that are none. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  decodeBlock,
  encodeBlock,
  encodeTransaction,
  transactionToJson,
  txidOf,
} from '../consensus/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { key, mineBlock, pay } from '../../test/support/chain-builder.ts';
import {
  ApiClient,
  ApiError,
  NodeUnreachableError,
  normaliseBaseUrl,
  UnexpectedAnswerError,
} from './index.ts';

const alice = key('alice');

describe('with a node', () => {
  let node: ApiNode;
  let client: ApiClient;
  beforeAll(async () => {
    node = await ApiNode.start();
    client = new ApiClient({ baseUrl: `${await node.listen()}/` });
  });
  afterAll(() => node.close());

  test('a story through all methods', async () => {
    expect(await client.ready()).toEqual({ ready: true, state: 'running' });
    expect((await client.params()).genesis_hash).toBeNull();
    const mined = await client.mine({ minerAddress: alice.address, blocks: 3 });
    expect(mined.blocks.map(({ height }) => height)).toEqual([0, 1, 2]);
    expect(await client.health()).toMatchObject({ chain_height: 2, tip_hash: mined.block_hash });
    expect((await client.chainInfo()).tip_hash).toBe(mined.block_hash);
    expect((await client.tips()).tips).toHaveLength(1);
    expect((await client.block(2)).block_hash).toBe(mined.block_hash);
    expect((await client.block(mined.block_hash.toUpperCase())).height).toBe(2);
    expect((await client.blocks({ limit: 2 })).blocks.map(({ height }) => height)).toEqual([2, 1]);
    expect((await client.headers({ from: 1 })).headers).toHaveLength(2);
    expect((await client.chain()).blocks).toHaveLength(3);
    expect(await client.balance(alice.address, { height: 1 })).toMatchObject({
      balance: 10_000_000_000,
      height: 1,
    });

    const heights: number[] = [];
    for await (const block of client.allBlocks({ from: 1, pageSize: 1 })) heights.push(block.height);
    expect(heights).toEqual([1, 2]);
    const coins = [];
    for await (const coin of client.allUtxos(alice.address, { pageSize: 2 })) coins.push(coin);
    expect(coins).toHaveLength(3);

    const [entry] = (await node.services.store.coinsOf(alice.address, { limit: 1 })).items;
    const tx = pay({ coins: [entry!], from: alice, to: key('bob'), amount: 5_000, fee: 300 });
    expect(await client.checkTx(transactionToJson(tx))).toMatchObject({ allowed: true, fee: 300 });
    expect((await client.submitTx(encodeTransaction(tx))).txid).toBe(txidOf(tx));
    expect((await client.mempool()).size).toBe(1);
    expect((await client.mempoolInfo()).total_fees).toBe(300);
    expect((await client.mempoolEntry(txidOf(tx))).fee).toBe(300);
    expect((await client.address(key('bob').address)).expected_balance).toBe(5_000);
    expect((await client.coin(entry!.outpoint.txid, entry!.outpoint.index)).spent_in_mempool).toBe(
      txidOf(tx),
    );
    await client.mine({ minerAddress: alice.address });
    expect((await client.tx(txidOf(tx))).confirmations).toBe(1);
    expect((await client.txProof(txidOf(tx))).position).toBe(1);
    expect((await client.utxos(key('bob').address)).utxos).toHaveLength(1);
    expect((await client.history(key('bob').address)).transactions[0]).toMatchObject({ net: 5_000 });
    const events = [];
    for await (const event of client.allHistory(alice.address)) events.push(event);
    // Four rewards; the payment is in the same block as the fourth and counts by itself.
    expect(events).toHaveLength(5);

    expect((await client.miningStart(alice.address)).running).toBe(true);
    expect((await client.miningStop()).running).toBe(false);
    expect((await client.miningStatus()).running).toBe(false);
    expect((await client.addPeer('http://127.0.0.1:1')).message).toContain('127.0.0.1:1');
    expect((await client.peers()).stored_peers).toHaveLength(1);
    const banned = await client.banPeer('http://127.0.0.1:1', { seconds: 5 });
    expect(banned.banned_until).toBe(node.clock.nowMs() / 1_000 + 5);
    expect((await client.banPeer('http://127.0.0.1:2')).banned_until).toBe(
      node.clock.nowMs() / 1_000 + 86_400,
    );
    expect((await client.unbanPeer('http://127.0.0.1:2')).message).toContain('127.0.0.1:2');
    expect((await client.removePeer('http://127.0.0.1:1')).message).toContain('127.0.0.1:1');
    await expect(client.removePeer('http://127.0.0.1:1')).rejects.toMatchObject({
      status: 404,
      reason: 'peer-unknown',
    });
    await expect(client.sync('http://127.0.0.1:1')).rejects.toMatchObject({
      status: 502,
      reason: 'peer-failed',
    });

    const rival = mineBlock({ parent: null, timestamp: node.clock.nowS() - 9 });
    expect((await client.submitBlock(encodeBlock(rival.block))).status).toBe('valid-fork');
    expect(decodeBlock(encodeBlock(rival.block)).ok).toBe(true);
  });

  test('a refusal tells status, reason and sentence', async () => {
    const refused = client.block('f'.repeat(64));
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    await expect(refused).rejects.toMatchObject({
      status: 404,
      reason: 'not-found',
      message: 'no block of this hash is known',
    });
  });

  test.each(['../health', '..', '.', '', 'a/b', '?x=1', '#', '%'])(
    '%j stays one part of a path',
    async (text) => {
      await expect(client.block(text)).rejects.toMatchObject({
        name: 'ApiError',
        status: 422,
        reason: 'malformed-path',
      });
    },
  );

  test('a call that is aborted rejects with the caller’s own reason', async () => {
    const reason = new Error('enough');
    await expect(client.health({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('with something else', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
    server = undefined;
  });

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('nobody there', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => server?.close(resolve));
    const asked = new ApiClient({ baseUrl: url }).health();
    await expect(asked).rejects.toBeInstanceOf(NodeUnreachableError);
    await expect(asked).rejects.toThrow(
      `no node can be reached at ${url}: the connection was refused; is the node running?`,
    );
  });

  test('silence', async () => {
    const asked = new ApiClient({ baseUrl: await serve(() => {}), timeoutMs: 50 }).health();
    await expect(asked).rejects.toMatchObject({ name: 'NodeUnreachableError', timedOut: true });
    await expect(asked).rejects.toThrow('no answer within 0.05 s');
  });

  test('an answer that is cut off', async () => {
    const url = await serve((_, answer) => {
      answer.writeHead(200, { 'content-length': '100' });
      answer.write('{"st');
      setTimeout(() => answer.destroy(), 20);
    });
    await expect(new ApiClient({ baseUrl: url }).health()).rejects.toBeInstanceOf(NodeUnreachableError);
  });

  test('a web page', async () => {
    const url = await serve((_, answer) => answer.end('<html>'));
    await expect(new ApiClient({ baseUrl: url }).health()).rejects.toBeInstanceOf(UnexpectedAnswerError);
  });

  test('an answer without end', async () => {
    const url = await serve((_, answer) => {
      const more = (): void => {
        while (!answer.destroyed && answer.write('x'.repeat(65_536)));
      };
      answer.on('drain', more);
      more();
    });
    const asked = new ApiClient({ baseUrl: url, maxResponseBytes: 1_000_000 }).chain();
    await expect(asked).rejects.toThrow('longer than 1000000 bytes');
  });

  test('a redirection is not followed, and the token stays here', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, answer) => {
      seen.push(request.headers.authorization);
      answer.writeHead(307, { location: '/elsewhere' }).end();
    });
    const client = new ApiClient({ baseUrl: url, token: 'secret' });
    await expect(client.miningStop()).rejects.toBeInstanceOf(UnexpectedAnswerError);
    expect(seen).toEqual(['Bearer secret']);
  });

  test('the token goes with the owner’s calls only, and may change', async () => {
    const seen: string[] = [];
    const url = await serve((request, answer) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      answer.end('{}');
    });
    let token: string | undefined = 'first';
    const client = new ApiClient({ baseUrl: url, token: () => token });
    await client.miningStart('ab');
    await client.miningStatus();
    await client.submitTx({});
    token = 'second';
    await client.addPeer('http://peer');
    token = undefined;
    await client.miningStop();
    expect(seen).toEqual([
      '/mining/start Bearer first',
      '/mining/status undefined',
      '/tx undefined',
      '/peers/add Bearer second',
      '/mining/stop undefined',
    ]);
  });

  test('the original’s list of errors', async () => {
    const url = await serve((_, answer) =>
      answer
        .writeHead(422)
        .end(JSON.stringify({ detail: [{ loc: ['body', 'url'], msg: 'Field required' }] })),
    );
    await expect(new ApiClient({ baseUrl: url }).addPeer('')).rejects.toMatchObject({
      status: 422,
      message: 'body.url: Field required',
    });
  });
});

test.each([
  ['localhost:8000', 'http://localhost:8000'],
  ['http://localhost:8000///', 'http://localhost:8000'],
  ['https://node.example/api/', 'https://node.example/api'],
])('base URL %s', (text, expected) => expect(normaliseBaseUrl(text)).toBe(expected));

test.each(['', 'ftp://x', 'http://', 'http://user:pass@x', 'not a url'])('no base URL: %j', (text) => {
  expect(() => normaliseBaseUrl(text)).toThrow(TypeError);
});
