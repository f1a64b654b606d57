/**
 * Which coins a payment may spend, so that two payments in a row work.
 *
 * Confirmed coins first, without those that a waiting transaction spends already and rewards that have not matured. When
 * they are not enough, change that we gave ourselves in waiting transactions comes next: it is as good as our own word. Coins that
 * *others* sent and that wait can still vanish (replaced, evicted), so they are used on request only (Bitcoin Core:
 * spendzeroconfchange, "trusted" coins).
 */
import type { Address, Txid } from '../consensus/index.ts';
import type { Utxo } from './addresses.ts';
import type { ApiClient, CallOptions } from './client.ts';
import type { Transaction } from './transactions.ts';
import type { SpendableCoin } from '../wallet/index.ts';

/** `confirmed`: none that wait. `own-change`: those from ourselves, if need be. `all`: whatever waits. */
export type UnconfirmedUse = 'confirmed' | 'own-change' | 'all';

export interface CandidateCoin extends SpendableCoin {
  readonly confirmed: boolean;
}

export interface CoinSurvey {
  /** In the order of preference. */
  readonly confirmed: readonly CandidateCoin[];
  readonly ownChange: readonly CandidateCoin[];
  readonly fromOthers: readonly CandidateCoin[];
  /** Base units in coins that cannot be spent now, and why. */
  readonly immature: number;
  readonly beingSpent: number;
}

/** All transactions of the mempool, page by page. */
export async function* allMempool(
  client: ApiClient,
  call: CallOptions,
): AsyncGenerator<Transaction, void, undefined> {
  let cursor: string | undefined;
  do {
    const page: Awaited<ReturnType<ApiClient['mempool']>> = await client.mempool(
      cursor === undefined ? {} : { cursor },
      call,
    );
    yield* page.transactions;
    // The original's node has one page, and no `next` in it.
    cursor = (page as { next?: string | null }).next ?? undefined;
  } while (cursor !== undefined);
}

/**
 * Asks the node what an address could spend.
 *
 * @param needed base units: the mempool, which can be large, is read only when the confirmed coins are not worth that much, or
 *        when the node (the original) does not tell which of them are being spent
 */
export async function surveyCoins(
  client: ApiClient,
  owner: { readonly address: Address; readonly publicKey: string },
  call: CallOptions,
  needed = Infinity,
): Promise<CoinSurvey> {
  const utxos: Utxo[] = [];
  for await (const utxo of client.allUtxos(owner.address, {}, call)) utxos.push(utxo);
  const free = utxos.filter((utxo) => utxo.spent_in_mempool === null && utxo.mature);
  const enough = free.reduce((sum, { amount }) => sum + amount, 0) >= needed;
  return sortCoins(utxos, owner, enough ? [] : await collect(allMempool(client, call)));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function sortCoins(
  utxos: readonly Utxo[],
  owner: { readonly address: Address; readonly publicKey: string },
  mempool: readonly Transaction[],
): CoinSurvey {
  const spentInMempool = new Set<string>();
  const waiting: { readonly coin: CandidateCoin; readonly own: boolean }[] = [];
  for (const tx of mempool) {
    for (const input of tx.inputs) spentInMempool.add(`${input.prev_txid}:${input.prev_index}`);
    const own = tx.inputs.every((input) => input.pubkey === owner.publicKey);
    for (const [index, output] of tx.outputs.entries()) {
      if (output.pubkey_hash !== owner.address) continue;
      waiting.push({ coin: { txid: tx.txid as Txid, index, amount: output.amount, confirmed: false }, own });
    }
  }
  const isSpent = ({ txid, index }: SpendableCoin): boolean => spentInMempool.has(`${txid}:${index}`);
  const free = waiting.filter(({ coin }) => !isSpent(coin));

  const confirmed: CandidateCoin[] = [];
  let immature = 0;
  let beingSpent = 0;
  for (const utxo of utxos) {
    const coin = { txid: utxo.txid as Txid, index: utxo.vout, amount: utxo.amount, confirmed: true };
    // The original's node tells neither: the mempool was read for that, and the node itself judges maturity.
    const { mature, spent_in_mempool: spender } = utxo as Partial<Utxo>;
    if (isSpent(coin) || (spender !== undefined && spender !== null)) beingSpent += utxo.amount;
    else if (mature === false) immature += utxo.amount;
    else confirmed.push(coin);
  }
  return {
    confirmed,
    ownChange: free.filter(({ own }) => own).map(({ coin }) => coin),
    fromOthers: free.filter(({ own }) => !own).map(({ coin }) => coin),
    immature,
    beingSpent,
  };
}

/** The coins to choose from for a payment that needs this much: as few doubtful ones as it takes. */
export function candidatesFor(
  survey: CoinSurvey,
  needed: number,
  use: UnconfirmedUse,
): readonly CandidateCoin[] {
  const steps = [survey.confirmed];
  if (use !== 'confirmed') steps.push(survey.ownChange);
  if (use === 'all') steps.push(survey.fromOthers);
  let coins: readonly CandidateCoin[] = [];
  for (const step of steps) {
    coins = [...coins, ...step];
    if (totalOf(coins) >= needed) break;
  }
  return coins;
}

export function totalOf(coins: readonly SpendableCoin[]): number {
  return coins.reduce((sum, { amount }) => sum + amount, 0);
}
