/**
 * Turns what happens in the node into events for its clients.
 *
 * Blocks, reorganisations and mining are told at once. The mempool and the peers change more often than anybody can look: of
 * these, what changed is told together, several times a second.
 */
import type { ChainEvent, ChangedBlock } from '../../chainstate/index.ts';
import {
  type Address,
  addressOfPubkey,
  isCoinbase,
  type Transaction,
  type Txid,
  txidOf,
} from '../../consensus/index.ts';
import type { MempoolEntry, MempoolEvent } from '../../mempool/index.ts';
import type { MinerEvent } from '../../mining/index.ts';
import type {
  AddressTopic,
  EventOf,
  StoredPeer,
  TreeBlock,
  WaitingTransaction,
} from '../../protocol/index.ts';
import { mempoolInfo } from '../routes/mempool.ts';
import { reorgMessage } from '../routes/chain.ts';
import { statusAnswer } from '../routes/mining.ts';
import { loggedMessage } from '../routes/peer-messages.ts';
import { peerMessage } from '../routes/peers.ts';
import { syncMessage } from '../routes/system.ts';
import { ServedBlock } from '../served-blocks.ts';
import type { ApiServices } from '../services.ts';
import type { EventHub } from './event-hub.ts';
import { changedTreeBlock, condemnedTreeBlocks, treeBlock } from './tree-blocks.ts';

export interface NodeEventsOptions {
  /** Changes of the mempool are gathered for so long. */
  readonly mempoolEveryMs: number;
  /** The peers are looked at so often. */
  readonly peersEveryMs: number;
  /** Messages with peers are gathered for so long. */
  readonly messagesEveryMs: number;
}

export const DEFAULT_NODE_EVENTS: NodeEventsOptions = {
  mempoolEveryMs: 200,
  peersEveryMs: 1_000,
  messagesEveryMs: 250,
};

/** More changes of the mempool at once are not listed: a snapshot is shorter. */
const MAX_LISTED = 1_000;
/** Of more messages with peers at once, the latest are told: while it catches up, a node has hundreds a second. */
const MAX_TOLD_MESSAGES = 40;

type Removed = EventOf<'mempool-changed'>['removed'][number];
type AddressChange = EventOf<'address-changed'>['transactions'][number];

export interface NodeEventsModules {
  readonly services: ApiServices;
  readonly hub: EventHub;
  /** Addresses that somebody follows. */
  readonly followed: Pick<ReadonlySet<Address>, 'has' | 'size'>;
}

export class NodeEvents {
  private readonly modules: NodeEventsModules;
  private readonly options: NodeEventsOptions;
  private readonly unsubscribers: (() => void)[];
  private readonly peerTimer: NodeJS.Timeout;
  private mempoolTimer: NodeJS.Timeout | undefined;
  private added = new Map<Txid, MempoolEntry>();
  private removed: Removed[] = [];
  /** As they were at the last look; undefined while nobody wants to know. */
  private peers: ReadonlyMap<string, { readonly message: StoredPeer; readonly text: string }> | undefined;
  private syncText = '';
  private messagesTimer: NodeJS.Timeout | undefined;
  /** Number of the last message that was told of, or passed over. */
  private toldMessage = 0;

  constructor(modules: NodeEventsModules, options: NodeEventsOptions = DEFAULT_NODE_EVENTS) {
    this.modules = modules;
    this.options = options;
    const { chain, mempool, miner, messages } = modules.services;
    this.unsubscribers = [
      chain.events.subscribe((event) => this.chainChanged(event)),
      mempool.events.subscribe((event) => this.mempoolChanged(event)),
      miner.events.subscribe((event) => this.miningChanged(event)),
      messages.subscribe(() => this.messageNoted()),
    ];
    this.peerTimer = setInterval(() => this.lookAtPeers(), options.peersEveryMs);
    this.peerTimer.unref();
  }

  close(): void {
    for (const unsubscribe of this.unsubscribers) unsubscribe();
    clearInterval(this.peerTimer);
    clearTimeout(this.mempoolTimer);
    clearTimeout(this.messagesTimer);
  }

