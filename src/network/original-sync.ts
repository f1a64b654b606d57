/**
 * Following the chain of a plain MiniBitcoinPy node. It can only be asked for everything.
 *
 * Attack (the same as with headers, see header-presync.ts): blocks of an easy target cost nothing, and whoever keeps all that
 * he is sent can be made to fill his disk. So the chain is read twice: once to add up its work, keeping six bytes of each
 * hash; and once more, only if it has more work than ours, to take its blocks.
 */
import type { Chainstate } from '../chainstate/index.ts';
import { type Block, type BlockHash, blockHashOf } from '../consensus/index.ts';
import { misbehaviourOf } from './header-sync.ts';
import { HeaderPresync } from './header-presync.ts';
import type { OriginalPeer } from './original-peer.ts';
import { PeerFailedError, PeerMisbehavedError } from './peer-errors.ts';

export interface OriginalSyncModules {
  readonly chain: Chainstate;
  readonly clock: { nowS(): number };
  readonly signal: AbortSignal;
  readonly minimumChainWork: bigint;
}

/**
 * Reads its chain and follows it where it has more work than ours.
 * @throws PeerFailedError, PeerMisbehavedError
 */
export async function followOriginal(original: OriginalPeer, modules: OriginalSyncModules): Promise<void> {
  const marks = await firstReading(original, modules);
  if (marks !== undefined) await secondReading(original, marks, modules);
}

/** @returns the marks of the blocks after the fork, where the chain has more work than ours */
async function firstReading(
  original: OriginalPeer,
  { chain, clock, signal, minimumChainWork }: OriginalSyncModules,
): Promise<number[] | undefined> {
  const marks: number[] = [];
  let presync: HeaderPresync | undefined;
  await original.readChain(async ({ header }) => {
    if (presync === undefined) {
      const known = chain.headers.get(blockHashOf(header));
      if (known?.hasBody === true && !known.invalid) return !signal.aborted;
      const parent = chain.headers.parentOf(header);
      if (parent === undefined)
        throw new PeerMisbehavedError('unconnected-headers', 'its blocks do not follow one another');
      presync = new HeaderPresync(parent, chain.params);
    }
    const failure = presync.take([header], clock.nowS());
    if (failure !== undefined) throw misbehaviourOf(failure);
    marks.push(markOf(presync.lastHash));
    return !signal.aborted;
  });
  const ours = chain.tip?.chainWork ?? -1n;
  return presync !== undefined && presync.work > ours && presync.work >= minimumChainWork ? marks : undefined;
}

async function secondReading(
  original: OriginalPeer,
  marks: readonly number[],
  { chain, signal }: OriginalSyncModules,
): Promise<void> {
  let index = 0;
  await original.readChain(async (block) => {
    const hash = blockHashOf(block.header);
    const mark = markOf(hash);
    if (index === 0 && mark !== marks[0]) return !signal.aborted; // below the fork
    if (mark !== marks[index]) throw new PeerFailedError('its chain changed while it was being read');
    index++;
    await take(block, chain);
    return index < marks.length && !signal.aborted;
  });
}

async function take(block: Block, chain: Chainstate): Promise<void> {
  const verdict = await chain.acceptBlock(block);
  if (verdict.ok || verdict.class === 'duplicate') return;
  throw new PeerMisbehavedError(
    verdict.class === 'mutated' ? 'spoiled-block' : 'invalid-block',
    `its block is invalid: ${verdict.reason} (${verdict.detail})`,
  );
}

/** The last six bytes: the first ones of a block hash are zeros. */
function markOf(hash: BlockHash): number {
  return Number.parseInt(hash.slice(-12), 16);
}
