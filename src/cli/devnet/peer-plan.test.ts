import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Groups, type NetworkPlan, splitNetwork, wholeNetwork } from './partition.ts';
import { isSettled, type KnownPeer, type PeerAction, planPeers } from './peer-plan.ts';
import { linksOf, TOPOLOGIES } from './topology.ts';

const NODES = 5;
const all = Array.from({ length: NODES }, (_, index) => index + 1);
const urlOf = (node: number): string => `http://127.0.0.1:${8000 + node}`;
const urls = new Map(all.map((node) => [node, urlOf(node)]));
const FORMER = 'http://127.0.0.1:7001';
const formerUrls = new Set([FORMER]);

/** Peers as a node may have them: any of the others, in any state, and one from outside. */
const anyPeers = fc.uniqueArray(
  fc.record({
    url: fc.constantFrom(...all.map(urlOf), FORMER, 'http://elsewhere:8000'),
    state: fc.constantFrom('connected' as const, 'waiting' as const, 'known' as const, 'banned' as const),
    source: fc.constantFrom('owner' as const, 'inbound' as const, 'gossip' as const),
  }),
  { selector: ({ url }) => url },
);
const anyPlan = fc.record({
  links: fc.constantFrom(...TOPOLOGIES).map((topology) => linksOf(topology, NODES, 7)),
  groups: fc.constantFrom(
    undefined,
    [
      [1, 3],
      [2, 4, 5],
    ],
    [[1], [2], [3, 4, 5]],
  ),
});
const planOf = ({ links, groups }: { links: ReturnType<typeof linksOf>; groups: Groups | undefined }) =>
  groups === undefined ? wholeNetwork(links) : splitNetwork(links, groups);

/** What a node does with these words, when all of its peers answer. */
function obey(known: readonly KnownPeer[], actions: readonly PeerAction[]): KnownPeer[] {
  const peers = new Map(known.map((peer) => [peer.url, peer]));
  for (const action of actions) {
    const peer = peers.get(action.url);
    switch (action.do) {
      case 'ban':
        peers.set(action.url, { url: action.url, source: 'owner', state: 'banned' });
        break;
      case 'unban':
        expect(peer?.state).toBe('banned'); // the node refuses it otherwise
        if (peer !== undefined) peers.set(action.url, { ...peer, state: 'known' });
        break;
      case 'remove':
        expect(peer).toBeDefined();
        peers.delete(action.url);
        break;
      case 'add':
        peers.set(action.url, { url: action.url, source: 'owner', state: 'connected' });
        break;
    }
  }
  return [...peers.values()];
}

describe('what a node is told of its peers', () => {
  it('makes its peers those of the plan, whatever they were, and then is silent', () => {
    fc.assert(
      fc.property(anyPlan, anyPeers, fc.constantFrom(...all), (wanted, known, node) => {
        const plan: NetworkPlan = planOf(wanted);
        const question = { node, plan, urls, formerUrls, known };
        const after = obey(known, planPeers({ ...question, insist: true }));
        expect(planPeers({ ...question, known: after, insist: true })).toEqual([]);
        expect(isSettled({ ...question, known: after }, new Set(all))).toBe(true);

        const states = new Map(after.map(({ url, state }) => [url, state]));
        for (const other of all.filter((each) => each !== node)) {
          const pair = (each: readonly number[]): boolean => each.includes(node) && each.includes(other);
          const state = states.get(urlOf(other));
          if (plan.bans.some(pair)) expect(state).toBe('banned');
          else if (plan.links.some(pair)) expect(state).toBe('connected');
          else expect([undefined, 'known', 'waiting']).toContain(state);
        }
        // Peers from outside are their owner's business.
        expect(after.filter(({ url }) => url.includes('elsewhere'))).toEqual(
          known.filter(({ url }) => url.includes('elsewhere')),
        );
      }),
    );
  });

  it('adds a link at its upper end at first', () => {
    const question = { plan: wholeNetwork([[1, 2]]), urls, formerUrls, known: [], insist: false };
    expect(planPeers({ ...question, node: 1 })).toEqual([]);
    expect(planPeers({ ...question, node: 2 })).toEqual([{ do: 'add', url: urlOf(1) }]);
  });

  it('does not wait for nodes that do not run', () => {
    const question = { node: 1, plan: wholeNetwork([[1, 2]]), urls, formerUrls, known: [] };
    expect(isSettled(question, new Set([1]))).toBe(true);
    expect(isSettled(question, new Set([1, 2]))).toBe(false);
  });
});
