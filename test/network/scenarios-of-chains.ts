/**
 * What a network has to get right while nobody cheats and nothing breaks: news, newcomers, rivals, partitions. Told with real
 * node processes.
 */
import { describe, expect, it } from 'vitest';
import { expectDatabaseVerifies } from '../crash/verify-database.ts';
import { each, type ProcessEngine, type ProcessNode, withNetwork } from '../support/network-of-processes.ts';
import { expectSameEverywhere } from './agreement.ts';
import { alice, bob, carol, coinsOf, payWith } from './scenario-payments.ts';

/** The line-up stays as it was laid out, and what travels travels by being told. */
const AS_LAID_OUT = { DISCOVER_PEERS: 'false' };
/** Far above what any of these takes, so that the waits inside give up first and tell why. */
const TIMEOUT = { timeout: 400_000 };

export function chainScenarios(engine: ProcessEngine): void {
  describe(`a network on ${engine}`, () => {
    it('passes news along a line, both ways, and nobody fetches anything twice', TIMEOUT, () =>
      withNetwork(engine, AS_LAID_OUT, async (network) => {
        network.bystanders('b', 'c', 'd');
        const line = await network.start('a', 'b', 'c', 'd');
        const [a, , , d] = line;
        await network.linkInLine(line);
        const { block_hash: genesis } = await a.client.mine({ minerAddress: alice.address });
        await network.untilTip(genesis);

        for (const [from, others] of [
          [a, line.slice(1)],
          [d, line.slice(0, -1)],
        ] as const) {
          const before = await each(line, fetchedBy);
          const [coin] = await coinsOf(from, alice);
          const txid = await payWith(from, coin, { from: alice, to: alice });
          await network.untilWaiting([txid]);
          const mined = await from.client.mine({ minerAddress: bob.address });
          expect(mined.transactions).toBe(2);
          await network.untilTip(mined.block_hash);

          const after = await each(line, fetchedBy);
          for (const { name } of line) {
            const once = others.some((other) => other.name === name) ? 1 : 0;
            const fetched = before[name];
            if (fetched === undefined) continue;
            // The payment waits here when the block comes: its short form is all that is needed.
            expect(after[name], `what ${name} fetched, told by ${from.name}`).toEqual({
              ...fetched,
              transactions: fetched.transactions + once,
              'compact-block': fetched['compact-block'] + once,
            });
          }
        }
        await network.untilWaiting([]);
      }),
    );

    it('gives a newcomer the chain, what waits, and the other nodes', TIMEOUT, () =>
      withNetwork(engine, {}, async (network) => {
        network.bystanders('second');
        const [first, second] = await network.start('first', 'second');
        await network.link(first, second);
        await first.client.mine({ minerAddress: alice.address, blocks: 25 });
        const coins = await coinsOf(first, alice);
        for (let round = 0; round < 10; round++) {
          for (const coin of coins.splice(0, 2)) await payWith(first, coin, { from: alice, to: bob });
          await first.client.mine({ minerAddress: carol.address, blocks: 10 });
        }
        const waiting = [
          await payWith(first, coins.shift(), { from: alice, to: bob }),
          await payWith(first, coins.shift(), { from: alice, to: carol }),
        ];
        await network.untilWaiting(waiting);

        const late = await network.startOne('late', { BOOTSTRAP_PEERS: first.url });
        await network.untilTip((await first.client.health()).tip_hash);
        await network.untilWaiting(waiting);
        expect((await late.client.health()).chain_height).toBe(124);
        await network.linked(late, second);
        await expectSameEverywhere(network.nodes);
        await network.stop();
        await expectDatabaseVerifies(late.env);
      }),
    );

    it('settles a race of two miners by the next block, and forgets no payment', TIMEOUT, () =>
      withNetwork(engine, AS_LAID_OUT, async (network) => {
        network.bystanders('winner');
        const [winner, loser] = await network.start('winner', 'loser');
        await network.link(winner, loser);
        const { block_hash: fork } = await winner.client.mine({ minerAddress: alice.address, blocks: 4 });
        await network.untilTip(fork);
        await network.partition(winner, loser);

        const [coin, otherCoin] = await coinsOf(winner, alice);
        const kept = await payWith(winner, coin, { from: alice, to: bob });
        const returned = await payWith(loser, otherCoin, { from: alice, to: bob });
        const { block_hash: one } = await winner.client.mine({ minerAddress: bob.address });
        const { block_hash: other } = await loser.client.mine({ minerAddress: carol.address });
        await network.heal(winner, loser);

        // Equal work: each has heard of the other's block, and stays with the one that it saw first.
        await network.until(
          'both have heard of both blocks',
          () => each([winner, loser], async ({ client }) => (await client.tips()).tips),
          (tips) => Object.values(tips).every(({ length }) => length === 2),
        );
        await network.untilTip(one, [winner]);
        await network.untilTip(other, [loser]);

        const { block_hash: decider } = await winner.client.mine({ minerAddress: bob.address });
        await network.untilTip(decider);
        await network.untilWaiting([returned]);
        expect(await loser.client.tx(kept)).toMatchObject({ confirmations: 2 });
        const { tips, reorgs } = await loser.client.tips();
        expect(tips).toEqual([
          expect.objectContaining({ block_hash: decider, height: 5, status: 'active' }),
          expect.objectContaining({
            block_hash: other,
            height: 4,
            status: 'valid-fork',
            branch_length: 1,
            fork_height: 3,
            fork_hash: fork,
          }),
        ]);
        expect(reorgs).toEqual([
          expect.objectContaining({
            depth: 1,
            fork_height: 3,
            old_tip: { height: 4, block_hash: other },
            new_tip: { height: 5, block_hash: decider },
            transactions_left: 1,
            transactions_kept: 0,
            transactions_returned: 1,
            story: expect.stringMatching(
              /^1 block after height 3 .* a branch of 2 blocks had more work; its one payment waits again\.$/,
            ) as string,
          }),
        ]);
        expect((await winner.client.tips()).reorgs).toEqual([]);

        await network.untilTip((await loser.client.mine({ minerAddress: carol.address })).block_hash);
        expect(await winner.client.tx(returned)).toMatchObject({ confirmations: 1 });
        await network.untilWaiting([]);
        await expectSameEverywhere(network.nodes);
      }),
    );

    it('heals a partition of 30 blocks: one chain, and payments of the lost side wait again', TIMEOUT, () =>
      withNetwork(engine, AS_LAID_OUT, async (network) => {
        network.bystanders('west2', 'east1');
        const line = await network.start('west1', 'west2', 'east1', 'east2');
        const [west1, west2, east1, east2] = line;
        await network.linkInLine(line);
        const common = await west1.client.mine({ minerAddress: alice.address, blocks: 40 });
        await network.untilTip(common.block_hash);
        const coins = await coinsOf(west1, alice);
        await network.partition(west2, east1);

        const inTheWest: string[] = [];
        for (let block = 0; block < 30; block++) {
          inTheWest.push(await payWith(west1, coins[block], { from: alice, to: bob }));
          await west1.client.mine({ minerAddress: bob.address });
        }
        // The first coin is spent on both sides: only one of the two payments can stay.
        const inTheEast = [await payWith(east2, coins[0], { from: alice, to: carol })];
        for (const coin of coins.slice(30, 35))
          inTheEast.push(await payWith(east2, coin, { from: alice, to: carol }));
        const east = await east2.client.mine({ minerAddress: carol.address, blocks: 31 });
        await network.untilTip((await west1.client.health()).tip_hash, [west1, west2]);
        await network.untilTip(east.block_hash, [east1, east2]);

        await network.heal(west2, east1);
        await network.untilTip(east.block_hash);
        const [lostForEver = '', ...waitAgain] = inTheWest;
        await network.untilWaiting(waitAgain);
        for (const { client } of line) {
          await expect(client.tx(lostForEver)).rejects.toMatchObject({ status: 404 });
          for (const txid of inTheEast) expect((await client.tx(txid)).confirmations).toBe(31);
        }
        for (const node of [west1, west2]) {
          const { reorgs } = await node.client.tips();
          expect(reorgs).toEqual([expect.objectContaining({ depth: 30, transactions_left: 30 })]);
        }
        await expectSameEverywhere(line);
        await network.stop();
        for (const { env } of [west1, east2]) await expectDatabaseVerifies(env);
      }),
    );

    it('joins nodes that began with a genesis block each: most work wins', TIMEOUT, () =>
      withNetwork(engine, AS_LAID_OUT, async (network) => {
        network.bystanders('large');
        const [small, large] = await network.start('small', 'large');
        await small.client.mine({ minerAddress: bob.address, blocks: 5 });
        const [coin] = await coinsOf(small, bob);
        await payWith(small, coin, { from: bob, to: alice });
        await small.client.mine({ minerAddress: bob.address });
        const { block_hash: tip } = await large.client.mine({ minerAddress: carol.address, blocks: 9 });
        const genesisHashes = await each(
          network.nodes,
          async ({ client }) => (await client.params()).genesis_hash,
        );
        expect(genesisHashes['small']).not.toBe(genesisHashes['large']);

        await network.link(small, large);
        await network.untilTip(tip);
        expect((await small.client.params()).genesis_hash).toBe(genesisHashes['large']);
        const { reorgs } = await small.client.tips();
        expect(reorgs).toEqual([expect.objectContaining({ depth: 6, fork_height: -1, fork_hash: null })]);
        // What was paid there was paid with coins that never were.
        await network.untilWaiting([]);
        await expectSameEverywhere(network.nodes);
        await network.stop();
        await expectDatabaseVerifies(small.env);
      }),
    );
  });
}

/** Messages that fetch transactions or blocks, whole or in parts. */
const FETCHING = ['transactions', 'compact-block', 'block-transactions', 'blocks'] as const;

/** How many requests of each kind a node has made. */
async function fetchedBy(node: ProcessNode): Promise<Record<(typeof FETCHING)[number], number>> {
  const counts = await Promise.all(FETCHING.map((message) => node.messages(message, 'sent')));
  return Object.fromEntries(FETCHING.map((message, i) => [message, counts[i] ?? 0])) as never;
}
