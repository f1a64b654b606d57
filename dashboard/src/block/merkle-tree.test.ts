import { describe, expect, test } from 'vitest';
import { merkleProof, merkleRoot } from '../../../src/consensus/index.ts';
import { treeLevels } from './merkle-tree.ts';

const leaves = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => (index + 1).toString(16).padStart(64, '0'));

describe('the drawn merkle tree', () => {
  test.each([1, 2, 3, 5, 6, 7, 8])('of %i leaves shows the proof of each of them', (count) => {
    const txids = leaves(count);
    txids.forEach((txid, picked) => {
      const levels = treeLevels(txids, picked);
      expect(levels[0]!.map(({ hash }) => hash)).toEqual(txids);
      expect(levels.at(-1)).toEqual([{ hash: merkleRoot(txids).root, role: 'path', isRepeated: false }]);
      const path = levels.map((nodes) => nodes.filter(({ role }) => role === 'path'));
      expect(path.map((nodes) => nodes.length)).toEqual(levels.map(() => 1));
      expect(path[0]![0]!.hash).toBe(txid);
      const shown = levels
        .slice(0, -1)
        .map((nodes, level) => nodes.find(({ role }) => role === 'sibling') ?? path[level]![0]!);
      expect(shown.map(({ hash }) => hash)).toEqual(merkleProof(txids, picked).map(({ hash }) => hash));
    });
  });

  test('marks the node of an odd level that has no sibling', () => {
    const repeated = treeLevels(leaves(5), 4).map((nodes) => nodes.map(({ isRepeated }) => isRepeated));
    expect(repeated).toEqual([
      [false, false, false, false, true],
      [false, false, true],
      [false, false],
      [false],
    ]);
  });
});
