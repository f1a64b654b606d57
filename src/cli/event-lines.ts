/** Events of a node as people read them: one line each, and nothing about what nobody would look at. */
import type {
  EventMessage,
  EventOf,
  PeerMessage,
  SnapshotMessage,
  StoredPeer,
  TreeBlock,
} from '../protocol/index.ts';
import {
  amountText,
  bytesText,
  coinsText,
  counted,
  durationText,
  feeRateText,
  hashRateText,
  plainText,
  shortened,
} from './describe.ts';
import type { Layout } from './layout.ts';

export interface EventLinesOptions {
  readonly layout: Layout;
  /** So often progress of a search is shown; never where this is left out. */
  readonly progressEveryMs?: number;
}

/** Columns of a terminal from which on lines have whole hashes, to be copied. */
const ROOM_FOR_HASHES = 110;

type PeerView = Pick<StoredPeer, 'state' | 'node_name'>;

export class EventLines {
  private readonly style: Layout['style'];
  private readonly hash: (hex: string) => string;
  private readonly progressEveryMs: number | undefined;
  private progressAtMs = -Infinity;
  private peers = new Map<string, PeerView>();
  private syncState = 'idle';

  constructor({ layout, progressEveryMs }: EventLinesOptions) {
    this.style = layout.style;
    const isNarrow = layout.isTerminal && layout.columns < ROOM_FOR_HASHES;
    this.hash = isNarrow ? shortened : (hex) => hex;
    this.progressEveryMs = progressEveryMs;
  }

  /** How everything stands, in a few words for each topic. Later events are compared with it. */
  snapshot({ data }: SnapshotMessage): string[] {
    const { blocks, mempool, mining, peers, addresses = {} } = data;
    const facts: string[] = [];
    if (blocks !== undefined)
      facts.push(
        blocks.tip_hash === null
          ? 'no block yet'
          : `height ${blocks.height.toLocaleString('en')}, tip ${shortened(blocks.tip_hash)}`,
      );
    if (mempool !== undefined) facts.push(waitingText(mempool.info));
    if (mining !== undefined) facts.push(mining.running ? 'it mines' : 'it does not mine');
    if (peers !== undefined) {
      this.peers = new Map(peers.peers.map((peer) => [peer.url, peer]));
      this.syncState = peers.sync.state;
      const connected = peers.peers.filter(({ state }) => state === 'connected').length;
      facts.push(`${counted(connected, 'peer')} connected`);
    }
    for (const [address, { balance, waiting_count: waiting }] of Object.entries(addresses)) {
      const unconfirmed = waiting === 0 ? '' : `, ${counted(waiting, 'transaction')} waiting`;
      facts.push(`${shortened(address)} has ${amountText(balance)}${unconfirmed}`);
    }
    return facts;
  }

  /** One line; undefined for what only programs want to know. */
  event({ data, at }: EventMessage): string | undefined {
    const { style } = this;
    switch (data.type) {
      case 'tip-changed':
        return this.tipChanged(data);
      case 'block-stored':
        return (
          style.yellow(`block ${data.block.height}`) + ` ${this.hash(data.block.block_hash)} beside the chain`
        );
      case 'block-invalid':
        return (
          style.red(`block ${data.height}`) +
          ` ${this.hash(data.block_hash)} breaks a rule: ${plainText(data.reason)} (${plainText(data.detail)})`
        );
      case 'reorg':
        return `${style.yellow('reorganisation')}: ${plainText(data.reorg.story)}`;
      case 'mempool-changed':
        return this.mempoolChanged(data);
      case 'mining-changed':
        return this.miningChanged(data, at * 1_000);
      case 'peers-changed':
        return this.peersChanged(data);
      case 'messages-logged':
        return this.messagesLogged(data);
      case 'address-changed':
        return this.addressChanged(data);
    }
  }

