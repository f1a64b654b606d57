/** Every path once when all is well: its answer fits its schema, to the last field. */
import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  blockHashOf,
  concatBytes,
  encodeBlock,
  encodeTransaction,
  hexToBytes,
  NO_BLOCK,
  transactionToJson,
  txidOf,
  verifyMerkleProof,
  wtxidOf,
} from '../consensus/index.ts';
import { decodeCompactBlock } from '../network/compact-block.ts';
import { helloParams } from '../network/handshake.ts';
import * as network from '../network/index.ts';
import {
  decodeHeaders,
  decodeMempoolIds,
  encodeAnnouncement,
  encodeBlockTransactionsRequest,
  encodeFrame,
  encodeHashes,
  encodeTransactionRequest,
} from '../network/messages.ts';
import * as protocol from '../protocol/index.ts';
import { BYTES, SCHEMAS } from '../../test/support/answer-schemas.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { key, mineBlock, pay } from '../../test/support/chain-builder.ts';

const alice = key('alice');
const bob = key('bob');

type Route = keyof typeof SCHEMAS;

let node: ApiNode;
const covered = new Set<string>();

/** Sends a request; the answer must be 200 and fit the schema of its path, without a field more. */
async function call<R extends Route>(
  route: R,
  request: { path?: string; query?: string; body?: unknown; session?: string } = {},
): Promise<Static<(typeof SCHEMAS)[R]>> {
  const [method = '', pattern = ''] = route.split(' ');
  const bytes = request.body instanceof Uint8Array;
  const answer = await node.app.inject({
    method: method as 'GET' | 'POST' | 'DELETE',
    url: `${request.path ?? pattern}${request.query ?? ''}`,
    headers: {
      ...(request.session === undefined ? {} : { [network.SESSION_HEADER]: request.session }),
      ...(request.body === undefined
        ? {}
        : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
    },
    ...(request.body === undefined
      ? {}
      : {
          payload: bytes ? Buffer.from(request.body as Uint8Array) : JSON.stringify(request.body),
        }),
  });
  expect(answer.statusCode, `${route}: ${answer.body}`).toBe(200);
  covered.add(route);
  // The compiler does not follow the type through the table.
  const schema = SCHEMAS[route] as TSchema;
  const json: unknown = bodyOf(route, answer);
  const references = [...protocol.NAMED_SCHEMAS];
  const errors = [...Value.Errors(schema, references, json)].map(
    ({ path, message }) => `${path}: ${message}`,
  );
  expect(errors, route).toEqual([]);
  expect(Value.Clean(schema, references, structuredClone(json)), `${route} has undocumented fields`).toEqual(
    json,
  );
  return json as Static<(typeof SCHEMAS)[R]>;
}

function bodyOf(route: Route, answer: Awaited<ReturnType<typeof node.app.inject>>): unknown {
  if (route === 'GET /metrics') return answer.body;
  return (SCHEMAS[route] as TSchema) === BYTES ? answer.rawPayload.toString('hex') : answer.json();
}

async function coinsOf(owner: typeof alice): Promise<Parameters<typeof pay>[0]['coins']> {
  return (await node.services.store.coinsOf(owner.address, { limit: 100 })).items;
}

beforeAll(async () => {
  node = await ApiNode.start();
});
afterAll(() => node.close());

describe('a story through every path', () => {
  test('an empty node', async () => {
    expect(await call('GET /health')).toMatchObject({ chain_height: -1, tip_hash: null, status: 'healthy' });
    expect(await call('GET /chain')).toEqual({ height: -1, tip_hash: null, blocks: [] });
    expect(await call('GET /chain/info')).toMatchObject({
      height: -1,
      chain_work: '0',
      next_retarget_height: 10,
    });
    expect(await call('GET /headers')).toEqual({ headers: [], next: null });
    expect(await call('GET /blocks')).toEqual({ blocks: [], next: null });
    expect(await call('GET /ready')).toEqual({ ready: true, state: 'running' });
    expect(await call('GET /params')).toMatchObject({ genesis_hash: null, retarget_interval: 10 });
  });

  test('mining, and the blocks that come of it', async () => {
    const mined = await call('POST /mine', {
      body: { miner_address: alice.address.toUpperCase(), blocks: 3 },
    });
    expect(mined.height).toBe(2);
    expect(mined.blocks).toHaveLength(3);
    const tip = await call('GET /block/{id}', { path: '/block/2' });
    expect(tip).toMatchObject({
      block_hash: mined.block_hash,
      status: 'active',
      confirmations: 1,
      next_hash: null,
    });
    const same = await call('GET /block/{id}', {
      path: `/block/${mined.block_hash.toUpperCase()}`,
    });
    expect(same).toEqual(tip);
    expect(await call('GET /block/{id}', { path: '/block/0' })).toMatchObject({ confirmations: 3 });
    expect(await call('GET /balance/{address}', { path: `/balance/${alice.address}` })).toMatchObject({
      balance: 15_000_000_000,
      utxo_count: 3,
      height: 2,
    });
    const past = await call('GET /balance/{address}', {
      path: `/balance/${alice.address}`,
      query: '?height=0',
    });
    expect(past).toMatchObject({ balance: 5_000_000_000, height: 0 });
  });

  test('pages go on where they ended, both ways', async () => {
    const first = await call('GET /headers', { query: '?limit=2' });
    const second = await call('GET /headers', { query: `?limit=2&cursor=${first.next}` });
    const heights = [...first.headers, ...second.headers].map(({ height }) => height);
    expect(heights).toEqual([0, 1, 2]);
    expect(second.next).toBeNull();

    const latest = await call('GET /blocks', { query: '?limit=2' });
    const older = await call('GET /blocks', { query: `?limit=2&cursor=${latest.next}` });
    expect([...latest.blocks, ...older.blocks].map(({ height }) => height)).toEqual([2, 1, 0]);
    expect((await call('GET /blocks', { query: '?from=1' })).blocks).toHaveLength(2);

    const coins = await call('GET /utxos/{address}', { path: `/utxos/${alice.address}`, query: '?limit=2' });
    const more = await call('GET /utxos/{address}', {
      path: `/utxos/${alice.address}`,
      query: `?limit=2&cursor=${coins.next}`,
    });
    expect([...coins.utxos, ...more.utxos]).toHaveLength(3);

    expect(await call('GET /chain', { query: '?from=1&limit=1' })).toMatchObject({ from: 1, next_from: 2 });
    expect(await call('GET /chain', { query: '?from=2' })).toMatchObject({ from: 2, next_from: null });
    expect(await call('GET /chain', { query: '?from=99' })).toMatchObject({ blocks: [], next_from: null });
  });

  test('a payment waits, is mined, and can be proved', async () => {
    const coins = await coinsOf(alice);
    const tx = pay({ coins: coins.slice(0, 1), from: alice, to: bob, amount: 1_000, fee: 500 });
    const txid = txidOf(tx);
    const checked = await call('POST /tx/check', { body: transactionToJson(tx) });
    expect(checked).toMatchObject({ allowed: true, fee: 500, reason: null });
    expect(await call('POST /tx', { body: encodeTransaction(tx) })).toMatchObject({ txid, fee: 500 });
    expect(await call('POST /tx/check', { body: transactionToJson(tx) })).toMatchObject({
      allowed: false,
      reason: 'txn-already-in-mempool',
      class: 'duplicate',
    });

    expect(await call('GET /mempool')).toMatchObject({ size: 1, next: null });
    expect(await call('GET /mempool/info')).toMatchObject({ size: 1, total_fees: 500 });
    expect(await call('GET /mempool/template')).toMatchObject({
      ...{ height: 3, total_fees: 500, transaction_count: 1, left_out: 0, max_transactions: 100 },
      transactions: [{ txid, position: 1, reason: 'own-fee', package: { count: 1, paid_by: txid } }],
    });
    expect(await call('GET /mempool/{txid}', { path: `/mempool/${txid}` })).toMatchObject({
      fee: 500,
      parents: [],
    });
    const waiting = await call('GET /tx/{txid}', { path: `/tx/${txid}` });
    expect(waiting).toMatchObject({ status: 'mempool', confirmations: 0, fee: 500 });
    const spent = coins[0]!.outpoint;
    const coinPath = `/coins/${spent.txid}/${spent.index}`;
    expect(await call('GET /coins/{txid}/{index}', { path: coinPath })).toMatchObject({
      spent: null,
      spent_in_mempool: txid,
    });
    const address = await call('GET /address/{address}', { path: `/address/${bob.address}` });
    expect(address).toMatchObject({ balance: 0, expected_balance: 1_000, mempool: { transaction_count: 1 } });

    await call('POST /mine', { body: { miner_address: alice.address } });
    expect(await call('GET /tx/{txid}', { path: `/tx/${txid}` })).toMatchObject({
      status: 'confirmed',
      confirmations: 1,
      position: 1,
      fee: 500,
      spends: [{ amount: 5_000_000_000, pubkey_hash: alice.address }],
    });
    const proof = await call('GET /tx/{txid}/proof', { path: `/tx/${txid}/proof` });
    expect(verifyMerkleProof(txid, proof.proof, proof.header.merkle_root)).toBe(true);
    expect(await call('GET /coins/{txid}/{index}', { path: coinPath })).toMatchObject({
      spent: { txid, height: 3 },
    });
    const history = await call('GET /address/{address}/history', {
      path: `/address/${alice.address}/history`,
    });
    expect(history.transactions.find((entry: { txid: string }) => entry.txid === txid)).toMatchObject({
      sent: 5_000_000_000,
      net: -1_500,
    });
    const stats = await call('GET /stats/blocks', { query: '?limit=2' });
    expect(stats).toMatchObject({
      height: 3,
      blocks: [
        { height: 2, fees: 0 },
        { height: 3, fees: 500 },
      ],
    });
    expect((await call('GET /stats/blocks', { query: '?from=1&limit=2' })).next_from).toBe(3);
    const ages = await call('GET /stats/coin-ages');
    expect(ages.bins[0]).toMatchObject({ from_age: 0, coins: 3 });
    const coinbase = (await call('GET /block/{id}', { path: '/block/3' })).transactions[0]?.txid;
    expect(await call('GET /tx/{txid}', { path: `/tx/${String(coinbase)}` })).toMatchObject({
      coinbase: true,
      fee: null,
    });
  });

  test('blocks of a rival, as bytes', async () => {
    const genesis = mineBlock({
      parent: null,
      minerAddress: bob,
      timestamp: node.clock.nowS() - 100,
      params: node.services.chain.params,
    });
    const taken = await call('POST /block', { body: encodeBlock(genesis.block) });
    expect(taken).toMatchObject({ status: 'valid-fork', height: 0, disconnected: 0 });
    const tips = await call('GET /chain/tips');
    expect(tips.tips.map(({ status }: { status: string }) => status)).toEqual(['active', 'valid-fork']);
    expect(tips.tips[1]).toMatchObject({ branch_length: 1, fork_height: -1, fork_hash: null });
    const { blocks } = await call('GET /chain/tree', { query: '?from=0&to=0' });
    expect(blocks.map(({ status }: protocol.TreeBlock) => status)).toEqual(['active', 'valid-fork']);
    expect(await call('GET /block/{id}', { path: `/block/${genesis.hash}` })).toMatchObject({
      status: 'valid-fork',
      confirmations: 0,
    });
  });

  test('mining on and on', async () => {
    expect(await call('GET /mining/status')).toMatchObject({
      running: false,
      kernel: 'javascript-midstate',
    });
    const started = await call('POST /mining/start', { body: { miner_address: bob.address } });
    expect(started).toMatchObject({ running: true, miner_address: bob.address });
    expect(await call('POST /mining/stop')).toMatchObject({ running: false });
    const { blocks } = await call('GET /mining/found');
    expect(blocks.at(-1)).toMatchObject({ height: 0, outcome: 'mined', miner_address: alice.address });
    const query = `?miner_address=${alice.address}`;
    expect(await call('GET /mining/template', { query })).toMatchObject({ header: { nonce: 0 } });
  });

  test('a sandbox, which leaves the chain as it is', async () => {
    const tip = node.services.chain.tip?.hash;
    expect(await call('POST /sandbox')).toMatchObject({ busy: null, blocks: [], race: null });
    await call('POST /sandbox/actions', { body: { type: 'race', share: 90, confirmations: 0 } });
    expect(await call('GET /sandbox')).toMatchObject({ race: { share: 90, chance: 1 } });
    expect(await call('DELETE /sandbox')).toEqual({ ended: true });
    expect(node.services.chain.tip?.hash).toBe(tip);
  });

  test('peers', async () => {
    expect(await call('POST /peers/add', { body: { url: 'http://127.0.0.1:1/' } })).toEqual({
      message: 'Added peer: http://127.0.0.1:1',
    });
    expect(await call('GET /peers')).toMatchObject({
      peers: [], // nobody answers there
      stored_peers: [{ url: 'http://127.0.0.1:1', source: 'owner', kind: 'unknown', ban_reason: null }],
    });
    const banned = await call('POST /peers/ban', {
      body: { url: 'http://127.0.0.1:1', seconds: 60, reason: 'it sent\u0000nonsense\n' },
    });
    expect(banned).toEqual({
      message: 'Banned peer: http://127.0.0.1:1',
      banned_until: node.clock.nowMs() / 1_000 + 60,
    });
    expect((await call('GET /peers')).stored_peers).toMatchObject([
      { state: 'banned', banned_until: banned.banned_until, ban_reason: 'it sent nonsense' },
    ]);
    expect(await call('POST /peers/unban', { body: { url: 'http://127.0.0.1:1' } })).toEqual({
      message: 'Unbanned peer: http://127.0.0.1:1',
    });
    expect(await call('POST /peers/remove', { body: { url: 'http://127.0.0.1:1/' } })).toEqual({
      message: 'Removed peer: http://127.0.0.1:1',
    });
    expect(await call('GET /peers')).toEqual({ peers: [], stored_peers: [] });
    expect(await call('GET /health')).toMatchObject({
      peer_count: 0,
      sync: { state: 'idle', target_height: node.services.chain.height, percent: 100, eta_seconds: null },
    });
    const other = await ApiNode.start();
    expect(await call('POST /sync', { body: { peer_url: `${await other.listen()}/` } })).toMatchObject({
      synced: false,
    });
    await other.close();
  });

  test('what nodes say to each other', async () => {
    const { chain, mempool } = node.services;
    const hello = await call('POST /p2p/hello', {
      body: {
        ...{ protocol: 1, node_id: 'ab'.repeat(16), node_name: 'other', agent: 'other/1', time: 0 },
        ...{ tip: null, params: helloParams(chain.params), url: null, port: null },
        ...{ call_id: 'cd'.repeat(16), answers_call: null },
      },
    });
    const { session } = hello;
    expect(hello).toMatchObject({
      tip: { height: chain.height, hash: chain.tip?.hash },
      confirms_call: false,
    });
    expect(await call('POST /p2p/ping', { session, body: { tip: null } })).toEqual({ tip: hello.tip });
    expect(await call('POST /p2p/addresses', { session, body: {} })).toEqual({ addresses: [] });

    const bytes = async (route: Route, body: Uint8Array): Promise<Uint8Array> =>
      hexToBytes((await call(route, { session, body })) as string);
    const headers = decodeHeaders(await bytes('POST /p2p/headers', encodeHashes([])));
    expect(headers.ok && headers.value.map(blockHashOf)).toEqual(
      Array.from({ length: chain.height + 1 }, (_, height) => chain.headers.activeAt(height)?.hash),
    );
    const tip = chain.tip!;
    const block = (await node.services.store.readBlock(tip.hash))!;
    expect(await bytes('POST /p2p/blocks', encodeHashes([tip.hash, NO_BLOCK]))).toEqual(
      concatBytes(encodeFrame(encodeBlock(block)), encodeFrame()),
    );
    const compact = decodeCompactBlock(
      await bytes('POST /p2p/compact-block', hexToBytes(tip.hash)),
      1_000_000,
    );
    expect(compact).toMatchObject({ ok: true, value: { prefilled: [{ index: 0 }] } });
    expect(
      await bytes(
        'POST /p2p/block-transactions',
        encodeBlockTransactionsRequest({ hash: tip.hash, indexes: [0] }),
      ),
    ).toEqual(encodeFrame(encodeTransaction(block.transactions[0]!)));
    const coin = (await coinsOf(alice)).find(({ coin: { amount } }) => amount > 100_000)!;
    const payment = pay({ coins: [coin], from: alice, to: bob, amount: 50_000, fee: 1_000 });
    expect(await mempool.accept(payment)).toMatchObject({ ok: true });
    const ids = decodeMempoolIds(await bytes('POST /p2p/mempool', new Uint8Array()));
    expect(ids).toMatchObject({ ok: true, value: expect.arrayContaining([wtxidOf(payment)]) as unknown });
    const names = [
      { kind: 'wtxid' as const, id: wtxidOf(payment) },
      { kind: 'txid' as const, id: txidOf(payment) },
    ];
    const frame = encodeFrame(encodeTransaction(payment));
    expect(await bytes('POST /p2p/transactions', encodeTransactionRequest(names))).toEqual(
      concatBytes(frame, frame),
    );
    expect(
      await bytes('POST /p2p/announce', encodeAnnouncement({ headers: [tip.header], wtxids: [] })),
    ).toHaveLength(0);

    const { messages } = await call('GET /peers/messages', { query: '?limit=1' });
    expect(messages).toMatchObject([
      { kind: 'announce', caller: '127.0.0.1 (other)', about: { headers: 1 } },
    ]);
  });

  test('figures', async () => {
    const text = await call('GET /metrics');
    expect(text).toMatch(/^mini_bitcoin_chain_height \d+$/m);
    expect(text).toMatch(/^mini_bitcoin_blocks_connected_total \d+$/m);
    for (const state of protocol.PEER_STATES)
      expect(text).toMatch(new RegExp(`^mini_bitcoin_peers\\{state="${state}"\\} \\d+$`, 'm'));
    expect(text).toMatch(/^mini_bitcoin_sync_target_height \d+$/m);
    expect(text).toMatch(/^mini_bitcoin_sync_blocks_per_second 0$/m);
    expect(text).toContain('route="/block/:id"');
    expect(text).not.toContain(alice.address);
  });

  test('events, which are no answers that end', async () => {
    const streamed = await node.app.inject({ url: '/events?topics=blocks,mining', payloadAsStream: true });
    expect([streamed.statusCode, streamed.headers['content-type']]).toEqual([200, 'text/event-stream']);
    let text = '';
    for await (const chunk of streamed.stream()) {
      text += String(chunk);
      if (/^data: .*\n\n/m.test(text)) break;
    }
    const message: unknown = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '');
    expect([...Value.Errors(SCHEMAS['GET /events'], [...protocol.NAMED_SCHEMAS], message)]).toEqual([]);
    expect(message).toMatchObject({ type: 'snapshot', topics: ['blocks', 'mining'] });
    covered.add('GET /events');

    await call('GET /asyncapi.json');

    // What follows an upgrade: events/events.test.ts.
    const refused = await node.app.inject('/ws');
    expect([refused.statusCode, refused.headers['upgrade']]).toEqual([426, 'websocket']);
    expect([...Value.Errors(SCHEMAS['GET /ws'], [...protocol.NAMED_SCHEMAS], refused.json())]).toEqual([]);
    covered.add('GET /ws');
  });

  test('no path was forgotten', async () => {
    const { paths } = (await node.app.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
    const routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...covered].sort()).toEqual(routes.sort());
    expect(Object.keys(SCHEMAS).sort()).toEqual(routes.sort());
  });
});
