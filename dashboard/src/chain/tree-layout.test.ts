import { describe, expect, test } from 'vitest';
import { layoutTree, neighbour, type PlacedBlock } from './tree-layout.ts';

/** `a3 b4<a3`: a block by its name, whose digits are its height, and its parent where that is not the same letter. */
function tree(text: string): PlacedBlock[] {
  return text.split(' ').map((word) => {
    const [name = '', parent] = word.split('<');
    const letter = name.slice(0, 1);
    const height = Number(name.slice(1));
    return {
      block_hash: name,
      height,
      status: letter === 'a' ? 'active' : 'valid-fork',
      header: { prev_hash: parent ?? `${letter}${height - 1}` },
    };
  });
}

function lanes(text: string): Record<string, number> {
  return Object.fromEntries(layoutTree(tree(text)).cells.map(({ block, lane }) => [block.block_hash, lane]));
}

describe('the layout of the tree', () => {
  test('of nothing is empty', () => {
    expect(layoutTree([])).toEqual({ cells: [], columns: 0, lanes: 0, firstHeight: 0 });
  });

  test('keeps the active chain straight and starts at the lowest block', () => {
    const layout = layoutTree(tree('a5 a6 a7'));
    expect(layout.cells.map(({ column, lane }) => [column, lane])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(layout).toMatchObject({ columns: 3, lanes: 1, firstHeight: 5 });
    expect(layout.cells[0]?.parent).toBeUndefined();
    expect(layout.cells[1]?.parent).toEqual({ column: 0, lane: 0 });
  });

  test('gives a branch one lane and uses lanes again', () => {
    expect(lanes('a1 a2 a3 a4 a5 b2<a1 b3 c5<a4')).toMatchObject({ b2: 1, b3: 1, c5: 1 });
  });

  test('gives branches side by side lanes of their own', () => {
    expect(lanes('a1 a2 a3 b2<a1 b3 c3<a2')).toMatchObject({ b2: 1, b3: 1, c3: 2 });
  });

  test('lets the longest line go on where a branch forks', () => {
    expect(lanes('a1 a2 b2<a1 c3<b2 d3<b2 d4')).toMatchObject({ b2: 1, d3: 1, d4: 1, c3: 2 });
  });

  test('does not depend on the order in which blocks come', () => {
    const blocks = tree('a1 a2 a3 b2<a1 b3 c3<a2');
    expect(layoutTree(blocks.toReversed())).toEqual(layoutTree(blocks));
  });

  test('walks to parent, child and siblings', () => {
    const layout = layoutTree(tree('a1 a2 a3 b2<a1 b3 c3<a2'));
    const walk = (from: string, direction: Parameters<typeof neighbour>[2]): string | undefined =>
      neighbour(layout, from, direction)?.block_hash;
    expect([walk('b3', 'parent'), walk('b2', 'parent'), walk('a1', 'parent')]).toEqual([
      'b2',
      'a1',
      undefined,
    ]);
    expect([walk('a1', 'child'), walk('b2', 'child'), walk('b3', 'child')]).toEqual(['a2', 'b3', undefined]);
    expect([walk('a3', 'down'), walk('b3', 'down'), walk('c3', 'down')]).toEqual(['b3', 'c3', undefined]);
    expect([walk('c3', 'up'), walk('b3', 'up'), walk('a3', 'up')]).toEqual(['b3', 'a3', undefined]);
    expect(walk('nobody', 'up')).toBeUndefined();
  });
});
