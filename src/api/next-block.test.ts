/** The next block as people and miners elsewhere see it. */
import { expect, onTestFinished, test } from 'vitest';
import { ApiNode } from '../../test/support/api-node.ts';
import { key, pay, spend } from '../../test/support/chain-builder.ts';
import { outputOf } from '../../test/support/mempool-node.ts';
import {
  blockHashOf,
  hashMeetsTarget,
  headerFromJson,
  type Transaction,
  txidOf,
} from '../consensus/index.ts';
import type { BlockAnswer, MempoolTemplateAnswer, MiningTemplateAnswer } from '../protocol/index.ts';

const [alice, bob] = [key('alice'), key('bob')];

async function nodeWithBlocks(count: number, options: Parameters<typeof ApiNode.start>[0]): Promise<ApiNode> {
  const node = await ApiNode.start(options);
  onTestFinished(() => node.close());
  if (count > 0) await node.services.miner.mineMany(alice.address, count);
  return node;
}

async function get<T>(node: ApiNode, url: string): Promise<T> {
  const answer = await node.app.inject({ url });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

test('each waiting transaction has its reason, and the list is that of the block', async () => {
  const node = await nodeWithBlocks(6, { maxBlockTxs: 3, params: { coinbaseMaturity: 1 } });
  const coins = (await node.services.store.coinsOf(alice.address, { limit: 10 })).items;
  const payment = (coin: number, fee: number): Transaction =>
    pay({ coins: [coins[coin]!], from: alice, to: bob, amount: 1_000_000, fee });
  const [rich, poor, late] = [payment(0, 90_000), payment(1, 100), payment(2, 3_000)];
  const child = spend({
    coins: [outputOf(poor, 1)],
    owner: alice,
    outputs: [{ amount: 5, pubkeyHash: bob.address }],
  });
  for (const tx of [rich, poor, late, child])
    expect(await node.services.mempool.accept(tx)).toMatchObject({ ok: true });

  const template = await get<MempoolTemplateAnswer>(node, '/mempool/template');
  const seen = template.transactions.map(({ txid, position, reason, package: { paid_by } }) => [
    ...[txid, position, reason, paid_by],
  ]);
  const id = (tx: Transaction): string => txidOf(tx);
  expect(seen).toEqual([
    [id(poor), 1, 'paid-by-child', id(child)],
    [id(child), 2, 'pays-for-parents', id(child)],
    [id(rich), 3, 'own-fee', id(rich)],
    [id(late), null, 'outbid', id(late)],
  ]);
  expect(template).toMatchObject({ transaction_count: 3, left_out: 1, max_transactions: 3 });
  await node.services.miner.mineMany(bob.address, 1);
  const block = await get<BlockAnswer>(node, `/block/${template.height}`);
  expect(block.transactions.slice(1).map(({ txid }) => txid)).toEqual(seen.slice(0, 3).map(([txid]) => txid));
  expect((await get<MempoolTemplateAnswer>(node, '/mempool/template')).transactions).toMatchObject([
    { txid: txidOf(late), position: 1, reason: 'own-fee' },
  ]);
});

test('what was mined elsewhere from a template is a block', async () => {
  const node = await nodeWithBlocks(1, {});
  const template = await get<MiningTemplateAnswer>(node, `/mining/template?miner_address=${bob.address}`);
  const { height, header, transactions } = template;
  const parsed = headerFromJson(header);
  if (!parsed.ok) throw new Error(parsed.detail);
  let nonce = 0;
  while (!hashMeetsTarget(blockHashOf({ ...parsed.value, nonce }), parsed.value.target)) nonce++;
  const submitted = await node.app.inject({
    ...{ method: 'POST', url: '/block', headers: { 'content-type': 'application/json' } },
    payload: JSON.stringify({ header: { ...header, nonce }, transactions }),
  });
  expect(submitted.json()).toMatchObject({ height, status: 'active' });
  expect(await node.services.store.coinsOf(bob.address, { limit: 10 })).toMatchObject({ items: [{}] });
});

test('a template without an address, or for what is none, is refused', async () => {
  const node = await nodeWithBlocks(0, {});
  for (const query of ['', '?miner_address=', '?miner_address=xyz']) {
    const answer = await node.app.inject({ url: `/mining/template${query}` });
    expect(answer.statusCode, answer.body).toBe(422);
  }
});
