/**
 * Peers whose answers a test writes, and a chain state in memory to put in front of them. The line is the only stand-in: what
 * goes over a real one is tested in test/network.
 */
import { type ChainQueries, Chainstate, type ChainStore } from '../../src/chainstate/index.ts';
import type { ChainParams, Wtxid } from '../../src/consensus/index.ts';
import { Peer } from '../../src/network/peer.ts';
import type { OriginalPeer } from '../../src/network/original-peer.ts';
import type { PeerLink } from '../../src/network/peer-link.ts';
import { PeerTransport } from '../../src/network/peer-transport.ts';
import { createVerifier } from '../../src/node/verifier.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { GENESIS_TIME_S } from './chain-builder.ts';

/** The calls of a link that a test answers; all others fail. */
export type ScriptedLink = Partial<Pick<PeerLink, keyof PeerLink>>;

/** Time that stands still until a test moves it. A year after the genesis blocks of tests. */
export class TestClock {
  ms = (GENESIS_TIME_S + 31_536_000) * 1_000;

  nowMs = (): number => this.ms;
  nowS = (): number => Math.floor(this.ms / 1_000);
}

/** Nothing goes over it. */
const NO_TRANSPORT = Object.create(PeerTransport.prototype) as PeerTransport;

/** A peer whose line is up. @param link what it answers */
export function connectedPeer(name: string, link: ScriptedLink, nowMs = 0): Peer {
  const peer = strangePeer(name, nowMs);
  connect(peer, link, nowMs);
  return peer;
}

/** A peer without a line. */
export function strangePeer(name: string, nowMs = 0): Peer {
  return new Peer(`http://${name}.example:8000`, { source: 'owner', teller: undefined, nowMs });
}

export function connect(peer: Peer, link: ScriptedLink, sinceMs = 0): void {
  peer.connection = {
    kind: 'mini-bitcoin',
    link: link as PeerLink,
    nodeId: 'ab'.repeat(16),
    transport: NO_TRANSPORT,
    sinceMs,
  };
}

/** Makes it a node of the Python original. */
export function connectOriginal(
  peer: Peer,
  original: Partial<Pick<OriginalPeer, keyof OriginalPeer>>,
  sinceMs = 0,
): void {
  peer.connection = {
    kind: 'original',
    original: original as OriginalPeer,
    transport: NO_TRANSPORT,
    sinceMs,
  };
}

const verifier = createVerifier();

/** A chain state on a store in memory; the same store again is a restart. */
export async function openMemoryChain(
  params: ChainParams,
  {
    store = createMemoryStorage().chain,
    clock = new TestClock(),
  }: { store?: ChainStore & ChainQueries; clock?: TestClock } = {},
): Promise<{ chain: Chainstate; store: ChainStore & ChainQueries; clock: TestClock }> {
  const verified = new Set<Wtxid>();
  const chain = await Chainstate.open({ params }, { store, verifier, clock, verified });
  return { chain, store, clock };
}
