import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupName, groupsText, parseGroups, parseNodeList, splitNetwork } from './partition.ts';
import { componentsOf, includesLink, link, linksOf, TOPOLOGIES } from './topology.ts';

/** A devnet and a split of it into at least two groups. */
const splits = fc
  .record({
    topology: fc.constantFrom(...TOPOLOGIES),
    seed: fc.integer({ min: 0, max: 1000 }),
    sides: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 12 }),
  })
  .map(({ topology, seed, sides }) => {
    const groups = [0, 1, 2, 3]
      .map((side) => sides.flatMap((its, index) => (its === side ? [index + 1] : [])))
      .filter((group) => group.length > 0);
    return { links: linksOf(topology, sides.length, seed), groups, nodes: sides.length };
  })
  .filter(({ groups }) => groups.length > 1);

describe('splitting', () => {
  it('leaves each group connected and nothing between groups', () => {
    fc.assert(
      fc.property(splits, ({ links, groups, nodes }) => {
        const plan = splitNetwork(links, groups);
        const all = Array.from({ length: nodes }, (_, index) => index + 1);
        const sorted = [...groups].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
        expect(componentsOf(all, plan.links)).toEqual(sorted);
      }),
    );
  });

  it('bans every pair of different groups, and no other', () => {
    fc.assert(
      fc.property(splits, ({ links, groups, nodes }) => {
        const { bans } = splitNetwork(links, groups);
        const groupOf = (node: number): number => groups.findIndex((group) => group.includes(node));
        for (let a = 1; a <= nodes; a++)
          for (let b = a + 1; b <= nodes; b++)
            expect(includesLink(bans, link(a, b))).toBe(groupOf(a) !== groupOf(b));
      }),
    );
  });

  it('keeps the links of the topology, and lends only what is missing', () => {
    fc.assert(
      fc.property(splits, ({ links, groups }) => {
        const plan = splitNetwork(links, groups);
        const inside = links.filter(([a, b]) =>
          groups.some((group) => group.includes(a) && group.includes(b)),
        );
        for (const each of inside) expect(includesLink(plan.links, each)).toBe(true);
        const pieces = groups.reduce((sum, group) => sum + componentsOf(group, inside).length, 0);
        expect(plan.links.length - inside.length).toBe(pieces - groups.length);
      }),
    );
  });

  it('lends a link where a line is cut in its middle', () => {
    expect(splitNetwork(linksOf('line', 3), [[1, 3], [2]])).toEqual({
      links: [[1, 3]],
      bans: [
        [1, 2],
        [2, 3],
      ],
    });
  });
});

describe('groups as people type them', () => {
  it.each([
    [['1,2 | 3']],
    [['1,2', '3']],
    [['1,2', '/', '3']],
    [['1,2', '|', '3']],
    [['1,', '2', '/', '3']],
    [['1', ',2', '/3']],
    [['node-1,node-2', 'NODE-3']],
    [['1-2', '3']],
    [['2,1/3']],
  ])('%j', (words) => {
    expect(parseGroups(words, 3)).toEqual({ groups: [[1, 2], [3]], unnamed: [] });
  });

  it('puts nodes that are not named into a group of their own', () => {
    expect(parseGroups(['2'], 4)).toEqual({ groups: [[2], [1, 3, 4]], unnamed: [1, 3, 4] });
  });

  it.each([
    [[], 3, 'No group is given.'],
    [['  '], 3, 'No group is given.'],
    [['1,2,3'], 3, 'All nodes are in one group: that splits nothing.'],
    [['1'], 1, 'The devnet has one node only: there is nothing to split.'],
    [['1,2', '2,3'], 3, 'Node 2 is named twice; it can be in one group only.'],
    [['1,1', '2'], 3, 'Node 1 is named twice; it can be in one group only.'],
    [['1,4', '2'], 3, '"4" is no node of this devnet.'],
    [['0', '2'], 3, '"0" is no node of this devnet.'],
    [['3-1', '2'], 3, '"3-1" is no node of this devnet.'],
    [['bob', '2'], 3, '"bob" is no node of this devnet.'],
  ])('refuses %j of %i nodes', (words, nodes, message) => {
    expect(() => parseGroups(words, nodes)).toThrow(message);
  });

  it('reads back what it shows', () => {
    fc.assert(
      fc.property(splits, ({ groups, nodes }) => {
        expect(parseGroups([groupsText(groups)], nodes).groups).toEqual(groups);
      }),
    );
  });

  it('refuses a list without nodes', () => {
    expect(() => parseNodeList(',', 3)).toThrow('names no node');
  });

  it('names groups with letters', () => {
    expect([0, 1, 25, 26, 27].map(groupName)).toEqual(['A', 'B', 'Z', 'AA', 'AB']);
  });
});
