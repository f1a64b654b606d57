/** Where a transaction stands: waiting, in a block of the chain, or off the chain. Asked of the node, in a few calls. */
import type { CoinAnswer } from '../../../src/protocol/addresses.ts';
import type { BlockAnswer } from '../../../src/protocol/blocks.ts';
import { ApiError } from '../../../src/protocol/client-errors.ts';
import type { ApiClient } from '../../../src/protocol/client.ts';
import type { TreeBlock } from '../../../src/protocol/events.ts';
import type { MempoolEntryAnswer } from '../../../src/protocol/mempool.ts';
import type { Transaction, TransactionAnswer } from '../../../src/protocol/transactions.ts';

/** Who spends a coin; without a height it waits, too. */
export interface Spender {
  readonly txid: string;
  readonly height: number | null;
}

/** A coin as an input spends it. */
export interface SpentCoin {
  readonly amount: number;
  readonly pubkey_hash: string;
}

interface Known {
  readonly tx: Transaction;
  /** Length of its full bytes, where the node said it. */
  readonly size: number | undefined;
  /** In the order of the inputs; null for a coinbase, and where they cannot be told. */
  readonly spends: readonly SpentCoin[] | null;
}

export type Standing =
  | (Known & {
      readonly state: 'waiting';
      readonly answer: TransactionAnswer;
      /** Undefined when it was mined between two questions. */
      readonly entry: MempoolEntryAnswer | undefined;
    })
  | (Known & { readonly state: 'confirmed'; readonly answer: TransactionAnswer })
  | (Known & {
      readonly state: 'off';
      /** A block beside the chain that contains it. */
      readonly block: BlockAnswer | undefined;
      /** Spends a coin that it wanted to spend. */
      readonly rival: Spender | undefined;
    })
  | { readonly state: 'unknown' };

/** As `NULL_INDEX` of consensus; the page needs no more of it than that. */
const NULL_INDEX = 0xffffffff;
/** Blocks beside the chain that are searched, latest first. */
const MAX_SIDE_BLOCKS = 12;
const MAX_COINS_ASKED = 20;

/**
 * @param known the transaction where it was seen before, so that one which left can still be shown
 * @param side blocks beside the chain that the page has heard of
 * @throws when the node cannot be asked
 */
export async function findTransaction(
  api: ApiClient,
  txid: string,
  known: Known | undefined,
  side: readonly TreeBlock[],
): Promise<Standing> {
  const answer = await orUndefined(api.tx(txid));
  if (answer !== undefined) {
    const found = { tx: transactionOf(answer), size: answer.size, spends: answer.spends, answer };
    if (answer.status === 'confirmed') return { state: 'confirmed', ...found };
    return { state: 'waiting', ...found, entry: await orUndefined(api.mempoolEntry(txid)) };
  }
  const block = await blockWith(api, txid, side);
  const tx = known?.tx ?? block?.transactions.find((other) => other.txid === txid);
  if (tx === undefined) return { state: 'unknown' };
  const coins = isReward(tx) ? [] : await coinsOf(api, tx);
  const all = coins.filter((coin) => coin !== undefined);
  const spends = known?.spends ?? (all.length === tx.inputs.length ? all : null);
  const rival = all.map(spenderOf).find((by) => by !== undefined && by.txid !== txid);
  return { state: 'off', tx, size: known?.size, spends, block, rival };
}

/** What became of the first `count` outputs: by whom each is spent, where it is. */
export async function fatesOf(
  api: ApiClient,
  standing: Standing,
  count: number,
): Promise<ReadonlyMap<number, Spender>> {
  const fates = new Map<number, Spender>();
  if (standing.state === 'confirmed') {
    const { txid, outputs } = standing.tx;
    const asked = outputs.slice(0, count).map((_, index) => orUndefined(api.coin(txid, index)));
    for (const [index, coin] of (await Promise.all(asked)).entries()) {
      const spender = coin === undefined ? undefined : spenderOf(coin);
      if (spender !== undefined) fates.set(index, spender);
    }
  } else if (standing.state === 'waiting') {
    // Coins of a waiting transaction are not in the chain yet: its children say which they spend.
    const children = standing.entry?.children.slice(0, MAX_COINS_ASKED) ?? [];
    for (const child of await Promise.all(children.map((txid) => orUndefined(api.tx(txid)))))
      for (const { prev_txid, prev_index } of child?.inputs ?? [])
        if (child !== undefined && prev_txid === standing.tx.txid)
          fates.set(prev_index, { txid: child.txid, height: child.block_height });
  }
  return fates;
}

/** A coinbase spends the output that does not exist. */
export function isReward({ inputs }: Transaction): boolean {
  return inputs.length === 1 && inputs[0]?.prev_index === NULL_INDEX && /^0+$/.test(inputs[0].prev_txid);
}

/** Blocks beside the chain whose transactions the node may have, latest first. */
export function sideBlocksOf(blocks: Iterable<TreeBlock>): TreeBlock[] {
  return [...blocks]
    .filter(({ status }) => status !== 'active' && status !== 'headers-only')
    .sort((a, b) => b.height - a.height);
}

/** The latest of these blocks that contains a transaction. */
export async function blockWith(
  api: ApiClient,
  txid: string,
  side: readonly TreeBlock[],
): Promise<BlockAnswer | undefined> {
  for (const { block_hash } of side.slice(0, MAX_SIDE_BLOCKS)) {
    const block = await orUndefined(api.block(block_hash));
    if (block?.transactions.some((tx) => tx.txid === txid) === true) return block;
  }
  return undefined;
}

function coinsOf(api: ApiClient, { inputs }: Transaction): Promise<(CoinAnswer | undefined)[]> {
  const asked = inputs.slice(0, MAX_COINS_ASKED);
  return Promise.all(asked.map(({ prev_txid, prev_index }) => orUndefined(api.coin(prev_txid, prev_index))));
}

function spenderOf({ spent, spent_in_mempool: waiting }: CoinAnswer): Spender | undefined {
  if (spent !== null) return spent;
  return waiting === null ? undefined : { txid: waiting, height: null };
}

function transactionOf({ txid, version, inputs, outputs, locktime }: TransactionAnswer): Transaction {
  return { txid, version, inputs, outputs, locktime };
}

/** What the node does not know is no failure here. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
