/**
 * The fast path against a slow one. A chain state as a node has it (signatures in threads, few coins in its cache, blocks
 * handed in by the batch, a real store) and a validator that computes everything from genesis, without any of our code
 * (naive-chain.ts), hear of the same random blocks: good ones, ones that break a rule, spoiled copies, in any order, some
 * twice, on branches that overtake each other. They must agree about every single block, and after each batch about tip,
 * coins, balances and histories; also when the program has ended in between.
 *
 * DIFFERENTIAL_RUNS=5000 npx vitest run test/differential    chains per store, other ones each time
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AcceptedBlock, Chainstate } from '../../src/chainstate/index.ts';
import {
  type Block,
  outpointKey,
  type Reason,
  REASONS,
  type Txid,
  type Verdict,
} from '../../src/consensus/index.ts';
import { VerifiedTransactions } from '../../src/mempool/index.ts';
import { nativeEngine } from '../../src/node/native-engine.ts';
import { portableEngine } from '../../src/node/portable-engine.ts';
import { VerifyWorkerPool } from '../../src/node/verify-worker-pool.ts';
import { openStorage, type Storage } from '../../src/storage/index.ts';
import { createTestStore } from '../support/postgres-server.ts';
import { NOW_S, OWNERS, PARAMS } from './draft.ts';
import { NaiveChain, type NaiveVerdict } from './naive-chain.ts';
import { hashOf, NOTHING, txidOf } from './naive-encoding.ts';
import {
  aChainPlan,
  buildBlocks,
  type ChainPlan,
  deliveriesOf,
  type Delivery,
  plansOfAllFaults,
} from './random-chain.ts';

const wanted = Number(process.env['DIFFERENTIAL_RUNS'] ?? 0);
/** Always the same chains in the suite: it must not fail by chance. More of them, and always others, when asked for. */
const RUNS = { memory: wanted || 70, pglite: wanted || 4 };
const TIMEOUT_MS = wanted > 0 ? 24 * 3_600_000 : 120_000;
const SEED = wanted > 0 ? {} : { seed: 20_260_101 };

/** They come first; so every reason is met, whatever chance brings. */
const EXAMPLES = { memory: plansOfAllFaults().map((plan): [ChainPlan] => [plan]), pglite: [] };

const clock = { nowS: () => NOW_S, nowMs: () => NOW_S * 1000 };
// Every batch goes to the threads, however small.
const verifier = new VerifyWorkerPool({
  engine: nativeEngine() ?? portableEngine(),
  threads: 2,
  minChecks: 1,
});
/** How often each reason was given. */
const reasons = new Map<Reason, number>();
let taken = 0;

afterAll(() => verifier.close());

describe.each(['memory', 'pglite'] as const)('on %s', (engine) => {
  let place: Awaited<ReturnType<typeof createTestStore>>;
  let storage: Storage;
  let chain: Chainstate;
  beforeAll(async () => {
    place = await createTestStore(engine);
    storage = await openStorage(place);
  });
  afterAll(async () => {
    await storage.close();
    await place.remove();
  });

  async function emptyStore(): Promise<void> {
    if (engine === 'memory') storage = await openStorage(place);
    while ((await storage.migrations.rollback()) !== undefined);
    await storage.migrations.migrate();
  }

  async function openChain(coinsCacheSize: number): Promise<void> {
    const verified = new VerifiedTransactions();
    chain = await Chainstate.open(
      { params: PARAMS, coinsCacheSize },
      { store: storage.chain, verifier, clock, verified },
    );
  }

  /** The program has ended and starts again; the store with it, which takes the embedded database a second. */
  async function reopen({ coinsCacheSize }: ChainPlan, withStore: boolean): Promise<void> {
    await chain.close();
    if (withStore && engine === 'pglite') {
      await storage.close();
      storage = await openStorage(place);
    }
    await openChain(coinsCacheSize);
  }

  it('says what the naive validator says, block by block', { timeout: TIMEOUT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(aChainPlan, async (plan) => {
        await emptyStore();
        await openChain(plan.coinsCacheSize);
        const naive = new NaiveChain(PARAMS, NOW_S);
        const batches = deliveriesOf(plan, buildBlocks(plan.blocks));
        for (const [turn, batch] of batches.entries()) {
          for (const group of groupsOf(batch)) {
            const answers = await handOver(plan, group, chain, naive);
            for (const [index, delivery] of group.entries()) {
              const expected = tell(naive, delivery);
              expect(answers[index], delivery.what).toEqual(expected);
              note(expected);
            }
          }
          await expectSameChain(naive, chain, storage);
          if (turn % plan.reopenAfter === plan.reopenAfter - 1) {
            await reopen(plan, false);
            naive.reopen();
            await expectSameChain(naive, chain, storage);
          }
        }
        await reopen(plan, true);
        naive.reopen();
        await expectSameChain(naive, chain, storage);
        await expectSameHistory(naive, storage);
      }),
      // To make a counterexample small takes minutes: seed and path are enough to do that when it is wanted.
      { numRuns: RUNS[engine], examples: EXAMPLES[engine], endOnFailure: true, ...SEED },
    );
  });
});