  private chainChanged(event: ChainEvent): void {
    const { hub, services } = this.modules;
    const { chain } = services;
    switch (event.type) {
      case 'tip-changed': {
        const inTree = (blocks: readonly ChangedBlock[]): TreeBlock[] =>
          blocks.map((block) => changedTreeBlock(chain, block)).filter((block) => block !== undefined);
        hub.emit('blocks', () => ({
          type: 'tip-changed',
          height: event.tip.height,
          tip_hash: event.tip.hash,
          fork_height: event.forkHeight,
          disconnected: inTree(event.disconnected),
          connected: inTree(event.connected),
        }));
        // The log has noted it just before: the same reorganisation has one time, wherever it is asked for.
        const [reorg] = event.disconnected.length > 0 ? services.reorgs.latest() : [];
        if (reorg !== undefined) hub.emit('reorgs', () => ({ type: 'reorg', reorg: reorgMessage(reorg) }));
        this.addressesInBlocks(event.disconnected, 'unconfirmed');
        this.addressesInBlocks(event.connected, 'confirmed');
        return;
      }
      case 'block-stored': {
        const node = chain.headers.get(event.hash);
        if (node !== undefined)
          hub.emit('blocks', () => ({
            type: 'block-stored',
            block: treeBlock(chain, node, new ServedBlock(event.block).facts()),
          }));
        return;
      }
      case 'block-invalid':
        hub.emit('blocks', () => ({
          type: 'block-invalid',
          block_hash: event.hash,
          height: event.height,
          reason: event.failure.reason,
          detail: event.failure.detail,
          blocks: condemnedTreeBlocks(chain, event),
        }));
    }
  }

  private mempoolChanged(event: MempoolEvent): void {
    const { hub } = this.modules;
    const { entry } = event;
    if (!hub.isWanted) return;
    if (event.type === 'accepted') {
      this.added.set(entry.txid, entry);
      this.addressesOf(entry, 'waiting');
    } else {
      this.added.delete(entry.txid);
      // Also what came within the same portion: a snapshot that was made meanwhile has told of it.
      this.removed.push({ txid: entry.txid, cause: event.cause, by: event.by ?? null });
      if (event.cause !== 'confirmed') this.addressesOf(entry, 'removed');
    }
    this.mempoolTimer ??= setTimeout(() => this.tellMempool(), this.options.mempoolEveryMs);
    this.mempoolTimer.unref();
  }

  private tellMempool(): void {
    const { hub, services } = this.modules;
    const added = [...this.added.values()];
    const { removed } = this;
    this.mempoolTimer = undefined;
    this.added = new Map();
    this.removed = [];
    const complete = added.length + removed.length <= MAX_LISTED;
    hub.emit('mempool', () => ({
      type: 'mempool-changed',
      added: complete ? added.map(waitingTransaction) : [],
      removed: complete ? removed : [],
      complete,
      info: mempoolInfo(services.mempool),
    }));
  }

  private miningChanged(event: MinerEvent): void {
    const { hub, services } = this.modules;
    const CAUSES = {
      'mining-started': 'started',
      'mining-stopped': 'stopped',
      'mining-progress': 'progress',
      'block-found': 'found',
    } as const;
    hub.emit('mining', () => ({
      type: 'mining-changed',
      cause: CAUSES[event.type],
      status: statusAnswer(services.miner.status()),
    }));
  }

