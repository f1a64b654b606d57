/**
 * Who is linked to whom in a devnet. Pure: the same words give the same network again.
 *
 *   line  1─2─3─4      ring  1─2─3─4─1      star  1─2, 1─3, 1─4      full  everybody with everybody
 *   random  a ring in a random order, and one more link for about every node: about three each
 */

export const TOPOLOGIES = ['full', 'line', 'ring', 'star', 'random'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** Two nodes by their numbers, which begin with 1; the lower one first. */
export type Link = readonly [lower: number, higher: number];

/** The links of a topology over nodes 1 … `nodes`, sorted, none twice. `seed` (uint32) matters to `random` only. */
export function linksOf(topology: Topology, nodes: number, seed = 0): Link[] {
  const all = Array.from({ length: nodes }, (_, index) => index + 1);
  switch (topology) {
    case 'full':
      return sorted(all.flatMap((a) => all.filter((b) => b > a).map((b) => link(a, b))));
    case 'line':
      return path(all);
    case 'ring':
      return ring(all);
    case 'star':
      return all.slice(1).map((other) => link(1, other));
    case 'random':
      return randomLinks(all, seed);
  }
}

export function link(a: number, b: number): Link {
  return a < b ? [a, b] : [b, a];
}

export function isSameLink(one: Link, other: Link): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

export function includesLink(links: readonly Link[], wanted: Link): boolean {
  return links.some((each) => isSameLink(each, wanted));
}

/** The nodes that a node is linked to, in order. */
export function neighboursOf(links: readonly Link[], node: number): number[] {
  return links
    .filter((each) => each.includes(node))
    .map(([lower, higher]) => (lower === node ? higher : lower))
    .sort((a, b) => a - b);
}

/** The nodes in groups that hang together by the links, each in order; groups in order of their lowest node. */
export function componentsOf(nodes: readonly number[], links: readonly Link[]): number[][] {
  const left = new Set([...nodes].sort((a, b) => a - b));
  const components: number[][] = [];
  for (const first of left) {
    const component = [first];
    left.delete(first);
    for (const node of component) {
      // The list grows while it is walked: what a node leads to is looked at in its turn.
      for (const neighbour of neighboursOf(links, node)) {
        if (left.delete(neighbour)) component.push(neighbour);
      }
    }
    components.push(component.sort((a, b) => a - b));
  }
  return components;
}

function path(nodes: readonly number[]): Link[] {
  return sorted(nodes.slice(1).map((node, index) => link(nodes[index] ?? node, node)));
}

function ring(nodes: readonly number[]): Link[] {
  const [first, last] = [nodes[0], nodes.at(-1)];
  const closing = nodes.length > 2 && first !== undefined && last !== undefined ? [link(first, last)] : [];
  return sorted([...path(nodes), ...closing]);
}

function randomLinks(nodes: readonly number[], seed: number): Link[] {
  const random = randomNumbers(seed);
  const links = ring(shuffled(nodes, random));
  // Pairs of nodes that have no third link yet and are not linked to each other.
  const single = shuffled(nodes, random);
  while (single.length > 1) {
    const node = single.pop() ?? 0;
    const index = single.findIndex((other) => !includesLink(links, link(node, other)));
    if (index < 0) continue;
    links.push(link(node, single[index] ?? 0));
    single.splice(index, 1);
  }
  return sorted(links);
}

function sorted(links: readonly Link[]): Link[] {
  return [...links].sort((one, other) => one[0] - other[0] || one[1] - other[1]);
}

/** Fisher and Yates. */
function shuffled(nodes: readonly number[], random: () => number): number[] {
  const result = [...nodes];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] ?? 0, result[i] ?? 0];
  }
  return result;
}

/** Numbers from 0 to below 1 that look random and follow from the seed: mulberry32. Not for secrets. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
