/**
 * Fetches the bodies of the best chain that peers have shown headers of, from several of them at once, and hands them to the
 * chain state in order.
 *
 *             we have bodies      window: asked for, or here and waiting
 *   … ─ ■ ─ ■ ─ ■ ─ ■ ─ │ ─ ▣ ─ □ ─ □ ─ ▣ ─ ▣ ─ □ ─ │ ─ · ─ · ─ · best header
 *                         ^ the next one
 *
 * Bounds: the window has so many blocks and so many bytes, however long the chain is. A peer is asked for at most 16 blocks in
 * one request, and two requests at a time. The next must arrive within a deadline each time, else what is left goes to
 * somebody else. If everybody waits for one block, an idle peer is asked for it, too.
 */
import { type Chainstate, MAX_RUN } from '../chainstate/index.ts';
import { ancestorAt, type Block, type BlockHash, type Failure, type HeaderNode } from '../consensus/index.ts';
import { linkedAncestor } from './header-sync.ts';
import { MAX_BLOCKS } from './messages.ts';
import type { Offence } from './misbehaviour.ts';
import type { Peer } from './peer.ts';
import { PeerFailedError, PeerTimedOutError } from './peer-errors.ts';
import { SyncMeter } from './sync-meter.ts';

export interface BlockSyncOptions {
  /** Blocks in the window. */
  readonly windowBlocks: number;
  /** Bytes of blocks that are here and wait for the one before. */
  readonly windowBytes: number;
  /** The next block of a request must be here within this time. */
  readonly blockTimeoutMs: number;
  /** When everybody waits for one block for so long, it is asked for a second time. */
  readonly overtakeAfterMs: number;
}

export const DEFAULT_BLOCK_SYNC: BlockSyncOptions = {
  windowBlocks: 512,
  windowBytes: 32_000_000,
  blockTimeoutMs: 10_000,
  overtakeAfterMs: 2_000,
};

export interface BlockSyncModules {
  readonly chain: Chainstate;
  readonly clock: { nowMs(): number };
  readonly signal: AbortSignal;
  /** Whom to ask. */
  readonly peers: () => Iterable<Peer>;
  readonly punish: (peer: Peer, offence: Offence, detail: string) => void;
  /** A request failed: end the connection if need be. */
  readonly failed: (peer: Peer, error: unknown) => void;
  /** A peer did not have what it had shown the headers of: its chain is another one now. */
  readonly changed: (peer: Peer) => void;
  /** The store failed: the node should stop. */
  readonly onFatal: (error: unknown) => void;
}

interface Arrived {
  readonly block: Block;
  readonly sizeBytes: number;
  readonly peer: Peer;
}

interface ArrivedInTurn extends Arrived {
  readonly node: HeaderNode;
}

interface Asked {
  readonly peers: Set<Peer>;
  readonly sinceMs: number;
}

const REQUESTS_PER_PEER = 2;
/** With so many blocks here that wait to be connected, there is no hurry to ask for more. */
const AMPLE_BLOCKS = 2 * MAX_BLOCKS;
const TICK_MS = 500;
const REFUSED_PAUSE_MS = 1_000;
/** An estimate of a block's size before any has come. */
const FIRST_GUESS_BYTES = 100_000;

export class BlockSync {
  private readonly options: BlockSyncOptions;
  private readonly modules: BlockSyncModules;
  private readonly meter: SyncMeter;
  private readonly asked = new Map<BlockHash, Asked>();
  private readonly arrived = new Map<BlockHash, Arrived>();
  private arrivedBytes = 0;
  private averageBytes = FIRST_GUESS_BYTES;
  private readonly requests = new Map<Peer, number>();
  /** Blocks that the chain state has in hand. */
  private readonly handedOver = new Set<BlockHash>();
  /** Blocks that somebody else here is fetching. */
  private readonly reserved = new Set<BlockHash>();
  /** Peers that refused, and until when they are left alone. */
  private readonly pausedUntilMs = new WeakMap<Peer, number>();
  private isPumpDue = false;
  private isFeeding = false;
  private timer: NodeJS.Timeout | undefined = undefined;
  private readonly idleListeners = new Set<() => void>();

