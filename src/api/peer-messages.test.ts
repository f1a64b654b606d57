/** What two real nodes say to each other, as GET /peers/messages and the topic `messages` tell it. */
import { describe, expect, test } from 'vitest';
import { blockToJson } from '../consensus/index.ts';
import { EventClient, type PeerMessage, type SnapshotMessage, type Socket } from '../protocol/index.ts';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { runNode, until } from '../../test/support/running-node.ts';
import { WebSocket } from 'undici';

const chain = new ChainBuilder().extend(3, 'a');

describe('the messages of two nodes', () => {
  test('are told from both ends, without secrets; live in batches that say what they left out', async () => {
    const a = await runNode({ NODE_NAME: 'node-a' });
    const b = await runNode({ NODE_NAME: 'node-b' });
    for (const { block } of chain.all) await a.client.submitBlock(blockToJson(block));

    const live: PeerMessage[] = [];
    let snapshot: SnapshotMessage | undefined;
    const events = new EventClient({
      baseUrl: b.url,
      topics: ['messages'],
      connect: (url) => new WebSocket(url) as unknown as Socket,
      onSnapshot: (message) => (snapshot = message),
      onEvent: ({ data }) => {
        if (data.type !== 'messages-logged') return;
        expect(data.skipped).toBe(0);
        live.push(...data.messages);
      },
    });
    events.open();
    await until(() => snapshot !== undefined);
    expect(snapshot?.data.messages).toEqual({ messages: [] });
    await b.client.addPeer(a.url);
    await until(async () => (await b.client.health()).chain_height === 3);

    const hasAll = async (node: typeof a, direction: 'in' | 'out'): Promise<boolean> => {
      const { messages } = await node.client.peerMessages({ limit: 500 });
      const there = messages.filter((message) => message.direction === direction).map(({ kind }) => kind);
      return (['hello', 'headers', 'blocks', 'mempool'] as const).every((kind) => there.includes(kind));
    };
    await until(() => hasAll(b, 'out'));
    await until(() => hasAll(a, 'in'));

    const [blocks] = (await b.client.peerMessages({ kind: 'blocks', peer: `${a.url}/` })).messages;
    expect(blocks).toMatchObject({
      ...{ direction: 'out', peer: a.url, kind: 'blocks', outcome: 'ok', status: 200, detail: null },
      about: { blocks: 4, hash: chain.at('genesis').hash, height: 0 },
    });
    const inbound = (await a.client.peerMessages({ kind: 'blocks' })).messages.find(
      ({ direction }) => direction === 'in',
    );
    expect(inbound).toMatchObject({ outcome: 'ok', about: blocks?.about });
    expect(inbound?.caller).toContain('node-b');
    expect([inbound?.bytes_sent, inbound?.bytes_received]).toEqual([
      blocks?.bytes_received,
      blocks?.bytes_sent,
    ]);

    const { latest, oldest } = await b.client.peerMessages();
    expect(oldest).toBe(1);
    await until(() => live.length >= latest);
    expect(live.map(({ number }) => number)).toEqual(live.map((_, i) => i + 1));
    // Sessions and call ids are 32 hex digits; hashes have 64.
    expect(JSON.stringify(await a.client.peerMessages({ limit: 500 }))).not.toMatch(/"[0-9a-f]{32}"/);

    await b.client.banPeer(a.url);
    await expect(b.client.sync(a.url)).rejects.toThrow('banned');
    await expect(b.client.peerMessages({ peer: 'nonsense' })).rejects.toMatchObject({ status: 422 });
    events.close();
  });

  test('tell of refusals, and of nobody who answers', async () => {
    const a = await runNode();
    const other = await runNode({ BLOCK_REWARD: '7' });
    await expect(a.client.sync(other.url)).rejects.toThrow('another network');
    await expect(a.client.sync('http://127.0.0.1:9')).rejects.toThrow('nobody listens');
    const { messages } = await a.client.peerMessages();
    expect(messages.map(({ kind, outcome, status }) => [kind, outcome, status])).toEqual([
      ['hello', 'refused', 400],
      ['params', 'ok', 200],
      ['hello', 'failed', null],
    ]);
    expect(messages[0]?.detail).toContain('BLOCK_REWARD');
    const { messages: inbound } = await other.client.peerMessages();
    expect(inbound).toMatchObject([
      { direction: 'in', kind: 'hello', outcome: 'refused', status: 400, peer: null },
    ]);
    await fetch(`${a.url}/p2p/headers`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array([0]),
    });
    const last = (await a.client.peerMessages({ limit: 1 })).messages[0];
    expect(last).toMatchObject({ kind: 'headers', outcome: 'refused', status: 401, bytes_received: 1 });
    expect(last?.detail).toContain('say hello first');
  });
});
