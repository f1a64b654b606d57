/**
 * The two tables of invalid things, an entry for each reason, against a whole node: through block acceptance, the mempool and
 * the REST API, as JSON and as bytes. Wherever it comes in, the same reason comes out, and the node is as it was.
 */
import { afterEach, describe, expect, it } from 'vitest';
import {
  blockToJson,
  encodeBlock,
  encodeTransaction,
  REASONS,
  transactionToJson,
  type Block,
  type Reason,
  type Transaction,
} from '../../src/consensus/index.ts';
import { ApiNode } from '../support/api-node.ts';
import { ALL_INVALID_BLOCKS, blockContext, type BlockContext } from '../support/invalid-blocks.ts';
import { ALL_INVALID_TRANSACTIONS, blockWith, transactionContext } from '../support/invalid-transactions.ts';

let node: ApiNode;
afterEach(() => node.close());

/** A node that has the funded chain. */
async function startWith(context: Pick<BlockContext, 'params' | 'blocks'>, nowS?: number): Promise<ApiNode> {
  node = await ApiNode.start({ params: context.params, policy: { minRelayFeePerKb: 0 } });
  node.clock.ms = (nowS ?? (context.blocks.at(-1)?.timestamp ?? 0) + 3_600) * 1_000;
  for (const { block } of context.blocks) {
    expect(await node.services.chain.acceptBlock(block)).toMatchObject({ ok: true });
  }
  return node;
}

/** Tip, coins and waiting transactions, to see that nothing has changed. */
const stateOf = ({ services: { chain, mempool } }: ApiNode) => ({
  tip: chain.tip?.hash,
  coins: chain.coinCount,
  waiting: mempool.size,
});

async function post(
  path: '/tx' | '/block',
  payload: object | Uint8Array,
): Promise<{ status: number; reason: string }> {
  const bytes = payload instanceof Uint8Array;
  const response = await node.app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': bytes ? 'application/octet-stream' : 'application/json', host: 'localhost' },
    payload: bytes ? Buffer.from(payload) : payload,
  });
  return { status: response.statusCode, reason: response.json<{ reason: string }>().reason };
}

const postedTx = (tx: Transaction) =>
  Promise.all([post('/tx', transactionToJson(tx)), post('/tx', encodeTransaction(tx))]);
const postedBlock = async (block: Block) => [
  await post('/block', blockToJson(block)),
  await post('/block', encodeBlock(block)),
];

/** 400, or 422 and 409 where the reason says so. */
function expectRefused(
  answers: readonly { status: number; reason: string }[],
  reasons: readonly Reason[],
): void {
  for (const answer of answers) {
    expect(reasons).toContain(answer.reason);
    expect([400, 409, 422]).toContain(answer.status);
  }
}

describe.each(ALL_INVALID_TRANSACTIONS)('$reason: $name', (entry) => {
  const { reason, inMempool = reason, inBlock = reason, whenRead } = entry;

  it('is refused by the mempool and by POST /tx', async () => {
    const context = transactionContext(entry.params);
    const tx = entry.build(context);
    const { services } = await startWith(context);
    const before = stateOf(node);
    if (whenRead === undefined) {
      expect(await services.mempool.accept(tx)).toMatchObject({ ok: false, reason: inMempool });
      expect((await services.mempool.check(tx)).verdict).toMatchObject({ ok: false, reason: inMempool });
    }
    expectRefused(await postedTx(tx), [whenRead ?? inMempool, inMempool]);
    expect(stateOf(node)).toEqual(before);
  });

  it('is refused in a block, and by POST /block', async () => {
    const context = transactionContext(entry.params);
    const { block } = blockWith(entry.build(context), context);
    await startWith(context);
    const before = stateOf(node);
    const answers = await postedBlock(block);
    // What is committed to by the hash is remembered, and told again as a duplicate.
    expectRefused(answers.slice(0, 1), [whenRead ?? inBlock, inBlock]);
    expectRefused(answers, [whenRead ?? inBlock, inBlock, 'duplicate-invalid']);
    expect(stateOf(node)).toEqual(before);
  });
});

describe.each(ALL_INVALID_BLOCKS)('$reason: $name', (entry) => {
  it('is refused by the chain state, and a good block of the same hash is taken afterwards', async () => {
    const context = blockContext(entry.params);
    const { before: setup, block, twin } = entry.build(context);
    const { services } = await startWith(context, context.nowS);
    for (const earlier of setup) await services.chain.acceptBlock(earlier);
    const before = stateOf(node);
    expect(await services.chain.acceptBlock(block)).toMatchObject({ ok: false, reason: entry.reason });
    expect(stateOf(node)).toEqual(before);
    if (twin !== undefined) expect(await services.chain.acceptBlock(twin)).toMatchObject({ ok: true });
  });

  it('is refused by POST /block', async () => {
    const context = blockContext(entry.params);
    const { before: setup, block, twin } = entry.build(context);
    const { services } = await startWith(context, context.nowS);
    for (const earlier of setup) await services.chain.acceptBlock(earlier);
    const answers = await postedBlock(block);
    expectRefused(answers.slice(0, 1), [entry.reason]);
    expectRefused(
      answers,
      REASONS[entry.reason].class === 'mutated' ? [entry.reason] : [entry.reason, 'duplicate-invalid'],
    );
    if (twin !== undefined) expect(await services.chain.acceptBlock(twin)).toMatchObject({ ok: true });
  });
});