  private tipChanged({ connected, disconnected, height, tip_hash: tip }: EventOf<'tip-changed'>): string {
    const { style } = this;
    const [only] = connected;
    if (disconnected.length === 0 && connected.length === 1 && only !== undefined)
      return `${style.green(`block ${height}`)} ${this.hash(only.block_hash)}${contentText(only)}`;
    const came = counted(connected.length, 'block');
    if (disconnected.length === 0)
      return `${style.green(`height ${height}`)} after ${came}, tip ${tip === null ? 'none' : this.hash(tip)}`;
    const left = counted(disconnected.length, 'block');
    return `${style.yellow(`height ${height}`)} on another branch: ${left} left, ${came} joined, tip ${tip === null ? 'none' : this.hash(tip)}`;
  }

  private mempoolChanged({ added, removed, complete, info }: EventOf<'mempool-changed'>): string {
    const { style } = this;
    const parts: string[] = [];
    const [first] = added;
    if (!complete) parts.push('much changed at once');
    const causes = new Map<string, typeof removed>();
    for (const one of removed) causes.set(one.cause, [...(causes.get(one.cause) ?? []), one]);
    for (const [cause, ones] of causes) {
      const [one] = ones;
      const which =
        ones.length === 1 && one !== undefined ? this.hash(one.txid) : counted(ones.length, 'transaction');
      const by = ones.length === 1 && one?.by ? ` by ${shortened(one.by)}` : '';
      parts.push(`${CAUSE_TEXTS[cause] ?? `left (${plainText(cause)})`} ${which}${by}`);
    }
    // Within one portion of changes a payment may be confirmed, and come back with a reorganisation.
    if (added.length === 1 && first !== undefined)
      parts.push(
        `${style.cyan('came')} ${this.hash(first.txid)}, ${coinsText(first.output_total)}, ` +
          `fee ${first.fee} (${feeRateText(first.fee, first.size)})`,
      );
    else if (added.length > 1) parts.push(`${style.cyan('came')} ${counted(added.length, 'transaction')}`);
    return [...parts, info.size === 0 ? 'nothing waits' : `${info.size.toLocaleString('en')} waiting`].join(
      '; ',
    );
  }

  private miningChanged({ cause, status }: EventOf<'mining-changed'>, atMs: number): string | undefined {
    const { style } = this;
    switch (cause) {
      case 'started':
        return style.magenta('mining starts') + (status.height === null ? '' : `, height ${status.height}`);
      case 'stopped':
        return (
          style.magenta('mining stops') +
          (status.last_error === null ? '' : `: ${plainText(status.last_error)}`)
        );
      case 'found': {
        const found = status.last_block;
        if (found === null) return style.magenta('found a block');
        const lost = found.outcome === 'lost-race' ? ', too late: another one came first' : '';
        return `${style.magenta('found')} block ${found.height} ${this.hash(found.block_hash)}${lost}`;
      }
      case 'progress': {
        if (this.progressEveryMs === undefined || atMs - this.progressAtMs < this.progressEveryMs)
          return undefined;
        this.progressAtMs = atMs;
        const { height, hash_rate: rate, expected_seconds: expected } = status;
        const average = expected === null ? '' : `, a block takes ${durationText(expected)} on average`;
        return style.dim(`searching for block ${height ?? '?'} with ${hashRateText(rate)}${average}`);
      }
    }
  }

  /** Traffic and latencies change every second: only states are told. */
  private peersChanged({ changed, removed, sync }: EventOf<'peers-changed'>): string | undefined {
    const parts: string[] = [];
    for (const peer of changed) {
      const before = this.peers.get(peer.url);
      this.peers.set(peer.url, peer);
      if (before?.state !== peer.state) parts.push(this.peerText(peer));
    }
    for (const url of removed) {
      if (this.peers.delete(url)) parts.push(`${plainText(url)} ${this.style.yellow('forgotten')}`);
    }
    if (sync.state !== this.syncState) {
      this.syncState = sync.state;
      parts.push(
        {
          idle: 'no better chain is known',
          headers: `looking at headers, up to height ${sync.target_height.toLocaleString('en')}`,
          blocks: `fetching blocks, up to height ${sync.target_height.toLocaleString('en')}`,
        }[sync.state],
      );
    }
    return parts.length === 0 ? undefined : parts.join('; ');
  }

