/**
 * `db verify`: is the coin set what the blocks say? Replays the active chain from genesis and compares.
 *
 * The slow, simple way on purpose: it shares the rules with the node, but not the store's bookkeeping, which is what it checks.
 */
import {
  blockHashOf,
  checkBlock,
  checkHeader,
  type ChainParams,
  type Coin,
  connectBlock,
  type HeaderNode,
  HeaderTree,
  medianTimePast,
  outpointKey,
  type OutpointKey,
  pathBetween,
} from '../consensus/index.ts';
import type { ChainQueries, ChainStore, Clock, Verifier } from './ports.ts';

export interface VerifyOptions {
  readonly params: ChainParams;
  /** Also does the curve operations; much slower. */
  readonly signatures: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface VerifyReport {
  readonly blocks: number;
  readonly coins: number;
  /** What does not fit, in sentences; empty when all is well. At most {@link MAX_PROBLEMS}. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 20;
const BLOCKS_AT_ONCE = 50;

/** Replays the active chain and compares the coins that result with those in the store. Changes nothing. */
export async function verifyCoins(
  modules: { store: ChainStore & ChainQueries; verifier: Verifier; clock: Clock },
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { store, verifier, clock } = modules;
  const { params } = options;
  const problems: string[] = [];
  const tree = new HeaderTree();
  for await (const portion of store.loadHeaders())
    for (const { header, hash } of portion) tree.addHeader(header, hash);
  const tip = await store.loadTip();
  const tipNode = tip === undefined ? null : (tree.get(tip.hash) ?? null);
  if (tip !== undefined && tipNode === null)
    return { blocks: 0, coins: 0, problems: [`the header of the tip ${tip.hash} is missing`] };

  const chain = pathBetween(null, tipNode);
  const coins = new Map<OutpointKey, Coin>();
  for (let start = 0; start < chain.length && problems.length < MAX_PROBLEMS; start += BLOCKS_AT_ONCE) {
    options.signal?.throwIfAborted();
    const nodes = chain.slice(start, start + BLOCKS_AT_ONCE);
    const bodies = await store.readBlocks(nodes.map((node) => node.hash));
    for (const node of nodes) {
      const block = bodies.get(node.hash);
      const problem =
        block === undefined
          ? 'its body is missing'
          : blockHashOf(block.header) !== node.hash
            ? 'its body has another header'
            : await replay(block, node, coins, { params, verifier, clock, signatures: options.signatures });
      if (problem !== undefined)
        return report(chain.length, coins, [`block ${node.height} (${node.hash}): ${problem}`]);
    }
    options.onProgress?.(Math.min(start + BLOCKS_AT_ONCE, chain.length), chain.length);
  }

  await compare(store, coins, problems);
  if (tip !== undefined && tip.coinCount !== coins.size)
    problems.push(`chain_state says ${tip.coinCount} coins, the blocks give ${coins.size}`);
  if (tip !== undefined && tip.chainWork !== tipNode?.chainWork)
    problems.push(`chain_state says work ${tip.chainWork}, the headers give ${tipNode?.chainWork}`);
  return report(chain.length, coins, problems);
}

function report(blocks: number, coins: ReadonlyMap<OutpointKey, Coin>, problems: string[]): VerifyReport {
  return { blocks, coins: coins.size, problems: problems.slice(0, MAX_PROBLEMS) };
}

/** Checks one block with all rules and applies it; a sentence when it is not valid. */
async function replay(
  block: Parameters<typeof connectBlock>[0],
  node: HeaderNode,
  coins: Map<OutpointKey, Coin>,
  context: { params: ChainParams; verifier: Verifier; clock: Clock; signatures: boolean },
): Promise<string | undefined> {
  const header = checkHeader(block.header, node.hash, node.parent, context.params, context.clock.nowS());
  if (!header.ok) return `${header.reason}: ${header.detail}`;
  const body = checkBlock(block, node.height, context.params);
  if (!body.ok) return `${body.reason}: ${body.detail}`;
  const connected = connectBlock(block, coins, {
    height: node.height,
    medianTimePast: medianTimePast(node.parent),
    params: context.params,
    ...(context.signatures ? {} : { alreadyVerified: { has: () => true } }),
  });
  if (!connected.ok) return `${connected.reason}: ${connected.detail}`;
  const bad = await context.verifier.firstInvalid(
    connected.value.pendingSignatures.flatMap(({ checks }) => checks),
  );
  if (bad >= 0) return `bad-signature: check ${bad} of the block fails`;
  for (const { outpoint, coin } of connected.value.created)
    coins.set(outpointKey(outpoint.txid, outpoint.index), coin);
  for (const { outpoint } of connected.value.spent) coins.delete(outpointKey(outpoint.txid, outpoint.index));
  return undefined;
}

async function compare(
  store: ChainQueries,
  coins: ReadonlyMap<OutpointKey, Coin>,
  problems: string[],
): Promise<void> {
  let found = 0;
  for await (const portion of store.allCoins()) {
    for (const { outpoint, coin } of portion) {
      const key = outpointKey(outpoint.txid, outpoint.index);
      const expected = coins.get(key);
      if (expected === undefined)
        problems.push(`coin ${key} is in the database, but the blocks do not give it`);
      else if (!sameCoin(expected, coin))
        problems.push(
          `coin ${key} differs: ${JSON.stringify(coin)}, the blocks give ${JSON.stringify(expected)}`,
        );
      if (expected !== undefined) found++;
      if (problems.length >= MAX_PROBLEMS) return;
    }
  }
  if (found !== coins.size)
    problems.push(`${coins.size - found} coins that the blocks give are missing in the database`);
}

function sameCoin(a: Coin, b: Coin): boolean {
  return (
    a.amount === b.amount &&
    a.pubkeyHash === b.pubkeyHash &&
    a.height === b.height &&
    a.coinbase === b.coinbase
  );
}
