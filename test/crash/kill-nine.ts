/**
 * `kill -9` at random moments, over and over, on one database: whatever was acknowledged must be there afterwards, and the
 * database must open by itself.
 *
 * One life of the node: it starts, mines and takes payments until SIGKILL hits it, somewhere between "not ready yet" and the
 * middle of a commit. What it acknowledged is noted by the test, which survives. The next life is asked for all of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Txid } from '../../src/consensus/index.ts';
import { transactionToJson } from '../../src/consensus/index.ts';
import { ApiError, NodeUnreachableError } from '../../src/protocol/index.ts';
import { buildPayment, walletFromPrivateKey } from '../../src/wallet/index.ts';
import { NodeProcess } from '../support/node-process.ts';

const alice = walletFromPrivateKey('a1'.repeat(32));
const bob = walletFromPrivateKey('b0'.repeat(32));

/** What the node said yes to. */
interface Promises {
  readonly blocks: Map<string, number>;
  readonly transactions: Set<string>;
}

/** How often: half of the time of all tests would go into many. For a night of them, set KILLS. */
export const KILLS = Number(process.env['KILLS'] ?? 8);

export interface KillReport {
  readonly kills: number;
  /** Those of its lives that got as far as working. */
  readonly workingLives: number;
  readonly blocks: number;
  readonly transactions: number;
}

/** Deterministic for a seed, so that a failure can be played again (as far as a kill can be). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Kills a node `kills` times. @param env names the database; it is the same for all lives */
export async function killAgainAndAgain(options: {
  env: Readonly<Record<string, string>>;
  kills: number;
  seed: number;
}): Promise<KillReport> {
  const random = randomNumbers(options.seed);
  const promises: Promises = { blocks: new Map(), transactions: new Set() };
  let workingLives = 0;
  for (let life = 0; life < options.kills; life++) {
    // One in eight dies while it starts.
    if (life % 8 === 7) {
      const child = NodeProcess.spawn({ env: options.env });
      await sleep(random() * 1_000);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      continue;
    }
    workingLives++;
    const node = await NodeProcess.start({ env: options.env });
    try {
      await expectKept(node, promises);
      // The moment depends on work done, not on time, so that a slow machine is tested as hard as a quick one; the last
      // few milliseconds are left to chance, to hit every stage of a commit.
      const enough = {
        blocks: promises.blocks.size + 1 + Math.floor(random() * 8),
        transactions: promises.transactions.size + 1 + Math.floor(random() * 8),
      };
      await useUntilDead(node, promises, random, enough, () =>
        sleep(random() * 25).then(() => node.stop('SIGKILL')),
      );
    } finally {
      await node.stop('SIGKILL');
    }
  }
  const last = await NodeProcess.start({ env: options.env });
  await expectKept(last, promises);
  expect(await last.stop('SIGTERM')).toBe(0);
  return {
    kills: options.kills,
    workingLives,
    blocks: promises.blocks.size,
    transactions: promises.transactions.size,
  };
}

/** Every acknowledged block is in the active chain, every acknowledged payment in a block or in the mempool. */
async function expectKept(node: NodeProcess, promises: Promises): Promise<void> {
  for (const [hash, height] of promises.blocks) {
    expect(await node.client.block(hash), `block ${height} after a crash`).toMatchObject({
      height,
      status: 'active',
    });
  }
  for (const txid of promises.transactions) {
    expect((await node.client.tx(txid)).txid, 'a payment after a crash').toBe(txid);
  }
}

/** Mines and pays as fast as the node answers, until it does not: with so much done, `kill` is called. */
async function useUntilDead(
  node: NodeProcess,
  promises: Promises,
  random: () => number,
  enough: { readonly blocks: number; readonly transactions: number },
  kill: () => Promise<unknown>,
): Promise<void> {
  let killed: Promise<unknown> | undefined;
  const untilDead = async (act: () => Promise<void>): Promise<void> => {
    for (;;) {
      try {
        await act();
        const { blocks, transactions } = promises;
        if (blocks.size >= enough.blocks && transactions.size >= enough.transactions) killed ??= kill();
      } catch (error) {
        if (error instanceof NodeUnreachableError) return;
        // A payment may be refused: its coin was spent a moment ago by the one before. Anything else is a fault.
        if (!(error instanceof ApiError) || error.status >= 500) throw error;
      }
    }
  };
  await Promise.all([
    untilDead(async () => {
      const mined = await node.client.mine({ minerAddress: random() < 0.7 ? alice.address : bob.address });
      promises.blocks.set(mined.block_hash, mined.height);
    }),
    untilDead(() => payOnce(node, promises, random)),
  ]);
  await killed;
}

async function payOnce(node: NodeProcess, promises: Promises, random: () => number): Promise<void> {
  const { utxos } = await node.client.utxos(alice.address, { limit: 20 });
  const large = utxos.filter(({ amount }) => amount > 10_000);
  const coin = large[Math.floor(random() * large.length)];
  if (coin === undefined) return sleep(1);
  const { transaction } = buildPayment({
    coins: [{ txid: coin.txid as Txid, index: coin.vout, amount: coin.amount }],
    privateKey: alice.privateKey,
    to: bob.address,
    amount: 1 + Math.floor((coin.amount - 2_000) * random()),
    fee: 1_000,
  });
  const { txid } = await node.client.submitTx(transactionToJson(transaction));
  promises.transactions.add(txid);
}
