/** Fetching blocks from peers whose answers a test gives, one by one: the real fetcher in front of a chain state in memory. */
import type { Chainstate } from '../../src/chainstate/index.ts';
import { type Block, type BlockHash, type ChainParams, encodeBlock } from '../../src/consensus/index.ts';
import { BlockSync, type BlockSyncOptions, DEFAULT_BLOCK_SYNC } from '../../src/network/block-sync.ts';
import type { Offence } from '../../src/network/misbehaviour.ts';
import type { Peer } from '../../src/network/peer.ts';
import { type BuiltBlock, ChainBuilder, EASY_PARAMS, key, pay } from './chain-builder.ts';
import { connectedPeer, openMemoryChain } from './scripted-peer.ts';

const PARAMS: ChainParams = { ...EASY_PARAMS, retargetInterval: 0 };
export const alice = key('alice');

/** One request as a peer sees it; the test says when and what it answers. */
export interface BlockRequest {
  readonly peer: Peer;
  readonly hashes: readonly BlockHash[];
  /** Hands over the next block; `undefined` for "not here". */
  readonly give: (block: Block | undefined) => void;
  readonly end: (error?: Error) => void;
}

export interface BlockBench {
  readonly chain: Chainstate;
  readonly sync: BlockSync;
  readonly abort: AbortController;
  readonly clock: { ms: number };
  readonly peers: Peer[];
  /** Requests that nobody has answered yet, oldest first. */
  readonly open: BlockRequest[];
  readonly offences: [Peer, Offence][];
  readonly failed: [Peer, unknown][];
  readonly changed: Peer[];
  readonly fatal: unknown[];
  /** A peer that has shown headers up to a block; `serve` answers it from a chain at once. */
  readonly peer: (name: string, best: BuiltBlock | null, serve?: Serve) => Peer;
  /** Waits until there is a request like this. */
  readonly request: (of?: Peer) => Promise<BlockRequest>;
  /** Lets everything happen that can happen. */
  readonly settle: () => Promise<void>;
}

export type Serve = (hash: BlockHash, request: BlockRequest) => Block | undefined;

/** The fetcher, in front of a chain state that has the headers of all these blocks. */
export async function blockBench(
  builder: ChainBuilder,
  options: Partial<BlockSyncOptions> = {},
): Promise<BlockBench> {
  const { chain, clock } = await openMemoryChain(builder.params);
  for (const { block } of builder.all) chain.acceptHeaders([block.header]);
  const peers: Peer[] = [];
  const open: BlockRequest[] = [];
  const offences: [Peer, Offence][] = [];
  const failed: [Peer, unknown][] = [];
  const changed: Peer[] = [];
  const fatal: unknown[] = [];
  const abort = new AbortController();
  const sync = new BlockSync(
    { ...DEFAULT_BLOCK_SYNC, ...options },
    {
      ...{ chain, clock, signal: abort.signal, peers: () => peers },
      punish: (peer, offence) => {
        offences.push([peer, offence]);
        // As conduct.ts does with what costs everything at once.
        if (/block|chain/.test(offence)) peer.connection = undefined;
      },
      failed: (peer, error) => {
        failed.push([peer, error]);
        peer.connection = undefined;
      },
      changed: (peer) => changed.push(peer),
      onFatal: (error) => fatal.push(error),
    },
  );
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
  };
  const peer = (name: string, best: BuiltBlock | null, serve?: Serve): Peer => {
    const made: Peer = connectedPeer(name, {
      blocks: (hashes, onBlock) =>
        new Promise((resolve, reject) => {
          let next = 0;
          const give = (block: Block | undefined): void => {
            const hash = hashes[next++]!;
            onBlock(hash, block, block === undefined ? 0 : encodeBlock(block).length);
          };
          const end = (error?: Error): void => (error === undefined ? resolve() : reject(error));
          const request: BlockRequest = { peer: made, hashes, give, end };
          if (serve === undefined) {
            open.push(request);
            return;
          }
          setImmediate(() => {
            for (const hash of hashes) give(serve(hash, request));
            end();
          });
        }),
    });
    if (best !== null) made.best = chain.headers.get(best.hash) ?? null;
    peers.push(made);
    return made;
  };
  const request = async (of?: Peer): Promise<BlockRequest> => {
    for (;;) {
      const at = open.findIndex((one) => of === undefined || one.peer === of);
      if (at >= 0) return open.splice(at, 1)[0]!;
      sync.pump();
      await settle();
    }
  };
  return { abort, chain, sync, clock, peers, open, offences, failed, changed, fatal, peer, request, settle };
}

export const bodiesOf = (builder: ChainBuilder): Map<BlockHash, Block> =>
  new Map(builder.all.map(({ hash, block }) => [hash, block]));

/** A chain of this length, a payment in every tenth block. */
export function chainOf(length: number): ChainBuilder {
  const builder = new ChainBuilder({ params: PARAMS, miner: alice });
  for (let height = 1; height < length; height++) {
    const coin = height % 10 === 0 ? builder.coins(alice).slice(0, 1) : [];
    const txs =
      coin.length === 0 ? [] : [pay({ coins: coin, from: alice, to: key('bob'), amount: 10, fee: 1 })];
    builder.block(`a${height}`, { txs });
  }
  return builder;
}

export const CHAIN = chainOf(120);
export const BODIES = bodiesOf(CHAIN);
export const serveAll: Serve = (hash) => BODIES.get(hash);