  constructor(options: BlockSyncOptions, modules: BlockSyncModules) {
    this.options = options;
    this.modules = modules;
    this.meter = new SyncMeter(() => modules.clock.nowMs());
  }

  /** Looks for work soon; cheap, to be called whenever something has changed. */
  pump(): void {
    if (this.isPumpDue || this.modules.signal.aborted) return;
    this.isPumpDue = true;
    setImmediate(() => {
      this.isPumpDue = false;
      this.work();
    });
  }

  /** The best header that a peer has shown, where it has more work than our tip. */
  target(): HeaderNode | undefined {
    const { tip } = this.modules.chain;
    let best: HeaderNode | undefined;
    for (const { best: node, link } of this.modules.peers()) {
      if (node === null || link === undefined || node.invalid) continue;
      if (node.chainWork > (best?.chainWork ?? tip?.chainWork ?? -1n)) best = node;
    }
    return best;
  }

  /** Up to which height of a chain the bodies are here. */
  heightDone(target: HeaderNode): number {
    return linkedAncestor(target)?.height ?? -1;
  }

  /**
   * Leaves a block to the caller, who fetches it in another way, until {@link release}.
   * @returns false where it is asked for already, or here and waiting its turn
   */
  reserve(hash: BlockHash): boolean {
    if (this.isUnderWay(hash)) return false;
    this.reserved.add(hash);
    return true;
  }

  release(hash: BlockHash): void {
    this.reserved.delete(hash);
    this.pump();
  }

  private isUnderWay(hash: BlockHash): boolean {
    return (
      this.asked.has(hash) || this.arrived.has(hash) || this.handedOver.has(hash) || this.reserved.has(hash)
    );
  }

  /** Blocks connected a second. */
  get blocksPerSecond(): number {
    return this.meter.perSecond;
  }

  /** From how many peers blocks are being fetched, or are here and wait. */
  get peerCount(): number {
    return new Set([...this.requests.keys(), ...[...this.arrived.values()].map(({ peer }) => peer)]).size;
  }