  private peerText({ url, node_name: name, state, ban_reason: ban, last_error: error }: StoredPeer): string {
    const { style } = this;
    const paint = state === 'connected' ? style.green : state === 'banned' ? style.red : style.yellow;
    const called = name === null ? '' : ` (${plainText(name)})`;
    const why = state === 'banned' ? ban : state === 'connected' ? null : error;
    return `${plainText(url)}${called} ${paint(state)}${why === null ? '' : `: ${plainText(why)}`}`;
  }

  /** Each of a few; of more, how many of which kind. */
  private messagesLogged({ messages, skipped }: EventOf<'messages-logged'>): string {
    const { style } = this;
    if (messages.length <= MESSAGES_ONE_BY_ONE && skipped === 0)
      return messages.map((message) => messageText(message, style)).join('; ');
    const kinds = new Map<string, number>();
    for (const { kind } of messages) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const counts = [...kinds].map(([kind, times]) => `${times} ${kind}`);
    const more = skipped === 0 ? '' : `, and ${skipped.toLocaleString('en')} before`;
    return `${style.cyan('messages')} ${counts.join(', ')}${more}`;
  }

  private addressChanged({ address, transactions }: EventOf<'address-changed'>): string {
    const { style } = this;
    const parts = transactions.map(({ txid, change, height }) => {
      const where = height === null ? '' : ` in block ${height}`;
      const text = {
        waiting: 'waits',
        removed: 'waits no longer',
        confirmed: 'is',
        unconfirmed: 'is no longer',
      }[change];
      return `${this.hash(txid)} ${text}${where}`;
    });
    return `${style.cyan(shortened(address))}: ${parts.join('; ')}`;
  }
}

/** More messages with peers at once are counted. */
const MESSAGES_ONE_BY_ONE = 3;

/** `→ http://… headers (12 headers, 3 ms)`. */
function messageText(message: PeerMessage, style: Layout['style']): string {
  const { about, direction, kind, outcome } = message;
  const arrow = direction === 'out' ? '→' : '←';
  const who = plainText(message.peer ?? message.caller ?? 'somebody');
  const facts = [
    about.height === undefined || about.height < 0 ? undefined : `block ${about.height}`,
    about.headers === undefined ? undefined : counted(about.headers, 'header'),
    about.blocks === undefined ? undefined : counted(about.blocks, 'block'),
    about.transactions === undefined ? undefined : counted(about.transactions, 'transaction'),
    about.addresses === undefined ? undefined : counted(about.addresses, 'address', 'addresses'),
    durationText(message.duration_ms / 1_000),
  ].filter((fact) => fact !== undefined);
  const wrong = outcome === 'ok' ? '' : ` ${style.red(outcome)}: ${plainText(message.detail ?? '')}`;
  return `${arrow} ${who} ${style.cyan(kind)} (${facts.join(', ')})${wrong}`;
}

const CAUSE_TEXTS: Readonly<Record<string, string>> = {
  confirmed: 'confirmed',
  replaced: 'replaced',
  conflict: 'in conflict with the chain:',
  evicted: 'pushed out',
  expired: 'waited too long:',
  reorg: 'not valid on the new branch:',
  'storage-failed': 'could not be kept:',
};

function contentText({ transaction_count: count, size, miner, reward }: TreeBlock): string {
  const parts = [
    count === null ? undefined : counted(count, 'transaction'),
    size === null ? undefined : bytesText(size),
    miner === null || reward === null ? undefined : `${coinsText(reward)} to ${shortened(miner)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function waitingText({ size, total_fees: fees }: EventOf<'mempool-changed'>['info']): string {
  return size === 0 ? 'nothing waits' : `${counted(size, 'transaction')} waiting with fees of ${fees}`;
}
