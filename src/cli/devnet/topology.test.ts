import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentsOf, linksOf, neighboursOf, TOPOLOGIES, type Topology } from './topology.ts';

const nodeCounts = fc.integer({ min: 1, max: 32 });
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const degrees = (topology: Topology, count: number, seed = 0): number[] => {
  const links = linksOf(topology, count, seed);
  return numbers(count).map((node) => neighboursOf(links, node).length);
};

describe('topologies', () => {
  it.each(TOPOLOGIES)('%s is connected, and has no link twice or from a node to itself', (topology) => {
    fc.assert(
      fc.property(nodeCounts, seeds, (count, seed) => {
        const links = linksOf(topology, count, seed);
        expect(componentsOf(numbers(count), links)).toHaveLength(1);
        expect(new Set(links.map(String)).size).toBe(links.length);
        for (const [lower, higher] of links) {
          expect(lower).toBeGreaterThanOrEqual(1);
          expect(lower).toBeLessThan(higher);
          expect(higher).toBeLessThanOrEqual(count);
        }
      }),
    );
  });

  it.each(TOPOLOGIES)('%s comes out the same again', (topology) => {
    fc.assert(
      fc.property(nodeCounts, seeds, (count, seed) => {
        expect(linksOf(topology, count, seed)).toEqual(linksOf(topology, count, seed));
      }),
    );
  });

  it('links as many as their names say', () => {
    expect(degrees('line', 5)).toEqual([1, 2, 2, 2, 1]);
    expect(degrees('ring', 5)).toEqual([2, 2, 2, 2, 2]);
    expect(degrees('star', 5)).toEqual([4, 1, 1, 1, 1]);
    expect(degrees('full', 5)).toEqual([4, 4, 4, 4, 4]);
    for (const topology of TOPOLOGIES) {
      expect(linksOf(topology, 1)).toEqual([]);
      expect(linksOf(topology, 2)).toEqual([[1, 2]]);
    }
  });

  it('random gives every node two or three links, and most of them three', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 32 }), seeds, (count, seed) => {
        const each = degrees('random', count, seed);
        expect(each.every((degree) => degree === 2 || degree === 3)).toBe(true);
        expect(each.filter((degree) => degree === 2).length).toBeLessThanOrEqual(count % 2 === 0 ? 2 : 3);
      }),
    );
  });

  it('random depends on the seed', () => {
    expect(linksOf('random', 12, 1)).not.toEqual(linksOf('random', 12, 2));
  });
});

describe('components', () => {
  it('hang together', () => {
    expect(
      componentsOf(
        [1, 2, 3, 4, 5],
        [
          [1, 4],
          [2, 5],
        ],
      ),
    ).toEqual([[1, 4], [2, 5], [3]]);
  });
});