it('every reason was given that a block can have', () => {
  const aboutBlocks = (Object.keys(REASONS) as Reason[]).filter((reason) =>
    ['transaction', 'header', 'block'].includes(REASONS[reason].about),
  );
  // A transaction larger than a block is in a block that is too large itself.
  const possible = aboutBlocks.filter((reason) => reason !== 'bad-txns-oversize');
  expect(possible.filter((reason) => !reasons.has(reason))).toEqual([]);
  expect(taken).toBeGreaterThan(RUNS.memory);
});

type Answer = NaiveVerdict | Reason | undefined;

/**
 * What may be handed in together: up to headers, which do not wait for the blocks in the queue, and up to a spoiled copy. (Of
 * blocks that are taken together, those above a spoiled one are refused and not held until the good one comes.)
 */
function groupsOf(batch: readonly Delivery[]): Delivery[][] {
  const groups: Delivery[][] = [[]];
  for (const delivery of batch) {
    if (delivery.kind === 'headers') groups.push([delivery], []);
    else {
      groups.at(-1)!.push(delivery);
      if (delivery.isSpoiled) groups.push([]);
    }
  }
  return groups;
}

/** All of a group at once. */
async function handOver(
  plan: ChainPlan,
  group: readonly Delivery[],
  chain: Chainstate,
  naive: NaiveChain,
): Promise<Answer[]> {
  const [first] = group;
  if (first?.kind === 'headers') return [chain.acceptHeaders(first.headers).failure?.reason];
  const blocks = group.flatMap((delivery) => (delivery.kind === 'block' ? [delivery.block] : []));
  if (plan.prepared) {
    // Headers first, as in a sync: what has no header is not prepared.
    for (const block of blocks) {
      const { failure } = chain.acceptHeaders([block.header]);
      expect(failure?.reason).toBe(naive.acceptHeaders([block.header]));
      chain.prepareBlock(block);
    }
  }
  // Together they are taken before what waits for one of them, alone after it; of equal work, the first is followed.
  const verdicts =
    plan.together && naive.orphanCount === 0 && !naive.hasLooseBodies && isInOrder(blocks, naive)
      ? await chain.acceptBlocks(blocks)
      : await Promise.all(blocks.map((block) => chain.acceptBlock(block)));
  return verdicts.map(answerOf);
}

/** Parents before their children, and none unknown. */
function isInOrder(blocks: readonly Block[], naive: NaiveChain): boolean {
  const seen = new Set<string>([NOTHING]);
  return blocks.every(({ header }) => {
    seen.add(hashOf(header));
    return seen.has(header.prevHash) || naive.knows(header.prevHash);
  });
}

function answerOf(verdict: Verdict<AcceptedBlock>): NaiveVerdict {
  if (!verdict.ok) return { ok: false, reason: verdict.reason, class: verdict.class };
  const { hash, height, status } = verdict.value;
  return { ok: true, hash, height, status };
}

function tell(naive: NaiveChain, delivery: Delivery): Answer {
  return delivery.kind === 'headers' ? naive.acceptHeaders(delivery.headers) : naive.accept(delivery.block);
}

function note(answer: Answer): void {
  if (typeof answer !== 'object') return;
  if (answer.ok) taken++;
  else reasons.set(answer.reason, (reasons.get(answer.reason) ?? 0) + 1);
}

async function expectSameChain(naive: NaiveChain, chain: Chainstate, storage: Storage): Promise<void> {
  const coins = naive.coins();
  expect(chain.tip?.hash).toBe(naive.tip);
  expect(chain.height).toBe(naive.active.length - 1);
  expect(chain.orphanCount).toBe(naive.orphanCount);
  expect(chain.coinCount).toBe(coins.size);
  const stored = new Map<string, unknown>();
  for await (const portion of storage.chain.allCoins())
    for (const { outpoint, coin } of portion) stored.set(outpointKey(outpoint.txid, outpoint.index), coin);
  expect(stored).toEqual(coins);
  for (const { address } of OWNERS) {
    const own = [...coins.values()].filter(({ pubkeyHash }) => pubkeyHash === address);
    const balance = own.reduce((sum, { amount }) => sum + amount, 0);
    expect(await storage.chain.balance(address)).toEqual({ balance, coinCount: own.length });
    const { items } = await storage.chain.historyOf(address, { limit: 1_000 });
    expect(items).toEqual(naive.historyOf(address));
  }
}

/** Every height and every transaction of the active chain. */
async function expectSameHistory(naive: NaiveChain, storage: Storage): Promise<void> {
  const { active } = naive;
  for (const [height, block] of active.entries()) {
    const coins = [...naive.coins(height).values()];
    for (const { address } of OWNERS) {
      const own = coins.filter(({ pubkeyHash }) => pubkeyHash === address);
      const balance = own.reduce((sum, { amount }) => sum + amount, 0);
      expect(await storage.chain.balance(address, height)).toEqual({ balance, coinCount: own.length });
    }
    for (const [position, tx] of block.transactions.entries()) {
      const found = await storage.chain.findTransaction(txidOf(tx) as Txid);
      expect(found).toMatchObject({ height, position });
    }
  }
}
