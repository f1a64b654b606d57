/** `watch`, of whole nodes that do things, break off and come back. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { Value } from '@sinclair/typebox/value';
import { ChainBuilder, key, pay } from '../../test/support/chain-builder.ts';
import { runNode, type TestNode, until } from '../../test/support/running-node.ts';
import { NAMED_SCHEMAS, NodeMessage } from '../protocol/index.ts';
import { main } from './main.ts';
import { RecordingTerminal, type RecordingOptions } from './recording-terminal.ts';

const alice = key('alice');
const bob = key('bob');

interface Watching {
  readonly terminal: RecordingTerminal;
  readonly ended: Promise<number>;
}

/** Starts the command and waits until it follows. */
async function watching(
  node: Pick<TestNode, 'url'>,
  argv: readonly string[],
  options: RecordingOptions = {},
): Promise<Watching> {
  const terminal = new RecordingTerminal({ ...options, env: { MINI_BITCOIN_NODE: node.url } });
  const ended = main(['watch', ...argv], terminal);
  onTestFinished(async () => {
    terminal.signal();
    await ended;
  });
  await until(() => terminal.errors.includes('Following') || terminal.output.includes('"snapshot"'));
  return { terminal, ended };
}

/** A chain with a payment on one branch, and a longer branch without it. */
function branches() {
  const builder = new ChainBuilder({ miner: alice }).extend(1);
  const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 1_000, fee: 500 });
  builder
    .block('a2', { txs: [payment] })
    .fork('a1')
    .extend(2, 'b');
  return { builder, payment };
}

describe('watch', () => {
  test('tells of payments, blocks, a reorganisation with its story, and an address, a line each', async () => {
    const { builder, payment } = branches();
    const node = await runNode();
    const { chain, mempool } = node.node.services;
    const told = builder.tell({ accept: (block) => chain.acceptBlock(block) });
    await told.accepts('genesis', 'a1');
    const { terminal, ended } = await watching(node, ['--address', bob.address.toUpperCase()]);
    expect(terminal.errors).toMatch(
      /^Following .+ at http\S+: height 1, tip \w{8}…\w{8}; nothing waits; it does not mine; 0 peers connected; \w{8}…\w{8} has 0 /,
    );

    expect((await mempool.accept(payment)).ok).toBe(true);
    await until(() => terminal.output.includes('; 1 waiting'));
    await told.accepts('a2');
    await until(() => /confirmed \w{64}; nothing waits/.test(terminal.output));
    await told.accepts('b2', 'b3');
    await until(() => /nothing waits\n[^]*came /.test(terminal.output));
    const { output } = terminal;
    expect(output).toMatch(/^[\d-]{10} [\d:]{8} UTC {2}came \w{64}, [\d.]+ coins, fee 500 \(/m);
    expect(output).toContain(`block 2 ${builder.at('a2').hash}: 2 transactions`);
    expect(output).toContain(`block 2 ${builder.at('b2').hash} beside the chain`);
    expect(output).toContain(
      `height 3 on another branch: 1 block left, 2 blocks joined, tip ${builder.at('b3').hash}`,
    );
    const { reorgs } = await node.client.tips();
    expect(output).toContain(`reorganisation: ${reorgs[0]?.story}`);
    for (const text of ['waits', 'is in block 2', 'is no longer in block 2'])
      expect(output).toMatch(new RegExp(`\\w{8}…\\w{8}: \\w{64} ${text}$`, 'm'));

    terminal.signal();
    expect(await ended, 'Ctrl-C is how it ends').toBe(0);
  });

  test('goes on after a break, and says what was missed', async () => {
    const node = await runNode();
    const { port } = new URL(node.url);
    const { terminal } = await watching(node, ['blocks', 'mining']);
    await node.client.mine({ minerAddress: alice.address });
    await until(() => terminal.output.includes('found block 0'));
    await node.node.close();
    await until(() => terminal.errors.includes('connection lost (the node is stopping), trying again ...'));
    const again = await runNode({ NODE_PORT: port });
    await until(() => terminal.errors.includes('back; the node was started anew: no block yet'));
    await again.client.mine({ minerAddress: bob.address });
    await until(() => terminal.output.split('found block 0').length === 3);
    expect(terminal.errors.split('connection lost')).toHaveLength(2);
  });

  test('ends after so many events; stopped before, it has not done what was asked', async () => {
    const node = await runNode();
    const one = await watching(node, ['blocks', '--count', '1']);
    const more = await watching(node, ['blocks', '--count', '3']);
    await node.client.mine({ minerAddress: alice.address });
    expect(await one.ended).toBe(0);
    expect(one.terminal.output.trim().split('\n')).toHaveLength(1);
    await until(() => more.terminal.output !== '');
    more.terminal.signal();
    expect(await more.ended).toBe(130);
  });

  test('gives programs the node’s own messages, and nothing else', async () => {
    const node = await runNode();
    const { terminal, ended } = await watching(node, ['blocks', 'mining', '--count', '2', '--json']);
    await node.client.mine({ minerAddress: alice.address });
    expect(await ended).toBe(0);
    const messages = terminal.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as NodeMessage);
    expect(messages.map(({ type }) => type)).toEqual(['snapshot', 'event', 'event']);
    for (const message of messages)
      expect([...Value.Errors(NodeMessage, [...NAMED_SCHEMAS], message)]).toEqual([]);
    expect(terminal.errors).toBe('');
  });

  test('shows peers by their state, and a terminal in colours and with short times', async () => {
    const other = await runNode({ NODE_NAME: 'other' });
    const node = await runNode();
    const { terminal } = await watching(node, ['peers'], { isTTY: true, columns: 80 });
    await node.client.addPeer(other.url);
    await until(() => terminal.output.includes('connected'));
    expect(terminal.output).toMatch(/\d\d:\d\d:\d\d/);
    expect(terminal.output).not.toContain('UTC');
    expect(terminal.output).toMatch(/\(other\) \u001b\[32mconnected\u001b/);
    await node.client.removePeer(other.url);
    await until(() => terminal.output.includes('forgotten'));
  });

  test('refuses what is no topic, and says when nobody is there', async () => {
    const node = await runNode();
    const run = async (url: string, ...argv: string[]) => {
      const terminal = new RecordingTerminal({ env: { MINI_BITCOIN_NODE: url } });
      return [await main(['watch', ...argv], terminal), terminal.errors] as const;
    };
    expect(await run(node.url, 'weather')).toEqual([
      2,
      expect.stringMatching(/weather[^]*blocks, reorgs, mempool/),
    ]);
    expect((await run(node.url, '--address', 'xyz'))[0]).toBe(2);
    expect((await run(node.url, '--count', '0'))[0]).toBe(2);
    const many = Array.from({ length: 28 }, (_, i) => ['--address', String(i).padStart(40, '0')]).flat();
    expect(await run(node.url, ...many)).toEqual([2, expect.stringContaining('33 topics')]);
    await node.node.close();
    expect((await run(node.url))[0]).toBe(3);
    const full = await runNode({}, { limits: { eventClients: 0 } });
    expect(await run(full.url)).toEqual([1, expect.stringContaining('at most 0 clients are served')]);
  });
});
