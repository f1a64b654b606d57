/** Events over real connections, of a whole node. */
import { Agent, request, WebSocket } from 'undici';
import { Value } from '@sinclair/typebox/value';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  ClientMessage,
  EventClient,
  type EventClientState,
  type EventMessage,
  NAMED_SCHEMAS,
  NodeMessage,
  type SnapshotMessage,
  type Socket,
  type Topic,
} from '../../protocol/index.ts';
import { ChainBuilder, key, pay } from '../../../test/support/chain-builder.ts';
import { runNode, type TestNode, until } from '../../../test/support/running-node.ts';

const alice = key('alice');
const bob = key('bob');
const connect = (url: string): Socket => new WebSocket(url) as unknown as Socket;

/** A client that keeps what it was told. */
function follow(node: Pick<TestNode, 'url'>, topics: readonly Topic[], options = {}) {
  const snapshots: SnapshotMessage[] = [];
  const events: EventMessage[] = [];
  const states: EventClientState['name'][] = [];
  const problems: string[] = [];
  const client = new EventClient({
    baseUrl: node.url,
    topics,
    connect,
    firstRetryMs: 20,
    onSnapshot: (message) => void snapshots.push(message),
    onEvent: (message) => void events.push(message),
    onState: ({ name }) => void states.push(name),
    onProblem: ({ reason }) => void problems.push(reason),
    ...options,
  });
  client.open();
  onTestFinished(() => client.close());
  const told = (type: EventMessage['data']['type']) => events.filter(({ data }) => data.type === type);
  return { client, snapshots, events, states, problems, told };
}

/** A line without a client in between. */
async function rawSocket(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers });
  const got: NodeMessage[] = [];
  const closed: { code: number; reason: string }[] = [];
  socket.onmessage = ({ data }) => void got.push(JSON.parse(data as string) as NodeMessage);
  socket.onclose = ({ code, reason }) => void closed.push({ code, reason });
  socket.onerror = () => undefined;
  onTestFinished(() => socket.close());
  await until(() => socket.readyState !== WebSocket.CONNECTING);
  return { socket, got, closed };
}

