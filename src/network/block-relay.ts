/**
 * New blocks: told by their headers, fetched in short form.
 *
 *   A mined a block                                   B
 *   A ── announce {header} ─────────────────────────► B    the work is checked before anything else is done
 *   A ◄──────────── compact-block {hash} ──────────── B
 *   A ── header, short ids, coinbase ───────────────► B    B looks for the rest among its waiting transactions
 *   A ◄── block-transactions {hash, places} ───────── B    only where something is missing
 *   A ── transactions ──────────────────────────────► B    B checks the block, follows it, and tells its own peers
 *
 * No loops and no doubles: nobody is told of a block that he has told of, or has been told of, and a block is fetched from one
 * peer at a time. Where that fails, another one that has it is asked.
 */
import { randomBytes } from 'node:crypto';
import type { Chainstate } from '../chainstate/index.ts';
import type { Block, BlockHash, BlockHeader, Failure, HeaderNode, Transaction } from '../consensus/index.ts';
import type { Mempool } from '../mempool/index.ts';
import type { BlockSync } from './block-sync.ts';
import { type CompactBlock, compactBlockOf, complete, fillFrom } from './compact-block.ts';
import type { HeaderSync } from './header-sync.ts';
import type { Offence } from './misbehaviour.ts';
import type { Peer } from './peer.ts';

export interface BlockRelayModules {
  readonly chain: Chainstate;
  readonly mempool: Mempool;
  readonly headerSync: HeaderSync;
  readonly blockSync: BlockSync;
  readonly peers: () => Iterable<Peer>;
  readonly punish: (peer: Peer, offence: Offence, detail: string) => void;
  readonly failed: (peer: Peer, error: unknown) => void;
  readonly blockTimeoutMs: number;
  /** How blocks came: for metrics. */
  readonly count: (outcome: 'from-mempool' | 'some-fetched' | 'whole') => void;
}

/** Peers that are tried for one block. */
const MAX_TRIES = 4;

export class BlockRelay {
  private readonly modules: BlockRelayModules;

  constructor(modules: BlockRelayModules) {
    this.modules = modules;
  }

  /** A peer tells of headers. @throws PeerFailedError, PeerMisbehavedError */
  async announced(peer: Peer, headers: readonly BlockHeader[]): Promise<void> {
    const { chain, headerSync, blockSync } = this.modules;
    const node = await headerSync.announced(peer, headers);
    if (node === undefined) {
      // It does not connect to what we know, or has little work so far: the whole story, please.
      await headerSync.follow(peer);
      return;
    }
    if (node.hasBody || node.invalid) return;
    const { tip } = chain;
    if (tip !== null && node.chainWork < tip.chainWork) return; // nice to know of; nobody would follow it
    if (node.parent === null || node.parent.linked) await this.fetch(peer, node);
    else blockSync.pump();
  }

  /** Says a block in short, for whoever asks. */
  compact(block: Block): CompactBlock {
    return compactBlockOf(block, randomBytes(8).toString('hex'));
  }

  /** Fetches one block that would be the next, or one beside the tip. */
  private async fetch(peer: Peer, node: HeaderNode): Promise<void> {
    const { hash } = node;
    if (!this.modules.blockSync.reserve(hash)) return;
    try {
      const tried = new Set<Peer>();
      for (let source: Peer | undefined = peer; source !== undefined && tried.size < MAX_TRIES;) {
        tried.add(source);
        try {
          if (await this.fetchFrom(source, hash)) return;
        } catch (error) {
          this.modules.failed(source, error);
        }
        if (node.hasBody || node.invalid) return;
        source = [...this.modules.peers()].find(
          (other) => !tried.has(other) && other.link !== undefined && other.knownBlocks.has(hash),
        );
      }
    } finally {
      this.modules.blockSync.release(hash);
    }
  }

  /** @returns whether nothing more needs to be done about this block */
  private async fetchFrom(peer: Peer, hash: BlockHash): Promise<boolean> {
    const { link } = peer;
    if (link === undefined) return false;
    const compact = await link.compactBlock(hash);
    if (compact === undefined) {
      this.modules.punish(peer, 'not-there', 'it lacked a block that it had told of');
      return false;
    }
    const rebuilt = await this.rebuild(peer, hash, compact);
    // A wrong guess shows in the merkle root. That may be chance, so nobody is blamed: the whole block will tell.
    const verdict = rebuilt && (await this.modules.chain.acceptBlock(rebuilt));
    if (verdict !== undefined && (verdict.ok || verdict.class !== 'mutated'))
      return this.judge(peer, verdict.ok ? undefined : verdict);
    return this.fetchWhole(peer, hash);
  }

  private async rebuild(peer: Peer, hash: BlockHash, compact: CompactBlock): Promise<Block | undefined> {
    const partial = fillFrom(compact, likeliestFirst(this.modules.mempool));
    if (partial.missing.length === 0) {
      this.modules.count('from-mempool');
      return complete(partial, []);
    }
    const missing = await peer.link?.blockTransactions(hash, partial.missing);
    if (missing === undefined) return undefined;
    this.modules.count('some-fetched');
    return complete(partial, missing);
  }

  private async fetchWhole(peer: Peer, hash: BlockHash): Promise<boolean> {
    const found: { block: Block | undefined } = { block: undefined };
    await peer.link?.blocks(
      [hash],
      (_, block) => {
        found.block = block;
      },
      this.modules.blockTimeoutMs,
    );
    if (found.block === undefined) return false;
    this.modules.count('whole');
    const verdict = await this.modules.chain.acceptBlock(found.block);
    return this.judge(peer, verdict.ok ? undefined : verdict);
  }

  private judge(peer: Peer, failure: Failure | undefined): boolean {
    if (failure === undefined) return true;
    const said = `${failure.reason} (${failure.detail})`;
    switch (failure.class) {
      case 'mutated':
        this.modules.punish(peer, 'spoiled-block', said);
        return false; // the good copy is still wanted
      case 'consensus':
        this.modules.punish(peer, 'invalid-block', said);
        return true;
      case 'time-future':
        this.modules.punish(peer, 'future-block', said);
        return true;
      case 'missing-parent':
      case 'missing-inputs':
      case 'policy':
      case 'malformed':
      case 'duplicate':
        return true;
    }
  }
}

/** Waiting transactions as a miner would take them. */
function* likeliestFirst(mempool: Mempool): Generator<Transaction> {
  for (const { tx } of mempool.byMiningScore()) yield tx;
}