  /** Tells what has changed since the last look. Also before a snapshot, so that what that tells of does not go unnoticed. */
  lookAtPeers(): void {
    const { hub, services } = this.modules;
    if (!hub.isWanted) {
      this.peers = undefined;
      return;
    }
    const before = this.peers;
    const sync = syncMessage(services.peers.progress());
    const now = services.peers.list().map((peer) => {
      const message = peerMessage(peer);
      return [peer.url, { message, text: JSON.stringify(message) }] as const;
    });
    const peers = new Map(now);
    this.peers = peers;
    const syncText = JSON.stringify(sync);
    const hasSyncChanged = syncText !== this.syncText;
    this.syncText = syncText;
    // The first look: whoever follows them has them all from a snapshot, or gets one now.
    if (before === undefined) return;
    const changed = now.filter(([url, { text }]) => before.get(url)?.text !== text);
    const removed = [...before.keys()].filter((url) => !peers.has(url));
    if (changed.length + removed.length === 0 && !hasSyncChanged) return;
    hub.emit('peers', () => ({
      type: 'peers-changed',
      changed: changed.map(([, { message }]) => message),
      removed,
      sync,
    }));
  }

  // --- Messages ----------------------------------------------------------------------------------------------------------

  private messageNoted(): void {
    if (this.messagesTimer !== undefined) return;
    const { hub, services } = this.modules;
    if (!hub.isFollowed('messages')) {
      this.toldMessage = services.messages.latest;
      return;
    }
    this.messagesTimer = setTimeout(() => this.tellMessages(), this.options.messagesEveryMs);
    this.messagesTimer.unref();
  }

  private tellMessages(): void {
    const { hub, services } = this.modules;
    const { messages, chain } = services;
    this.messagesTimer = undefined;
    const all = messages.latest - this.toldMessage;
    const found = messages.list({ after: this.toldMessage }, MAX_TOLD_MESSAGES);
    this.toldMessage = messages.latest;
    hub.emit('messages', () => ({
      type: 'messages-logged',
      messages: found.map((message) => loggedMessage(message, chain)),
      skipped: all - found.length,
    }));
  }

  // --- Addresses ---------------------------------------------------------------------------------------------------------

  private addressesOf(entry: MempoolEntry, change: 'waiting' | 'removed'): void {
    const { followed } = this.modules;
    if (followed.size === 0) return;
    const touched = new Set<Address>();
    for (const { pubkeyHash } of entry.tx.outputs) touched.add(pubkeyHash);
    for (const { coin } of entry.spent) touched.add(coin.pubkeyHash);
    for (const address of touched)
      if (followed.has(address)) this.tellAddress(address, [{ txid: entry.txid, change, height: null }]);
  }

  private addressesInBlocks(blocks: readonly ChangedBlock[], change: 'confirmed' | 'unconfirmed'): void {
    const { followed } = this.modules;
    if (followed.size === 0) return;
    const changes = new Map<Address, AddressChange[]>();
    for (const { block, height } of blocks) {
      for (const tx of block.transactions) {
        for (const address of addressesIn(tx)) {
          if (!followed.has(address)) continue;
          const known = changes.get(address) ?? [];
          known.push({ txid: txidOf(tx), change, height });
          changes.set(address, known);
        }
      }
    }
    for (const [address, transactions] of changes) this.tellAddress(address, transactions);
  }

  private tellAddress(address: Address, transactions: AddressChange[]): void {
    const topic: AddressTopic = `address:${address}`;
    this.modules.hub.emit(topic, () => ({ type: 'address-changed', address, transactions }));
  }
}

/** Whom a transaction pays and whose coins it spends: an input brings its owner's key along. */
function addressesIn(tx: Transaction): Set<Address> {
  const addresses = new Set(tx.outputs.map(({ pubkeyHash }) => pubkeyHash));
  if (!isCoinbase(tx)) for (const { pubkey } of tx.inputs) addresses.add(addressOfPubkey(pubkey));
  return addresses;
}

export function waitingTransaction(entry: MempoolEntry): WaitingTransaction {
  return {
    txid: entry.txid,
    fee: entry.fee,
    size: entry.sizeBytes,
    fee_per_kb: Math.floor((entry.fee * 1_000) / entry.sizeBytes),
    received_at: entry.receivedAtMs / 1_000,
    output_total: entry.tx.outputs.reduce((sum, { amount }) => sum + amount, 0),
    parents: [...entry.parents].map(({ txid }) => txid),
  };
}
