/**
 * Where each block of the tree stands: its column is its height, and its lane says which branch it belongs to.
 *
 *   lane 0   10 ── 11 ── 12 ── 13       the active chain, always straight
 *   lane 1          ╰─ 12' ── 13'       a branch, in the first lane that is free over its whole length
 *   lane 2                ╰─ 13''
 */

/** As much of a block as its place depends on. */
export interface PlacedBlock {
  readonly block_hash: string;
  readonly height: number;
  readonly status: string;
  readonly header: { readonly prev_hash: string };
}

export interface TreeCell<Block> {
  readonly block: Block;
  readonly column: number;
  readonly lane: number;
  /** Of the block before, where that one is shown. */
  readonly parent: { readonly column: number; readonly lane: number } | undefined;
}

export interface TreeLayout<Block> {
  /** By height, then lane. */
  readonly cells: readonly TreeCell<Block>[];
  readonly columns: number;
  readonly lanes: number;
  /** Height of column 0. */
  readonly firstHeight: number;
}

export function layoutTree<Block extends PlacedBlock>(blocks: Iterable<Block>): TreeLayout<Block> {
  const all = [...blocks].sort((a, b) => a.height - b.height || (a.block_hash < b.block_hash ? -1 : 1));
  const firstHeight = all[0]?.height ?? 0;
  const lanes = chooseLanes(all);
  const placeOf = (block: Block): { column: number; lane: number } => ({
    column: block.height - firstHeight,
    lane: lanes.get(block.block_hash) ?? 0,
  });
  const byHash = new Map(all.map((block) => [block.block_hash, block]));
  const cells = all
    .map((block): TreeCell<Block> => {
      const parent = byHash.get(block.header.prev_hash);
      return { block, ...placeOf(block), parent: parent === undefined ? undefined : placeOf(parent) };
    })
    .sort((a, b) => a.column - b.column || a.lane - b.lane);
  return {
    cells,
    columns: Math.max(0, ...cells.map(({ column }) => column + 1)),
    lanes: Math.max(0, ...cells.map(({ lane }) => lane + 1)),
    firstHeight,
  };
}

/** Lane of each block, by hash. */
function chooseLanes(byHeight: readonly PlacedBlock[]): Map<string, number> {
  const lanes = new Map<string, number>();
  /** Per lane, the heights that are taken. */
  const taken: Set<number>[] = [new Set()];
  for (const branch of branchesOf(byHeight)) {
    const heights = branch.map(({ height }) => height);
    let lane = 1;
    while (heights.some((height) => taken[lane]?.has(height) === true)) lane++;
    const heightsTaken = (taken[lane] ??= new Set());
    for (const { block_hash, height } of branch) {
      lanes.set(block_hash, lane);
      heightsTaken.add(height);
    }
  }
  return lanes;
}

/** Blocks off the active chain, in lines without forks: where there is one, the longest line goes on. Lowest first. */
function branchesOf(byHeight: readonly PlacedBlock[]): PlacedBlock[][] {
  const aside = byHeight.filter(({ status }) => status !== 'active');
  const children = new Map<string, PlacedBlock[]>();
  for (const block of aside) {
    const siblings = children.get(block.header.prev_hash);
    if (siblings === undefined) children.set(block.header.prev_hash, [block]);
    else siblings.push(block);
  }
  /** The height that its longest line of descendants reaches. From the top down, so that children come first. */
  const reach = new Map<string, number>();
  for (const block of aside.toReversed()) {
    const reached = (children.get(block.block_hash) ?? []).map((child) => reach.get(child.block_hash) ?? 0);
    reach.set(block.block_hash, Math.max(block.height, ...reached));
  }
  const heir = (block: PlacedBlock): PlacedBlock | undefined =>
    children
      .get(block.block_hash)
      ?.reduce((best, next) =>
        (reach.get(next.block_hash) ?? 0) > (reach.get(best.block_hash) ?? 0) ? next : best,
      );

  const inBranch = new Set<string>();
  return aside.flatMap((start) => {
    if (inBranch.has(start.block_hash)) return [];
    const branch: PlacedBlock[] = [];
    for (let block: PlacedBlock | undefined = start; block !== undefined; block = heir(block)) {
      branch.push(block);
      inBranch.add(block.block_hash);
    }
    return [branch];
  });
}

export type Direction = 'parent' | 'child' | 'up' | 'down';

/** The block that an arrow key leads to; undefined where there is none. */
export function neighbour<Block extends PlacedBlock>(
  layout: TreeLayout<Block>,
  hash: string,
  direction: Direction,
): Block | undefined {
  const here = layout.cells.find(({ block }) => block.block_hash === hash);
  if (here === undefined) return undefined;
  const { cells } = layout;
  switch (direction) {
    case 'parent':
      return cells.find(({ block }) => block.block_hash === here.block.header.prev_hash)?.block;
    case 'child':
      // Cells of one column stand by lane, so the active chain comes first.
      return cells.find(({ block }) => block.header.prev_hash === hash)?.block;
    case 'up':
      return cells.findLast(({ column, lane }) => column === here.column && lane < here.lane)?.block;
    case 'down':
      return cells.find(({ column, lane }) => column === here.column && lane > here.lane)?.block;
  }
}
