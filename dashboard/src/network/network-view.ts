/** What the page knows of the peers and of the messages with them, as a value: snapshots and events go in, a new view comes out. */
import type {
  EventMessage,
  PeerMessage,
  SnapshotMessage,
  StoredPeer,
} from '../../../src/protocol/schemas.ts';
import type { ChainView } from '../app/chain-view.ts';

export interface NetworkView {
  /** Undefined: nothing has been heard yet. */
  readonly peers: readonly StoredPeer[] | undefined;
  /** Lowest number first, each once. */
  readonly messages: readonly PeerMessage[];
}

export const NOTHING_HEARD: NetworkView = { peers: undefined, messages: [] };

/** As many as the node keeps. */
export const KEPT_MESSAGES = 500;

export function applyMessage(view: NetworkView, message: SnapshotMessage | EventMessage): NetworkView {
  if (message.type === 'snapshot') {
    const { peers, messages } = message.data;
    return {
      peers: peers === undefined ? view.peers : sorted(peers.peers),
      // A node that was started anew counts from one again.
      messages: messages === undefined ? view.messages : messages.messages,
    };
  }
  const { data } = message;
  if (data.type === 'messages-logged') return { ...view, messages: joined(view.messages, data.messages) };
  if (data.type !== 'peers-changed') return view;
  const peers = new Map((view.peers ?? []).map((peer) => [peer.url, peer]));
  for (const peer of data.changed) peers.set(peer.url, peer);
  for (const url of data.removed) peers.delete(url);
  return { ...view, peers: sorted([...peers.values()]) };
}

/** All of both, by number. */
export function joined(before: readonly PeerMessage[], more: readonly PeerMessage[]): readonly PeerMessage[] {
  const all = new Map([...before, ...more].map((message) => [message.number, message]));
  return [...all.values()].sort((a, b) => a.number - b.number).slice(-KEPT_MESSAGES);
}

const sorted = (peers: readonly StoredPeer[]): StoredPeer[] =>
  peers.toSorted((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0));

/** How the chain of a peer stands to ours. */
export type Agreement = 'unknown' | 'empty' | 'same' | 'ahead' | 'behind' | 'branch';

export function agreementOf(peer: StoredPeer, chain: ChainView): Agreement {
  const { height, tip_hash: hash, chain_work: work } = peer;
  if (height === null || chain.height === undefined) return 'unknown';
  if (height < 0) return chain.height < 0 ? 'same' : 'empty';
  if (hash !== null && hash === chain.tipHash) return 'same';
  const ours = chain.tipHash === null ? undefined : chain.blocks.get(chain.tipHash);
  if (work === null ? height > chain.height : BigInt(work) > BigInt(ours?.chain_work ?? '0')) return 'ahead';
  const theirs = hash === null ? undefined : chain.blocks.get(hash);
  if (theirs !== undefined) return theirs.status === 'active' ? 'behind' : 'branch';
  // A block that we have never heard of, as high as ours, is no ancestor of ours.
  return height >= chain.height ? 'branch' : 'behind';
}

export interface Place {
  /** Per cent of the picture. */
  readonly x: number;
  readonly y: number;
}

/** Of this node, then of each peer: around it where there is room, in two columns below it where there is not. */
export function placesOf(count: number, isNarrow: boolean): { readonly own: Place; readonly peers: Place[] } {
  const each = (place: (i: number) => Place): Place[] => Array.from({ length: count }, (_, i) => place(i));
  if (isNarrow) {
    const rows = Math.ceil(count / 2) + 1;
    const y = (row: number): number => ((row + 0.5) / rows) * 100;
    const x = (i: number): number => (count % 2 === 1 && i === count - 1 ? 50 : i % 2 === 0 ? 25 : 75);
    return { own: { x: 50, y: y(0) }, peers: each((i) => ({ x: x(i), y: y(1 + Math.floor(i / 2)) })) };
  }
  // Beginning at the right, so that one peer is beside the node and not above it.
  const angle = (i: number): number => (2 * Math.PI * i) / count;
  return {
    own: { x: 50, y: 50 },
    peers: each((i) => ({ x: 50 + 38 * Math.cos(angle(i)), y: 50 + 38 * Math.sin(angle(i)) })),
  };
}

/** What a paused list shows once a gap in it was filled: what was found there, and nothing newer than before. */
export function heldOf(
  held: readonly PeerMessage[],
  messages: readonly PeerMessage[],
): readonly PeerMessage[] {
  const last = held.at(-1)?.number ?? 0;
  return messages.filter(({ number }) => number <= last);
}

/** `127.0.0.1:8001` */
export const shortAddress = (url: string): string => url.replace(/^https?:\/\//, '');

/** How peers look by their state: classes of `states.css`. */
export const LOOKS = {
  connected: 'is-active',
  connecting: 'is-pending',
  waiting: 'is-pending',
  known: 'is-known',
  banned: 'is-invalid',
  refused: 'is-invalid',
} as const;
