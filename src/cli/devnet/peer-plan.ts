/**
 * What one node has to be told so that its peers are those of the plan. Pure.
 *
 * The same comparison serves to split, to heal, and to bring a node up to date that was down meanwhile: it looks at what
 * the node says of its peers, not at what was done before.
 */
import type { StoredPeer } from '../../protocol/index.ts';
import type { NetworkPlan } from './partition.ts';
import { includesLink, link, neighboursOf } from './topology.ts';

export type PeerAction =
  | { readonly do: 'ban'; readonly url: string }
  | { readonly do: 'unban'; readonly url: string }
  | { readonly do: 'remove'; readonly url: string }
  | { readonly do: 'add'; readonly url: string };

/** What the plan needs to know of a node's answer to `GET /peers`. */
export type KnownPeer = Pick<StoredPeer, 'url' | 'state' | 'source'>;

export interface PeerQuestion {
  readonly node: number;
  readonly plan: NetworkPlan;
  /** Of all nodes of the devnet, by their numbers. */
  readonly urls: ReadonlyMap<number, string>;
  /** Addresses that nodes of this devnet had in an earlier run: to be forgotten. */
  readonly formerUrls: ReadonlySet<string>;
  readonly known: readonly KnownPeer[];
  /**
   * False: a missing link is added at its upper end only, as BOOTSTRAP_PEERS does, and the other end links back by itself.
   * True: at both.
   */
  readonly insist: boolean;
}

/** In the order in which they should be done. Empty when all is as it should be. */
export function planPeers(question: PeerQuestion): PeerAction[] {
  const { node, plan, urls, formerUrls, known, insist } = question;
  const byUrl = new Map(known.map((peer) => [peer.url, peer]));
  const links = new Set(neighboursOf(plan.links, node));
  const actions: PeerAction[] = [];
  for (const [other, url] of urls) {
    if (other === node) continue;
    const peer = byUrl.get(url);
    const isBanned = peer?.state === 'banned';
    if (includesLink(plan.bans, link(node, other))) {
      if (!isBanned) actions.push({ do: 'ban', url });
      continue;
    }
    if (isBanned) actions.push({ do: 'unban', url });
    if (links.has(other)) {
      // Adding one that is known makes the node try it at once.
      if (!isUp(peer) && (insist || node > other)) actions.push({ do: 'add', url });
    } else if (peer !== undefined && (isBanned || isUsed(peer))) {
      actions.push({ do: 'remove', url });
    }
  }
  for (const url of formerUrls) if (byUrl.has(url)) actions.push({ do: 'remove', url });
  return actions;
}

/** Whether a node's peers are those of the plan, as far as they run. */
export function isSettled(question: Omit<PeerQuestion, 'insist'>, running: ReadonlySet<number>): boolean {
  const { node, plan, urls, known } = question;
  const connected = new Set(known.filter(({ state }) => state === 'connected').map(({ url }) => url));
  return (
    planPeers({ ...question, insist: true }).every((action) => action.do === 'add') &&
    neighboursOf(plan.links, node).every(
      (other) => !running.has(other) || connected.has(urls.get(other) ?? ''),
    )
  );
}

/** It is called already, or will be in a moment. */
function isUp(peer: KnownPeer | undefined): boolean {
  return peer?.state === 'connected' || peer?.state === 'connecting';
}

/** What others only told of is remembered by the node and not called: that does no harm. */
function isUsed({ state, source }: KnownPeer): boolean {
  return source !== 'gossip' || state === 'connected' || state === 'connecting';
}
