/** Blocks that are kept for those who ask again: the same answers, fewer questions to the store, never more than allowed. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockSize, type BlockHash, type HeaderNode, txidOf } from '../consensus/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { ChainBuilder, key, pay } from '../../test/support/chain-builder.ts';
import { DEFAULT_SERVED_BLOCKS, ServedBlocks, type ServedBlocksOptions } from './served-blocks.ts';

const alice = key('alice');
const bob = key('bob');

/**
 *   genesis ─ a1 ─ a2 (a payment) ─ a3
 *             └── b2 ─ b3 (the same payment) ─ b4
 */
function twoBranches(): { builder: ChainBuilder; txid: ReturnType<typeof txidOf> } {
  const builder = new ChainBuilder({ miner: alice }).extend(1);
  const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 1_000, fee: 500 });
  builder
    .block('a2', { txs: [payment] })
    .extend(1, 'a')
    .fork('a1')
    .extend(1, 'b')
    .block('b3', { txs: [payment] })
    .extend(1, 'b');
  return { builder, txid: txidOf(payment) };
}

describe('served blocks', () => {
  const { builder, txid } = twoBranches();
  let node: ApiNode;
  beforeAll(async () => {
    node = await ApiNode.start();
    const told = builder.tell({ accept: (block) => node.services.chain.acceptBlock(block) });
    await told.accepts('genesis', 'a1', 'a2', 'a3', 'b2');
  });
  afterAll(() => node.close());

  const at = (name: string): HeaderNode => {
    const found = node.services.chain.headers.get(builder.at(name).hash);
    if (found === undefined) throw new Error(`the node does not know ${name}`);
    return found;
  };
  /** With a list of what was read from the store. */
  const serve = (options: Partial<ServedBlocksOptions> = {}) => {
    const { chain, store } = node.services;
    const reads: BlockHash[] = [];
    let searches = 0;
    const blocks = new ServedBlocks(
      chain,
      {
        readBlock: (hash) => {
          reads.push(hash);
          return store.readBlock(hash);
        },
        findTransaction: (wanted) => {
          searches++;
          return store.findTransaction(wanted);
        },
      },
      { ...DEFAULT_SERVED_BLOCKS, ...options },
    );
    return { blocks, reads, searches: () => searches };
  };

  test('a block of the chain is read once, however many ask, and at the same time', async () => {
    const { blocks, reads } = serve();
    const served = await Promise.all([blocks.get(at('a2')), blocks.get(at('a2')), blocks.get(at('a1'))]);
    expect(await blocks.get(at('a2'))).toBe(served[0]);
    expect(served.map((one) => one?.block)).toEqual(['a2', 'a2', 'a1'].map((name) => builder.at(name).block));
    expect(reads).toEqual(['a2', 'a1'].map((name) => builder.at(name).hash));
  });

  test('a block beside the chain is not kept: its body was never found valid', async () => {
    const { blocks, reads } = serve();
    for (let times = 0; times < 2; times++)
      expect((await blocks.get(at('b2')))?.block).toEqual(builder.at('b2').block);
    expect(reads).toHaveLength(2);
    expect(blocks.keptBytes).toBe(0);
  });

  test('what a list says of a block beside the chain holds for a moment: each snapshot asks for it', async () => {
    const kept = serve({ sideFactsMs: 1e9 });
    const facts = await kept.blocks.factsOf(at('b2'));
    expect(facts).toMatchObject({ transaction_count: 1, miner: alice.address });
    expect(await kept.blocks.factsOf(at('b2'))).toEqual(facts);
    expect(kept.reads).toHaveLength(1);

    const forgotten = serve({ sideFactsMs: 0 });
    for (let times = 0; times < 2; times++) await forgotten.blocks.factsOf(at('b2'));
    expect(forgotten.reads).toHaveLength(2);
  });

  test('a transaction of a block that is kept is found without the store', async () => {
    const { blocks, searches } = serve();
    const found = await blocks.find(txid);
    expect(found).toMatchObject({ node: at('a2'), position: 1 });
    expect(await blocks.find(txid)).toEqual(found);
    expect(searches()).toBe(1);
    expect(await blocks.find('ab'.repeat(32) as typeof txid)).toBeUndefined();
  });

  test('paging through the chain reads each block once and pushes out nothing', async () => {
    const { blocks, reads } = serve({ maxFacts: 2 });
    await blocks.get(at('a3'));
    const facts = [];
    for (const name of ['a3', 'a2', 'a2', 'a1', 'a3']) facts.push(await blocks.factsOf(at(name)));
    expect(facts[1]).toEqual({
      size: blockSize(builder.at('a2').block),
      transaction_count: 2,
      miner: alice.address,
      reward: builder.at('a2').block.transactions[0]?.outputs[0]?.amount,
      output_total: builder
        .at('a2')
        .block.transactions.flatMap(({ outputs }) => outputs)
        .reduce((sum, { amount }) => sum + amount, 0),
    });
    expect(facts[2]).toBe(facts[1]);
    expect(facts[4]).toEqual(facts[0]);
    expect(reads).toEqual(['a3', 'a2', 'a1'].map((name) => builder.at(name).hash));
  });

  test('never more bytes than allowed, and always what the store says', async () => {
    const names = ['genesis', 'a1', 'a2', 'a3', 'b2'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { maxLength: 30 }),
        fc.integer({ min: 0, max: 1_200 }),
        async (asked, maxBytes) => {
          const { blocks } = serve({ maxBytes });
          for (const name of asked) {
            expect((await blocks.get(at(name)))?.block).toEqual(builder.at(name).block);
            expect(blocks.keptBytes).toBeLessThanOrEqual(maxBytes);
          }
        },
      ),
    );
  });

  test('after a reorganisation a transaction is where it is now, and the old block is beside the chain', async () => {
    const ask = async (path: string) => (await node.app.inject(path)).json<Record<string, unknown>>();
    const before = await ask(`/tx/${txid}`);
    expect(before).toMatchObject({ block_hash: builder.at('a2').hash, fee: 500, confirmations: 2 });
    expect(await ask(`/block/${builder.at('a2').hash}`)).toMatchObject({
      status: 'active',
      confirmations: 2,
    });

    const told = builder.tell({ accept: (block) => node.services.chain.acceptBlock(block) });
    await told.accepts('b3', 'b4');
    expect(await ask(`/tx/${txid}`)).toEqual({
      ...before,
      ...{ block_hash: builder.at('b3').hash, block_height: 3, confirmations: 2 },
      timestamp: builder.at('b3').block.header.timestamp,
    });
    expect(await ask(`/block/${builder.at('a2').hash}`)).toMatchObject({
      ...{ status: 'valid-fork', confirmations: 0, next_hash: null, height: 2 },
      block_hash: builder.at('a2').hash,
    });
    expect(await ask(`/tx/${txid}/proof`)).toMatchObject({ block_hash: builder.at('b3').hash });
  });
});
