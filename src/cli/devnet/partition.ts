/**
 * Splitting a devnet: which groups a person means, and which links and bans make them. Pure.
 *
 * A split network is whole within each group: where the topology alone would leave a group in pieces (a line 1─2─3 cut
 * into 1,3 and 2), links are lent to it for the time of the split.
 */
import { usageError } from '../cli-errors.ts';
import { componentsOf, type Link, link } from './topology.ts';

/** Node numbers, in order; every node is in exactly one group. */
export type Groups = readonly (readonly number[])[];

/** What the network should look like. */
export interface NetworkPlan {
  readonly links: readonly Link[];
  /** Pairs that refuse each other. */
  readonly bans: readonly Link[];
}

/** The plan of a network that is not split: the links of its topology. */
export function wholeNetwork(links: readonly Link[]): NetworkPlan {
  return { links, bans: [] };
}

/** The plan of a network in groups. */
export function splitNetwork(topology: readonly Link[], groups: Groups): NetworkPlan {
  const links = groups.flatMap((group) => {
    const inside = topology.filter((each) => each.every((node) => group.includes(node)));
    const pieces = componentsOf(group, inside);
    const lent = pieces.slice(1).map((piece, index) => link(pieces[index]?.[0] ?? 0, piece[0] ?? 0));
    return [...inside, ...lent];
  });
  const bans = groups.flatMap((group, index) =>
    groups.slice(index + 1).flatMap((other) => group.flatMap((a) => other.map((b) => link(a, b)))),
  );
  return { links, bans };
}

/** `A` for the first group, `B` for the second; after `Z` comes `AA`. */
export function groupName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${groupName(Math.floor(index / 26) - 1)}${letter}`;
}

export function groupsText(groups: Groups): string {
  return groups.map((group) => group.join(',')).join(' | ');
}

export interface ParsedGroups {
  readonly groups: Groups;
  /** Nodes that were not named: they are the last group. Empty when all were. */
  readonly unnamed: readonly number[];
}

const HOW = 'Groups look like this: 1,2 / 3   (commas within a group; a space, / or | between groups).';

/**
 * Reads groups as people type them: `1,2 / 3`, `"1,2 | 3"`, `1,2 3`, `1-4 5,6`, `node-1,node-2 / node-3`.
 * @throws CliError (usage) that says what is wrong
 */
export function parseGroups(words: readonly string[], nodes: number): ParsedGroups {
  const text = words.join(' ').replace(/\s*,\s*/g, ',');
  const parts = text.split(/[\s|/]+/).filter((part) => part !== '');
  if (parts.length === 0) throw usageError('No group is given.', HOW);
  const named = parts.map((part) => parseNodeList(part, nodes));
  const seen = new Set<number>();
  for (const node of named.flat()) {
    if (seen.has(node)) throw usageError(`Node ${node} is named twice; it can be in one group only.`, HOW);
    seen.add(node);
  }
  const unnamed = Array.from({ length: nodes }, (_, index) => index + 1).filter((node) => !seen.has(node));
  const groups = unnamed.length === 0 ? named : [...named, unnamed];
  if (groups.length < 2) {
    throw usageError(
      nodes === 1
        ? 'The devnet has one node only: there is nothing to split.'
        : 'All nodes are in one group: that splits nothing.',
      HOW,
    );
  }
  return { groups, unnamed };
}

/** `2`, `node-2`, `1,3`, `1-3`: numbers in order, none twice. @throws CliError (usage) */
export function parseNodeList(text: string, nodes: number): number[] {
  const found = text
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const range = /^(?:node-)?(\d{1,4})-(?:node-)?(\d{1,4})$/i.exec(part);
      const first = Number(range?.[1] ?? /^(?:node-)?(\d{1,4})$/i.exec(part)?.[1] ?? Number.NaN);
      const last = Number(range?.[2] ?? first);
      if (!(first >= 1 && last <= nodes && first <= last)) {
        throw usageError(`"${part}" is no node of this devnet.`, nodesText(nodes));
      }
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  if (found.length === 0) throw usageError(`"${text}" names no node.`, nodesText(nodes));
  return found.sort((a, b) => a - b);
}

function nodesText(nodes: number): string {
  return nodes === 1 ? 'It has node 1 only.' : `It has nodes 1 to ${nodes}.`;
}
