/**
 * Writes a chain into a store without the detour through a node: many blocks per commit, no header or signature checked. Ten
 * thousand blocks take seconds instead of minutes, and the rows are the ones that a node would have written.
 */
import type { ChainChange, ChainStore, ConnectedChange, StoredTip } from '../../src/chainstate/index.ts';
import {
  type Block,
  blockHashOf,
  type ChainParams,
  type Coin,
  connectBlock,
  NO_WORK,
  type OutpointKey,
  outpointKey,
  addWork,
  workOfTarget,
} from '../../src/consensus/index.ts';

const BLOCKS_PER_COMMIT = 200;
const BYTES_PER_COMMIT = 4_000_000;

export interface WriterOptions {
  readonly params: ChainParams;
  readonly signal: AbortSignal;
}

/** Writes blocks, genesis first, into an empty store. @returns the tip */
export async function writeChain(
  store: Pick<ChainStore, 'commit'>,
  blocks: Iterable<Uint8Array>,
  decode: (bytes: Uint8Array) => Block,
  { params, signal }: WriterOptions,
): Promise<StoredTip> {
  const coins = new Map<OutpointKey, Coin>();
  let tip: StoredTip | undefined;
  let portion: ConnectedChange[] = [];
  let portionBytes = 0;
  let stored: ChainChange['storeBlocks'][number][] = [];

  const commit = async (): Promise<void> => {
    signal.throwIfAborted();
    await store.commit({
      ...{ storeBlocks: stored, connected: portion, tip },
      ...{ statuses: [], dropBodies: [], disconnected: [], returnedToMempool: [], confirmed: [] },
    });
    portion = [];
    stored = [];
    portionBytes = 0;
  };

  for (const bytes of blocks) {
    const block = decode(bytes);
    const hash = blockHashOf(block.header);
    const height: number = (tip?.height ?? -1) + 1;
    const verdict = connectBlock(block, coins, {
      height,
      medianTimePast: 0,
      params,
      alreadyVerified: { has: () => true },
    });
    if (!verdict.ok) throw new Error(`block ${height} of the benchmark is wrong: ${verdict.detail}`);
    const { created, spent } = verdict.value;
    for (const { outpoint, coin } of created) coins.set(outpointKey(outpoint.txid, outpoint.index), coin);
    for (const { outpoint } of spent) coins.delete(outpointKey(outpoint.txid, outpoint.index));
    const { target } = block.header;
    const chainWork = addWork(tip?.chainWork ?? NO_WORK, workOfTarget(target));
    tip = { hash, height, target, chainWork, coinCount: coins.size };
    portion.push({ hash, height, block, coins: { created, spent } });
    stored.push({ hash, block, height, chainWork, status: 'active' });
    portionBytes += bytes.length;
    if (portion.length >= BLOCKS_PER_COMMIT || portionBytes >= BYTES_PER_COMMIT) await commit();
  }
  if (portion.length > 0) await commit();
  if (tip === undefined) throw new Error('a chain has at least a genesis block');
  return tip;
}
