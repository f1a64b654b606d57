/**
 * Nodes that talk to each other, and to a node that speaks only what the Python original speaks.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blockToJson, transactionToJson } from '../../src/consensus/index.ts';
import { ApiError } from '../../src/protocol/index.ts';
import { ChainBuilder, key, pay } from '../support/chain-builder.ts';
import { runNode, type TestNode, until } from '../support/running-node.ts';

const alice = key('alice');
const bob = key('bob');
const builderOf = () => new ChainBuilder({ params: { retargetInterval: 0 }, miner: alice });

async function tell(node: TestNode, builder: ChainBuilder, ...names: string[]): Promise<void> {
  for (const name of names) await node.client.submitBlock(blockToJson(builder.at(name).block));
}

const tipOf = async (node: TestNode): Promise<string | null> => (await node.client.health()).tip_hash;

/** The tip as the original's `POST /block` takes it. */
async function tipBlockOf(node: TestNode): Promise<unknown> {
  const { block_hash, header, transactions } = await node.client.block((await tipOf(node)) ?? '');
  return { block_hash, header, transactions };
}

/** Answers /health and /chain as the original does: no query is looked at, the whole chain comes at once. */
async function originalNode(
  builder: ChainBuilder,
  tip: string,
): Promise<{ url: string; received: { path: string; body: unknown }[] }> {
  const { chain } = builder.at(tip);
  const received: { path: string; body: unknown }[] = [];
  const server = createServer((request, response) => {
    const answer = (value: unknown): void => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    const top = builder.at(tip);
    if (request.url?.startsWith('/health') === true) {
      answer({
        status: 'healthy',
        node_name: 'api',
        chain_height: top.height,
        tip_hash: top.hash,
        utxo_count: 1,
        mempool_size: 0,
        peer_count: 0,
      });
    } else if (request.url?.startsWith('/chain') === true) {
      answer({
        height: top.height,
        tip_hash: top.hash,
        blocks: chain.map(({ block }) => blockToJson(block)),
      });
    } else if (!['/tx', '/block'].includes(request.url ?? '')) {
      response.statusCode = 404;
      answer({ detail: 'Not Found' });
    } else {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        received.push({ path: request.url ?? '', body: JSON.parse(text) });
        answer({ message: 'ok' });
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

describe('sync', () => {
  it('fetches a longer chain from where it leaves ours, and answers as the original does', async () => {
    const builder = builderOf().extend(120).fork('a60').extend(3, 'b');
    const [ahead, behind] = [await runNode(), await runNode()];
    await tell(ahead, builder, ...builder.at('a120').chain.map(({ name }) => name));
    await tell(behind, builder, ...builder.at('b63').chain.map(({ name }) => name));
    expect(await behind.client.sync(ahead.url)).toEqual({
      synced: true,
      message: 'Chain imported successfully',
      new_height: 120,
    });
    expect(await tipOf(behind)).toBe(builder.at('a120').hash);
    expect(await behind.client.sync(`${ahead.url}/`)).toMatchObject({ synced: false, new_height: -1 });
    expect(await ahead.client.sync(behind.url)).toMatchObject({ synced: false });
  });

  it('says what it found at a peer without blocks, and at none', async () => {
    const [node, empty] = [await runNode(), await runNode()];
    expect(await node.client.sync(empty.url)).toMatchObject({
      synced: false,
      message: 'Peer has empty chain',
    });
    await expect(node.client.sync('http://127.0.0.1:1')).rejects.toMatchObject({ status: 502 });
    await expect(node.client.sync('nowhere')).rejects.toBeInstanceOf(ApiError);
  });

  it('refuses a node of another network, and says what differs', async () => {
    const [node, other] = [await runNode(), await runNode({ BLOCK_REWARD: '7', COINBASE_MATURITY: '3' })];
    await other.client.mine({ minerAddress: alice.address });
    await expect(node.client.sync(other.url)).rejects.toMatchObject({
      status: 502,
      message: expect.stringMatching(
        /BLOCK_REWARD is 7 there, 5000000000 here; COINBASE_MATURITY is 3 there, 0 here/,
      ) as string,
    });
    expect(await tipOf(node)).toBeNull();
  });

  it('takes the chain of an original node, and pushes it blocks and transactions', async () => {
    const builder = builderOf().extend(4);
    const node = await runNode();
    const original = await originalNode(builder, 'a4');
    expect(await node.client.sync(original.url)).toMatchObject({ synced: true, new_height: 4 });

    await node.client.addPeer(original.url);
    const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 5_000, fee: 500 });
    await node.client.submitTx(transactionToJson(payment));
    await node.client.mine({ minerAddress: bob.address });
    await until(() => original.received.length >= 2);
    const sent = (path: string): unknown[] =>
      original.received.filter((request) => request.path === path).map(({ body }) => body);
    expect(sent('/tx')).toEqual([transactionToJson(payment)]);
    expect(sent('/block')).toEqual([await tipBlockOf(node)]);
  });

  it('refuses an invalid chain, and keeps its own', async () => {
    const builder = builderOf()
      .extend(2)
      .block('stolen', {
        mutate: (block) => ({
          ...block,
          transactions: block.transactions.map((tx) => ({
            ...tx,
            outputs: [{ amount: 6_000_000_000, pubkeyHash: bob.address }],
          })),
        }),
      });
    const node = await runNode();
    const liar = await originalNode(builder, 'stolen');
    await expect(node.client.sync(liar.url)).rejects.toMatchObject({ status: 502 });
    expect(await tipOf(node)).toBe(builder.at('a2').hash);
  });
});

describe('peers', () => {
  it('pass on blocks and transactions over several hops', async () => {
    const line = [await runNode(), await runNode(), await runNode()];
    const [first, middle, last] = line as [TestNode, TestNode, TestNode];
    await first.client.addPeer(middle.url);
    await middle.client.addPeer(last.url);
    await first.client.mine({ minerAddress: alice.address });
    await until(async () => (await last.client.health()).chain_height === 0);

    const { utxos } = await first.client.utxos(alice.address);
    const builderCoin = utxos[0]!;
    const payment = pay({
      coins: [
        {
          outpoint: { txid: builderCoin.txid as never, index: builderCoin.vout },
          coin: { amount: builderCoin.amount, pubkeyHash: alice.address, height: 0, coinbase: true },
        },
      ],
      from: alice,
      to: bob,
      amount: 1_000,
      fee: 500,
    });
    await first.client.submitTx(transactionToJson(payment));
    await until(async () => (await last.client.health()).mempool_size === 1);
  });

  it('tell each other what is new although one knows the other by another name', async () => {
    const named = await runNode();
    const caller = await runNode({
      BOOTSTRAP_PEERS: named.url.replace('127.0.0.1', 'localhost'),
    });
    await until(async () => {
      const { stored_peers: stored } = await caller.client.peers();
      return stored.length === 1 && stored[0]?.calls_us === true;
    });
    await named.client.mine({ minerAddress: alice.address });
    await until(async () => (await caller.client.health()).chain_height === 0);
    await caller.client.mine({ minerAddress: alice.address });
    await until(async () => (await named.client.health()).chain_height === 1);
  });

  it('are handed what is new, and asked for it, by a node that cannot be called', async () => {
    const builder = builderOf().extend(2).fork('genesis').extend(4, 'b');
    const open = await runNode();
    const hidden = await runNode({
      PUBLIC_URL: 'http://127.0.0.1:1', // nobody listens there
      SYNC_INTERVAL: '1',
    });
    // Two branches: the longer one is where nobody can fetch it.
    await tell(open, builder, 'genesis', 'a1', 'a2');
    await tell(hidden, builder, 'genesis', 'b1', 'b2', 'b3', 'b4');
    await hidden.client.addPeer(open.url);
    await until(async () => (await tipOf(open)) === builder.at('b4').hash);
    await hidden.client.mine({ minerAddress: bob.address });
    await until(async () => (await open.client.health()).chain_height === 5);

    const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 5_000, fee: 500 });
    await open.client.submitTx(transactionToJson(payment));
    await until(async () => (await hidden.client.health()).mempool_size === 1);
    await open.client.mine({ minerAddress: bob.address });
    await until(async () => (await hidden.client.health()).chain_height === 6);
    expect((await open.client.peers()).stored_peers).toMatchObject([{ source: 'inbound', kind: 'unknown' }]);
  });

  it('are remembered once, in one spelling, and no more than MAX_PEERS', async () => {
    const node = await runNode({ MAX_PEERS: '2' });
    expect(await node.client.addPeer('http://127.0.0.1:18001/')).toEqual({
      message: 'Added peer: http://127.0.0.1:18001',
    });
    await node.client.addPeer('HTTP://127.0.0.1:18001');
    await node.client.addPeer('http://127.0.0.1:18002');
    await expect(node.client.addPeer('http://127.0.0.1:18003')).rejects.toMatchObject({
      status: 400,
      reason: 'too-many-peers',
    });
    for (const url of ['not a url', 'ftp://host', 'http://user:password@host', 'http://host/?a=b']) {
      await expect(node.client.addPeer(url)).rejects.toMatchObject({ status: 422 });
    }
    const { stored_peers: stored } = await node.client.peers();
    expect(stored.map(({ url }) => url)).toEqual(['http://127.0.0.1:18001', 'http://127.0.0.1:18002']);
  });

  it('are asked for better chains by themselves, and count their failures', async () => {
    const builder = builderOf().extend(3);
    const ahead = await runNode();
    await tell(ahead, builder, 'genesis', 'a1', 'a2', 'a3');
    const node = await runNode({ SYNC_INTERVAL: '1', BOOTSTRAP_PEERS: `${ahead.url},http://127.0.0.1:1` });
    await until(async () => (await node.client.health()).chain_height === 3);
    await until(async () => (await node.client.peers()).peers.length === 1); // the silent one is not active any more
    const { stored_peers: stored } = await node.client.peers();
    expect(stored).toEqual([
      expect.objectContaining({ url: ahead.url, is_active: true, failures: 0 }),
      expect.objectContaining({ url: 'http://127.0.0.1:1', is_active: false }),
    ]);
  });
});
