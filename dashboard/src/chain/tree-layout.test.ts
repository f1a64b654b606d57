import { describe, expect, test } from 'vitest';
import { cellsBetween, neighbour, type PlacedBlock, treeOf } from './tree-layout.ts';

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
  const cells = cellsBetween(treeOf(tree(text)), 0, 99);
  return Object.fromEntries(cells.map(({ block, lane }) => [block.block_hash, lane]));
}

describe('the layout of the tree', () => {
  test('of nothing is empty', () => {
    const nothing = treeOf<PlacedBlock>([]);
    expect([nothing.highest, cellsBetween(nothing, 0, 10)]).toEqual([-1, []]);
  });

  test('keeps the active chain straight, and knows where lines come from', () => {
    const cells = cellsBetween(treeOf(tree('a5 a6 a7 b6<a5 b7')), 5, 7);
    expect(cells.map(({ block, lane, parentLane }) => [block.block_hash, lane, parentLane])).toEqual([
      ['a5', 0, undefined],
      ['a6', 0, 0],
      ['b6', 1, 0],
      ['a7', 0, 0],
      ['b7', 1, 1],
    ]);
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
    const cells = (from: PlacedBlock[]): unknown => cellsBetween(treeOf(from), 0, 9);
    expect(cells(blocks.toReversed())).toEqual(cells(blocks));
  });

  test('takes what was heard last of a block', () => {
    const [a1, a2] = tree('a1 a2') as [PlacedBlock, PlacedBlock];
    const moved = treeOf([a1, a2], [{ ...a2, status: 'valid-fork' }]);
    expect([moved.active.size, moved.lanes.get('a2')]).toEqual([1, 1]);
  });

  test('of ten thousand blocks makes cells only for those that are looked at', () => {
    let looks = 0;
    const chain = Array.from({ length: 10_000 }, (_, height) => ({
      ...{ block_hash: `h${height}`, height, status: 'active' },
      get header() {
        looks++;
        return { prev_hash: `h${height - 1}` };
      },
    }));
    const whole = treeOf(chain);
    expect(looks).toBe(0);
    expect(cellsBetween(whole, 5_000, 5_019)).toHaveLength(20);
    expect(looks).toBe(20);
    expect(cellsBetween(whole, 9_990, 99_999)).toHaveLength(10);
    expect(neighbour(whole, 'h7000', 'child')?.block_hash).toBe('h7001');
    expect(looks).toBe(31);
  });

  test('walks to parent, child and siblings', () => {
    const layout = treeOf(tree('a1 a2 a3 b2<a1 b3 c3<a2'));
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