describe('events over the WebSocket', () => {
  test('tell of blocks, payments, a reorganisation, mining and an address, in the schemas’ shape', async () => {
    const builder = new ChainBuilder({ miner: alice }).extend(1);
    const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 1_000, fee: 500 });
    builder
      .block('a2', { txs: [payment] })
      .fork('a1')
      .extend(2, 'b');
    const node = await runNode();
    const { chain, mempool } = node.node.services;
    const told = builder.tell({ accept: (block) => chain.acceptBlock(block) });
    await told.accepts('genesis', 'a1');

    const topics = ['blocks', 'reorgs', 'mempool', 'mining', 'peers', `address:${bob.address}`] as const;
    const client = follow(node, topics);
    await until(() => client.snapshots.length === 1);
    const [snapshot] = client.snapshots;
    expect(snapshot?.data).toMatchObject({
      blocks: { height: 1, tip_hash: builder.at('a1').hash },
      reorgs: [],
      mempool: { info: { size: 0 }, transactions: [] },
      mining: { running: false },
      peers: { peers: [] },
      addresses: { [bob.address]: { balance: 0, utxo_count: 0, height: 1, waiting: [], waiting_count: 0 } },
    });
    expect(snapshot?.data.blocks?.blocks).toMatchObject([
      { height: 0, status: 'active', transaction_count: 1, miner: alice.address },
      { height: 1, status: 'active' },
    ]);

    expect((await mempool.accept(payment)).ok).toBe(true);
    await until(() => client.told('mempool-changed').length === 1);
    expect(client.told('mempool-changed')[0]?.data).toMatchObject({
      added: [{ fee: 500, parents: [] }],
      removed: [],
      info: { size: 1 },
    });
    await told.accepts('a2', 'b2');
    await until(() => client.told('mempool-changed').length === 2);
    expect(client.told('mempool-changed')[1]?.data).toMatchObject({
      added: [],
      removed: [{ cause: 'confirmed' }],
    });
    await told.accepts('b3');
    await until(() => client.told('reorg').length === 1);
    expect(client.told('block-stored')).toHaveLength(1);
    expect(client.told('tip-changed').at(-1)?.data).toMatchObject({
      height: 3,
      fork_height: 1,
      disconnected: [{ block_hash: builder.at('a2').hash, status: 'valid-fork' }],
      connected: [{ height: 2 }, { height: 3, status: 'active' }],
    });
    await until(() => client.told('mempool-changed').length === 3);
    expect(
      client
        .told('address-changed')
        .map(({ data }) => 'transactions' in data && data.transactions[0]?.change),
    ).toEqual(['waiting', 'confirmed', 'unconfirmed', 'waiting']);

    await node.client.mine({ minerAddress: alice.address });
    await until(() =>
      client.told('mining-changed').some(({ data }) => 'cause' in data && data.cause === 'found'),
    );
    const sequences = client.events.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    for (const message of [...client.snapshots, ...client.events])
      expect([...Value.Errors(NodeMessage, [...NAMED_SCHEMAS], message)], message.type).toEqual([]);
    expect(client.problems).toEqual([]);
  });

  test('come again from where the line broke, or with a new snapshot from another run', async () => {
    const builder = new ChainBuilder({ miner: alice }).extend(4);
    const node = await runNode();
    const { chain } = node.node.services;
    const told = builder.tell({ accept: (block) => chain.acceptBlock(block) });
    let current: Socket | undefined;
    const client = follow(node, ['blocks'], {
      connect: (url: string) => (current = connect(url)),
    });
    await told.accepts('genesis');
    await until(() => client.snapshots.length === 1);
    await told.accepts('a1');
    await until(() => client.told('tip-changed').length >= 1);

    current?.close();
    await told.accepts('a2', 'a3');
    await until(() => client.events.some(({ data }) => data.type === 'tip-changed' && data.height === 3));
    expect(client.snapshots, 'nothing was missing').toHaveLength(1);
    expect(client.states).toContain('reconnecting');
    expect(client.states.at(-1)).toBe('live');

    // The same port, another run.
    const { port } = new URL(node.url);
    await node.node.close();
    await until(() => client.states.at(-1) === 'reconnecting');
    const again = await runNode({ NODE_PORT: port });
    expect(again.url).toBe(node.url);
    await until(() => client.snapshots.length === 2);
    expect(client.snapshots[1]?.data.blocks?.height).toBe(-1);
    expect(client.snapshots[1]?.run).not.toBe(client.snapshots[0]?.run);
  });

  test('follow more and fewer topics; nonsense is told to be nonsense', async () => {
    const node = await runNode();
    const { socket, got } = await rawSocket(node.url);
    const say = (message: unknown) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    for (const bad of [
      '{',
      '[]',
      { type: 'subscribe', topics: [] },
      { type: 'subscribe', topics: ['weather'] },
      { type: 'x' },
    ])
      say(bad);
    await until(() => got.length === 5);
    expect(got.every((message) => message.type === 'error' && message.reason === 'malformed-message')).toBe(
      true,
    );
    say({ type: 'subscribe', topics: ['blocks', `address:${bob.address.toUpperCase()}`] });
    await until(() => got.length === 6);
    expect(got[5]).toMatchObject({ type: 'snapshot', topics: ['blocks', `address:${bob.address}`] });
    say({ type: 'unsubscribe', topics: ['blocks'] });
    say({ type: 'ping' });
    await until(() => got.length === 7);
    expect(got[6]).toMatchObject({ type: 'pong' });
    await node.client.mine({ minerAddress: alice.address });
    say({ type: 'snapshot' });
    await until(() => got.length === 8);
    expect(got[7], 'of the block nothing was told').toMatchObject({
      type: 'snapshot',
      topics: [`address:${bob.address}`],
    });
    expect(Value.Check(ClientMessage, { type: 'ping' })).toBe(true);
  });

  test('are not for the pages of other sites', async () => {
    const node = await runNode();
    const { got, closed } = await rawSocket(node.url, { origin: 'https://evil.example' });
    await until(() => closed.length === 1);
    expect(got).toEqual([]);
    const own = await rawSocket(node.url, { origin: node.url });
    own.socket.send(JSON.stringify({ type: 'ping' }));
    await until(() => own.got.length === 1);
  });

  test('have their bounds: clients, messages, their length', async () => {
    const node = await runNode({}, { limits: { eventClients: 2 } });
    const first = await rawSocket(node.url);
    const second = await rawSocket(node.url);
    const third = await rawSocket(node.url);
    await until(() => third.closed.length === 1);
    expect(third.closed[0]).toMatchObject({
      code: 4013,
      reason: expect.stringContaining('2 clients') as string,
    });
    const { statusCode } = await request(`${node.url}/events`);
    expect(statusCode).toBe(503);

    for (let i = 0; i < 200; i++) first.socket.send('{"type":"ping"}');
    await until(() => first.closed.length === 1);
    expect(first.closed[0]?.code).toBe(4029);
    second.socket.send(JSON.stringify({ type: 'subscribe', topics: ['x'.repeat(10_000)] }));
    await until(() => second.closed.length === 1);
    expect(second.closed[0]?.code).toBe(1009);
    // Their places are free again.
    const fourth = await rawSocket(node.url);
    fourth.socket.send('{"type":"ping"}');
    await until(() => fourth.got.length === 1);
  });

  test('end when the node stops, with a reason', async () => {
    const node = await runNode();
    const { closed } = await rawSocket(node.url);
    await node.node.close();
    await until(() => closed.length === 1);
    expect(closed[0]).toEqual({ code: 1001, reason: 'the node is stopping' });
  });

  test('need a WebSocket', async () => {
    const node = await runNode();
    const { statusCode, body, headers } = await request(`${node.url}/ws`);
    expect([statusCode, headers['upgrade']]).toEqual([426, 'websocket']);
    expect(await body.json()).toMatchObject({ reason: 'upgrade-required', status: 426 });
  });
});