  /** Resolves when there is nothing better to fetch from anybody, or nobody to fetch it from. */
  async whenIdle(): Promise<void> {
    while (!this.modules.signal.aborted && this.target() !== undefined) {
      this.pump();
      await new Promise<void>((resolve) => this.idleListeners.add(resolve));
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.tellIdle();
  }

  private work(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const target = this.target();
    if (target === undefined || this.modules.signal.aborted) {
      this.rest();
      return;
    }
    this.feed();
    this.assign(this.window(target));
    // Deadlines pass and peers come without anybody saying so.
    this.timer = setTimeout(() => this.pump(), TICK_MS);
    this.timer.unref();
  }

  private rest(): void {
    // What still arrives is for a chain that nobody offers any more.
    this.arrived.clear();
    this.arrivedBytes = 0;
    this.meter.reset();
    this.tellIdle();
  }

  private tellIdle(): void {
    const listeners = [...this.idleListeners];
    this.idleListeners.clear();
    for (const listener of listeners) listener();
  }

  // --- Asking ---------------------------------------------------------------------------------------------------------

  /** The nodes from the next one on, lowest first, as far as the window goes. */
  private window(target: HeaderNode): HeaderNode[] {
    const first = (linkedAncestor(target)?.height ?? -1) + 1;
    const top = ancestorAt(target, Math.min(target.height, first + this.options.windowBlocks - 1));
    const nodes: HeaderNode[] = [];
    for (let at = top; at !== null && at.height >= first; at = at.parent) nodes.push(at);
    return nodes.reverse();
  }

  private assign(window: readonly HeaderNode[]): void {
    const [next] = window;
    if (next === undefined) return;
    const wanted = window.filter((node) => !node.hasBody && !this.isUnderWay(node.hash));
    for (const peer of this.idlePeers()) {
      const batch: HeaderNode[] = [];
      for (const node of wanted) {
        if (batch.length >= MAX_BLOCKS) break;
        // The next one is always asked for: without it nothing moves, and no room is ever made.
        if (node !== next && !this.hasRoom(batch.length)) break;
        if (peerHas(peer, node)) batch.push(node);
      }
      if (batch.length === 0) continue;
      // Each block that is connected makes room for one: waiting for a whole request's worth saves most of the requests.
      if (batch.length < MAX_BLOCKS && batch[0] !== next && this.arrived.size >= AMPLE_BLOCKS) continue;
      wanted.splice(0, wanted.length, ...wanted.filter((node) => !batch.includes(node)));
      this.ask(peer, batch);
    }
    this.overtake(window);
  }

  private hasRoom(more: number): boolean {
    return this.arrivedBytes + (this.asked.size + more) * this.averageBytes < this.options.windowBytes;
  }

  /** Peers that can take another request, the quickest first. */
  private idlePeers(): Peer[] {
    const nowMs = this.modules.clock.nowMs();
    return [...this.modules.peers()]
      .filter(
        (peer) =>
          peer.link !== undefined &&
          (this.requests.get(peer) ?? 0) < REQUESTS_PER_PEER &&
          (this.pausedUntilMs.get(peer) ?? 0) <= nowMs,
      )
      .sort(
        (a, b) =>
          (this.requests.get(a) ?? 0) - (this.requests.get(b) ?? 0) ||
          (a.latencyMs ?? 0) - (b.latencyMs ?? 0),
      );
  }

  /** Everybody waits for the next block: ask somebody else for it, and for what was to come with it. */
  private overtake(window: readonly HeaderNode[]): void {
    const [next] = window;
    const asked = next === undefined ? undefined : this.asked.get(next.hash);
    if (next === undefined || asked === undefined || asked.peers.size > 1) return;
    if (this.modules.clock.nowMs() - asked.sinceMs < this.options.overtakeAfterMs) return;
    const late = window.filter((node) => this.asked.get(node.hash)?.sinceMs === asked.sinceMs);
    const other = this.idlePeers().find((peer) => !asked.peers.has(peer) && peerHas(peer, next));
    if (other !== undefined)
      this.ask(
        other,
        late.slice(0, MAX_BLOCKS).filter((node) => peerHas(other, node)),
      );
  }

  private ask(peer: Peer, nodes: readonly HeaderNode[]): void {
    const { link } = peer;
    if (link === undefined || nodes.length === 0) return;
    const sinceMs = this.modules.clock.nowMs();
    for (const { hash } of nodes) {
      const peers = new Set([...(this.asked.get(hash)?.peers ?? []), peer]);
      this.asked.set(hash, { peers, sinceMs });
    }
    this.requests.set(peer, (this.requests.get(peer) ?? 0) + 1);
    peer.blocksInFlight += nodes.length;
    const open = new Set(nodes.map(({ hash }) => hash));
    const settle = (hash: BlockHash): void => {
      if (!open.delete(hash)) return;
      peer.blocksInFlight--;
      const asked = this.asked.get(hash);
      asked?.peers.delete(peer);
      if (asked?.peers.size === 0) this.asked.delete(hash);
    };
    let lacked = 0;
    const request = link.blocks(
      [...open],
      (hash, block, sizeBytes) => {
        settle(hash);
        if (block === undefined) lacked++;
        else this.arrive(hash, { block, sizeBytes, peer });
      },
      this.options.blockTimeoutMs,
    );
    request
      .catch((error: unknown) => {
        if (error instanceof PeerTimedOutError) this.modules.punish(peer, 'stalled', error.message);
        // It is busy, or has had enough of us for the moment: asking again at once would not help.
        if (error instanceof PeerFailedError && error.status !== undefined)
          this.pausedUntilMs.set(peer, this.modules.clock.nowMs() + REFUSED_PAUSE_MS);
        this.modules.failed(peer, error);
      })
      .finally(() => {
        for (const hash of open) settle(hash);
        const left = (this.requests.get(peer) ?? 1) - 1;
        if (left > 0) this.requests.set(peer, left);
        else this.requests.delete(peer);
        if (lacked > 0) {
          peer.best = null;
          this.modules.punish(peer, 'not-there', `it lacked ${lacked} blocks of its own chain`);
          this.modules.changed(peer);
        }
        this.pump();
      });
  }

  private arrive(hash: BlockHash, arrived: Arrived): void {
    const node = this.modules.chain.headers.get(hash);
    if (node === undefined) this.forget(arrived.peer);
    // Overtaken, or of a chain that turned out invalid.
    if (node === undefined || node.hasBody || node.invalid) return;
    if (this.arrived.has(hash) || this.handedOver.has(hash)) return;
    this.averageBytes += 0.1 * (arrived.sizeBytes - this.averageBytes);
    this.arrived.set(hash, arrived);
    this.arrivedBytes += arrived.sizeBytes;
    // Its signatures can be checked while it waits for the blocks before it.
    this.modules.chain.prepareBlock(arrived.block);
    this.feed();
  }

  /** Headers that a peer has shown were forgotten for want of room: they are asked for again, and no bodies until then. */
  private forget(peer: Peer): void {
    if (peer.best === null || this.modules.chain.headers.get(peer.best.hash) === peer.best) return;
    peer.best = null;
    this.modules.changed(peer);
  }

  // --- Handing over ---------------------------------------------------------------------------------------------------

  /** Hands over what has arrived, in order, one after the other, for as long as the next one is here. */
  private feed(): void {
    if (this.isFeeding) return;
    this.isFeeding = true;
    this.handOver()
      .catch((error: unknown) => this.modules.onFatal(error))
      .finally(() => (this.isFeeding = false));
  }

  private async handOver(): Promise<void> {
    for (let run = this.takeRun(); run.length > 0; run = this.takeRun()) {
      if (this.modules.signal.aborted) return;
      for (const { node } of run) this.handedOver.add(node.hash);
      this.pump(); // there is room for others now
      const verdicts = await this.modules.chain.acceptBlocks(run.map(({ block }) => block));
      this.handedOver.clear();
      verdicts.forEach((verdict, index) => {
        const next = run[index];
        if (next === undefined) return;
        if (verdict.ok) this.meter.count();
        else this.refused(next, verdict);
      });
    }
  }

  private refused({ node, peer }: ArrivedInTurn, failure: Failure): void {
    const detail = `block of height ${node.height}: ${failure.reason} (${failure.detail})`;
    switch (failure.class) {
      case 'mutated':
        this.modules.punish(peer, 'spoiled-block', detail);
        break;
      case 'consensus':
        // One that only stands on a bad one, and was here already, says nothing new of whoever sent it.
        if (failure.reason !== 'bad-prevblk') this.modules.punish(peer, 'invalid-block', detail);
        this.blameForChain(detail);
        break;
      case 'time-future':
        this.modules.punish(peer, 'future-block', detail);
        peer.best = null;
        break;
      case 'duplicate': // it came another way in the meantime
      case 'missing-parent': // its header was forgotten, or a block below it spoiled: it is asked for again
      case 'missing-inputs':
      case 'policy':
      case 'malformed':
        break;
    }
  }

  /** The next ones that are here without a gap, lowest first. */
  private takeRun(): ArrivedInTurn[] {
    const target = this.target();
    const run: ArrivedInTurn[] = [];
    if (target === undefined) return run;
    const first = (linkedAncestor(target)?.height ?? -1) + 1;
    for (let height = first; height <= target.height && run.length < MAX_RUN; height++) {
      const node = ancestorAt(target, height);
      const arrived = node === null ? undefined : this.arrived.get(node.hash);
      if (node === null || arrived === undefined) break;
      this.arrived.delete(node.hash);
      this.arrivedBytes -= arrived.sizeBytes;
      run.push({ ...arrived, node });
    }
    return run;
  }

  /** Whoever says that an invalid chain is his own is no use, and no honest node says so. */
  private blameForChain(detail: string): void {
    for (const peer of this.modules.peers()) {
      if (peer.best?.invalid !== true) continue;
      peer.best = null;
      this.modules.punish(peer, 'invalid-chain', detail);
    }
    for (const [hash, { sizeBytes }] of this.arrived) {
      if (this.modules.chain.headers.get(hash)?.invalid !== true) continue;
      this.arrived.delete(hash);
      this.arrivedBytes -= sizeBytes;
    }
  }
}

function peerHas(peer: Peer, node: HeaderNode): boolean {
  return peer.best !== null && ancestorAt(peer.best, node.height) === node;
}
