/**
 * Many nodes, several miners, payments here and there, for a while: forks come and go by themselves. In the end all must agree.
 */
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/protocol/index.ts';
import { expectDatabaseVerifies } from '../crash/verify-database.ts';
import {
  each,
  inTurns,
  type ProcessEngine,
  type ProcessNetwork,
  type ProcessNode,
  waitingAt,
  withNetwork,
} from '../support/network-of-processes.ts';
import { expectSameEverywhere } from './agreement.ts';
import { alice, bob, carol, coinsOf, payWith } from './scenario-payments.ts';

const MINERS = 5;
/**
 * At the share that they get, all miners together try some 170,000 hashes a second on a machine of our days, so a block takes
 * about 0.8 s. On a slower or busier machine it takes longer, and nothing else changes.
 */
const SETTINGS = {
  DISCOVER_PEERS: 'false',
  DEFAULT_TARGET: `0x00007f${'f'.repeat(58)}`,
};
const EFFORT = { threads: 1, share: 0.05 };
const BLOCKS = 25;

export interface Crowd {
  readonly nodes: number;
  /**
   * So many of them keep their chain in a database, miners first; the others in memory. Whom a node talks to does not
   * depend on that, and twenty embedded databases take a machine of two cores minutes.
   */
  readonly stored: number;
}

export function crowdScenario(engine: ProcessEngine, { nodes: count, stored }: Crowd): void {
  describe(`a crowd on ${engine}`, () => {
    it(`of ${count} nodes with ${MINERS} miners agrees in the end`, { timeout: 900_000 }, () =>
      withNetwork(engine, SETTINGS, async (network) => {
        const random = randomNumbers(20);
        const names = Array.from({ length: count }, (_, i) => `node${i}`);
        const nodes: ProcessNode[] = [...(await network.start(...names.slice(0, stored)))];
        await inTurns(names.slice(stored), 4, async (name) => {
          nodes.push(await network.startOne(name, { DATABASE_URL: 'memory:' }));
        });
        const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
        await joinAtRandom(network, nodes, random);

        const wallets = [alice, bob, carol];
        const miners = nodes.slice(0, MINERS);
        for (const [i, { client }] of miners.entries())
          await client.miningStart((wallets[i % wallets.length] ?? alice).address, EFFORT);

        const spent = new Set<string>();
        /** Somebody pays somebody, somewhere. No coin twice: of rivals, each node would keep the one that it saw first. */
        const payOnce = async (): Promise<string | undefined> => {
          const [node, from] = [pick(nodes), pick(wallets)];
          const coins = (await coinsOf(node, from)).filter(
            ({ txid, index }) => !spent.has(`${txid} ${index}`),
          );
          if (coins.length === 0) return undefined;
          const coin = pick(coins);
          spent.add(`${coin.txid} ${coin.index}`);
          try {
            return await payWith(node, coin, { from, to: pick(wallets) });
          } catch (error) {
            // The block of this coin may have lost against another one in the last moment.
            if (!(error instanceof ApiError) || error.status >= 500) throw error;
            return undefined;
          }
        };
        let paidAt = -1;
        await network.until(
          `the chain has ${BLOCKS} blocks`,
          async () => {
            const { chain_height: height } = await pick(nodes).client.health();
            if (height > paidAt) await payOnce();
            paidAt = Math.max(paidAt, height);
            return height;
          },
          (height) => height + 1 >= BLOCKS,
          { pollMs: 200 },
        );
        expect(spent.size).toBeGreaterThan(BLOCKS / 10);
        await Promise.all(miners.map(({ client }) => client.miningStop()));

        // The last block may have had a rival. One more settles that, when everybody has heard of the most work.
        await network.until(
          'all are at one height',
          () => each(nodes, async ({ client }) => (await client.health()).chain_height),
          (heights) => new Set(Object.values(heights)).size === 1,
        );
        const { block_hash: tip } = await pick(nodes).client.mine({ minerAddress: alice.address });
        await network.untilTip(tip);
        await Promise.all([payOnce(), payOnce()]);
        await network.until(
          'the same transactions wait everywhere',
          () => each(nodes, waitingAt),
          (pools) => new Set(Object.values(pools).map(String)).size === 1,
        );
        await expectSameEverywhere(nodes);
        await network.stop();
        await inTurns(nodes.slice(0, stored), 2, ({ env }) => expectDatabaseVerifies(env));
      }),
    );
  });
}

/** Lays out lines so that there is a way from each node to each other one, and some more. */
async function joinAtRandom(
  network: ProcessNetwork,
  nodes: readonly ProcessNode[],
  random: () => number,
): Promise<void> {
  const lines: [ProcessNode, ProcessNode][] = [];
  const join = (node: ProcessNode, others: readonly ProcessNode[]): void => {
    const other = others[Math.floor(random() * others.length)];
    if (other !== undefined) lines.push([node, other]);
  };
  for (const [i, node] of nodes.entries()) {
    join(node, nodes.slice(0, i));
    if (i % 2 === 1) join(node, nodes.slice(0, i));
  }
  await inTurns(lines, 4, ([from, to]) => network.link(from, to));
}

/** The same each time for a seed. @returns numbers from 0 up to 1 */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
