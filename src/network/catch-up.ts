/**
 * Where the chains of our peers end and where ours does: what to fetch from them, what to hand over, and how far it is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chainstate, ChainStore } from '../chainstate/index.ts';
import type { BlockHash } from '../consensus/index.ts';
import type { Mempool } from '../mempool/index.ts';
import type { BlockSync } from './block-sync.ts';
import type { HeaderSync } from './header-sync.ts';
import { followOriginal } from './original-sync.ts';
import { CALL_BACK_GRACE_MS, type Outbox } from './outbox.ts';
import type { OwnIdentity } from './own-identity.ts';
import type { Peer } from './peer.ts';
import type { SyncProgress } from './ports.ts';

export interface CatchUpModules {
  readonly chain: Chainstate;
  readonly chainStore: Pick<ChainStore, 'readBlock'>;
  readonly mempool: Mempool;
  readonly clock: { nowMs(): number; nowS(): number };
  readonly signal: AbortSignal;
  readonly minimumChainWork: bigint;
  readonly identity: OwnIdentity;
  readonly headerSync: HeaderSync;
  readonly blockSync: BlockSync;
  readonly reachable: () => Iterable<Peer>;
  /** Does work on a peer that nobody waits for. */
  readonly inBackground: (peer: Peer, work: () => Promise<void>) => void;
  /** Something that is kept of a peer has changed. */
  readonly touch: (peer: Peer) => void;
}

/** So many blocks behind the best chain that we know, news of the tip is none of our business yet. */
const FAR_BEHIND_BLOCKS = 8;
/** Blocks and transactions that are handed to one who cannot fetch them. */
const MAX_HANDED_OVER = 1_000;

export class CatchUp {
  private readonly modules: CatchUpModules;

  constructor(modules: CatchUpModules) {
    this.modules = modules;
  }

  isFarBehind(): boolean {
    const target = this.modules.blockSync.target();
    return target !== undefined && target.height - this.modules.chain.height > FAR_BEHIND_BLOCKS;
  }

  /** Reads what a peer has and we have not. Bodies follow by themselves. @throws PeerFailedError */
  async with(peer: Peer): Promise<void> {
    const { connection } = peer;
    if (connection?.kind === 'mini-bitcoin') {
      await this.modules.headerSync.follow(peer);
      return;
    }
    if (connection === undefined) return;
    const { chain, clock } = this.modules;
    const tip = await connection.original.tip();
    peer.height = tip.height;
    peer.tipHash = tip.hash;
    peer.answered(clock.nowMs());
    const known = tip.hash === undefined ? undefined : chain.headers.get(tip.hash);
    if (tip.height < 0 || known?.hasBody === true) return;
    await followOriginal(connection.original, this.modules);
  }

  /** Asks a peer where it is now. @throws PeerFailedError */
  async ask(peer: Peer): Promise<void> {
    const { clock, identity, touch } = this.modules;
    if (peer.link === undefined) {
      await this.with(peer);
      return;
    }
    const startedMs = clock.nowMs();
    const tip = await peer.link.ping(identity.tip());
    peer.measured(clock.nowMs() - startedMs);
    peer.answered(clock.nowMs());
    peer.claims(tip);
    touch(peer);
    this.lookAtTip(peer);
  }

  /** A peer has said where its chain ends: is there anything in it for us? */
  lookAtTip(peer: Peer): void {
    const { chain, blockSync, inBackground } = this.modules;
    const known = peer.tipHash === undefined ? undefined : chain.headers.get(peer.tipHash as BlockHash);
    if (known !== undefined) {
      if (!known.invalid) peer.has(known);
      blockSync.pump();
      return;
    }
    if ((peer.chainWork ?? 0n) > (chain.tip?.chainWork ?? 0n)) inBackground(peer, () => this.with(peer));
  }

  /**
   * Hands over what a peer lacks and cannot fetch: the original, which never asks, and nodes that have no way to call us.
   * Those who can get nothing.
   */
  async handOver(peer: Peer, outbox: Outbox): Promise<void> {
    const { signal, chain, chainStore, mempool, clock } = this.modules;
    const graceMs = (peer.connection?.sinceMs ?? 0) + CALL_BACK_GRACE_MS + 100 - clock.nowMs();
    if (peer.link !== undefined && graceMs > 0)
      await sleep(graceMs, undefined, { ref: false, signal }).catch(() => undefined);
    if (signal.aborted || peer.connection === undefined || peer.callsUs) return;
    const theirTip = peer.tipHash === undefined ? undefined : chain.headers.get(peer.tipHash as BlockHash);
    // Of a chain that we do not know, nobody can say where ours leaves it.
    if (theirTip !== undefined || peer.height === -1) {
      const fork = theirTip === undefined ? null : chain.headers.forkFromActive(theirTip);
      const from = (fork?.height ?? -1) + 1;
      for (let height = from; height < from + MAX_HANDED_OVER; height++) {
        const node = chain.headers.activeAt(height);
        const block = node && (await chainStore.readBlock(node.hash));
        if (block === undefined || this.modules.signal.aborted) break;
        await outbox.handOver(block);
      }
    }
    for (const { tx } of mempool.entries().slice(0, MAX_HANDED_OVER)) outbox.transaction(tx);
  }

  progress(): SyncProgress {
    const { height } = this.modules.chain;
    const target = this.modules.blockSync.target();
    if (target === undefined) {
      const read = this.modules.headerSync.heightRead;
      if (read === undefined)
        return {
          state: 'idle',
          height,
          targetHeight: height,
          percent: 100,
          blocksPerSecond: 0,
          etaSeconds: undefined,
          peers: 0,
        };
      return {
        state: 'headers',
        height,
        targetHeight: read,
        percent: 0,
        blocksPerSecond: 0,
        etaSeconds: undefined,
        peers: 0,
      };
    }
    // Of a chain whose headers are still coming, what its owner claims is the better guess.
    const claimed = this.modules.headerSync.isReading
      ? Math.max(...[...this.modules.reachable()].map((peer) => peer.height ?? -1))
      : -1;
    const targetHeight = Math.max(target.height, claimed);
    const done = this.modules.blockSync.heightDone(target);
    const { blocksPerSecond, peerCount } = this.modules.blockSync;
    return {
      state: 'blocks',
      height,
      targetHeight,
      percent: Math.min(100, Math.floor(((done + 1) * 1_000) / (targetHeight + 1)) / 10),
      blocksPerSecond,
      etaSeconds: blocksPerSecond > 0 ? Math.ceil((targetHeight - done) / blocksPerSecond) : undefined,
      peers: peerCount,
    };
  }
}