describe('events as a stream', () => {
  /** Reads whole messages off the stream until there are so many. */
  async function read(url: string, count: number, headers: Record<string, string> = {}) {
    const agent = new Agent();
    const { statusCode, body, headers: got } = await request(url, { headers, dispatcher: agent });
    const messages: { id: string | undefined; data: NodeMessage }[] = [];
    let text = '';
    for await (const chunk of body) {
      text += String(chunk);
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const line = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
        const data = line('data');
        if (data !== undefined) messages.push({ id: line('id'), data: JSON.parse(data) as NodeMessage });
      }
      if (messages.length >= count) break;
    }
    await agent.destroy();
    return { statusCode, type: got['content-type'], messages };
  }

  test('are the same messages, and go on after Last-Event-ID', async () => {
    const node = await runNode();
    const reading = read(`${node.url}/events?topics=blocks`, 2);
    await until(async () =>
      (await (await request(`${node.url}/metrics`)).body.text()).includes('event_clients 1'),
    );
    await node.client.mine({ minerAddress: alice.address });
    const { type, messages } = await reading;
    expect(type).toMatch(/^text\/event-stream/);
    expect(messages.map(({ data }) => data.type)).toEqual(['snapshot', 'event']);
    await node.client.mine({ minerAddress: alice.address });
    const { messages: later } = await read(`${node.url}/events?topics=blocks`, 2, {
      'last-event-id': messages[1]?.id ?? '',
    });
    expect(later[0]?.data.type).toBe('resumed');
    expect(later[1]?.data).toMatchObject({ type: 'event', data: { type: 'tip-changed', height: 1 } });
    const { messages: lost } = await read(`${node.url}/events?topics=blocks`, 1, {
      'last-event-id': 'nonsense',
    });
    expect(lost[0]?.data.type).toBe('snapshot');
  });

  test('are not for who asks for the head alone, nor for the pages of other sites', async () => {
    const node = await runNode({}, { limits: { eventClients: 1 } });
    const { statusCode } = await request(`${node.url}/events`, { method: 'HEAD' });
    expect(statusCode).toBe(405);
    const foreign = await request(`${node.url}/events`, { headers: { origin: 'https://evil.example' } });
    expect(foreign.statusCode).toBe(403);
    await foreign.body.dump();
    // The one place is still free.
    const { messages } = await read(`${node.url}/events?topics=blocks`, 1);
    expect(messages[0]?.data.type).toBe('snapshot');
  });

  test('end with the node, and name their topics', async () => {
    const node = await runNode();
    const { statusCode, body } = await request(`${node.url}/events?topics=weather`);
    expect(statusCode).toBe(422);
    expect(await body.json()).toMatchObject({ reason: 'unknown-topic' });
    const reading = read(`${node.url}/events`, 2);
    await until(async () =>
      (await (await request(`${node.url}/metrics`)).body.text()).includes('event_clients 1'),
    );
    await node.node.close();
    const { messages } = await reading;
    expect(messages.at(-1)?.data).toMatchObject({ type: 'error', reason: 'stopping' });
  });
});
