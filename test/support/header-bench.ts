/** Reading headers from peers whose chain a test makes: the real reader in front of a chain state in memory. */
import type { Chainstate } from '../../src/chainstate/index.ts';
import type { BlockHash, BlockHeader, ChainParams } from '../../src/consensus/index.ts';
import { HeaderSync } from '../../src/network/header-sync.ts';
import type { Peer } from '../../src/network/peer.ts';
import { EASY_PARAMS } from './chain-builder.ts';
import { HeaderChain } from './header-chain.ts';
import { connectedPeer, openMemoryChain, TestClock } from './scripted-peer.ts';

/** Two hashes a block, and the target stays. */
export const PARAMS: ChainParams = { ...EASY_PARAMS, retargetInterval: 0 };
/** Work of one block. */
export const WORK = 2n;

export interface Bench {
  readonly chain: Chainstate;
  readonly clock: TestClock;
  readonly sync: HeaderSync;
  readonly abort: AbortController;
  /** How often news was told. */
  told: number;
}

export async function bench(
  options: { minimumChainWork?: bigint; params?: ChainParams } = {},
): Promise<Bench> {
  const clock = new TestClock();
  const { chain } = await openMemoryChain(options.params ?? PARAMS, { clock });
  const abort = new AbortController();
  const made: Bench = { chain, clock, abort, told: 0, sync: undefined as unknown as HeaderSync };
  const sync = new HeaderSync({
    ...{ chain, clock, signal: abort.signal },
    minimumChainWork: options.minimumChainWork ?? 0n,
    onHeaders: () => made.told++,
  });
  return Object.assign(made, { sync });
}

type Answer = (locator: readonly BlockHash[], call: number) => BlockHeader[];

/** A peer that answers like this; its calls are counted. */
export function peerWith(
  answer: Answer,
  claim?: { height: number; hash: string; chain_work: string },
): { peer: Peer; calls: () => number; locators: (readonly BlockHash[])[] } {
  const locators: (readonly BlockHash[])[] = [];
  const peer = connectedPeer('peer', {
    headersAfter: async (locator) => {
      locators.push(locator);
      return answer(locator, locators.length);
    },
  });
  if (claim !== undefined) peer.claims(claim);
  return { peer, calls: () => locators.length, locators };
}

/** One that has this chain and says so. */
export const honest = (chain: HeaderChain): ReturnType<typeof peerWith> =>
  peerWith((locator) => chain.headersAfter(locator), chain.claim);

// Mining takes a moment; all tests read the same chains, and none changes them.
export const LONG = new HeaderChain(PARAMS).extend(4_999);
export const SHORT = new HeaderChain(PARAMS).extend(30);
