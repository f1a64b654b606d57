/**
 * Where each block of the tree stands: its column is its height, and its lane says which branch it belongs to.
 *
 *   lane 0   10 ── 11 ── 12 ── 13       the active chain, always straight
 *   lane 1          ╰─ 12' ── 13'       a branch, in the first lane that is free over its whole length
 *   lane 2                ╰─ 13''
 *
 * A chain may have thousands of blocks, and a page shows twenty: only branches are laid out, and cells are made for the heights that
 * are looked at.
 */

/** As much of a block as its place depends on. */
export interface PlacedBlock {
  readonly block_hash: string;
  readonly height: number;
  readonly status: string;
  readonly header: { readonly prev_hash: string };
}

/** Blocks that are known, to be found by hash and height. */
export interface Tree<Block> {
  readonly byHash: ReadonlyMap<string, Block>;
  /** Of the active chain, by height. */
  readonly active: ReadonlyMap<number, Block>;
  /** Beside it, by height, each list by lane. */
  readonly aside: ReadonlyMap<number, readonly Block[]>;
  /** Of blocks beside the active chain, by hash. */
  readonly lanes: ReadonlyMap<string, number>;
  /** Of any block; -1 where there is none. */
  readonly highest: number;
}

export interface TreeCell<Block> {
  readonly block: Block;
  readonly lane: number;
  /** Of the block before, where that one is known. */
  readonly parentLane: number | undefined;
}

/** @param sources of the same block the later one counts */
export function treeOf<Block extends PlacedBlock>(...sources: readonly Iterable<Block>[]): Tree<Block> {
  const byHash = new Map<string, Block>();
  for (const source of sources) for (const block of source) byHash.set(block.block_hash, block);
  const active = new Map<number, Block>();
  const others: Block[] = [];
  let highest = -1;
  for (const block of byHash.values()) {
    if (block.status === 'active') active.set(block.height, block);
    else others.push(block);
    highest = Math.max(highest, block.height);
  }
  others.sort((a, b) => a.height - b.height || (a.block_hash < b.block_hash ? -1 : 1));
  const lanes = chooseLanes(others);
  const aside = new Map<number, Block[]>();
  for (const block of others) {
    const rivals = aside.get(block.height);
    if (rivals === undefined) aside.set(block.height, [block]);
    else rivals.push(block);
  }
  for (const rivals of aside.values())
    rivals.sort((a, b) => (lanes.get(a.block_hash) ?? 0) - (lanes.get(b.block_hash) ?? 0));
  return { byHash, active, aside, lanes, highest };
}

/** The blocks between two heights, both included; by height, then lane. */
export function cellsBetween<Block extends PlacedBlock>(
  tree: Tree<Block>,
  from: number,
  to: number,
): TreeCell<Block>[] {
  const cells: TreeCell<Block>[] = [];
  for (let height = Math.max(0, from); height <= to; height++)
    for (const block of blocksAt(tree, height)) cells.push(cellOf(tree, block));
  return cells;
}

export function cellOf<Block extends PlacedBlock>(tree: Tree<Block>, block: Block): TreeCell<Block> {
  const parent = tree.byHash.get(block.header.prev_hash);
  return { block, lane: laneOf(tree, block), parentLane: parent && laneOf(tree, parent) };
}

function laneOf<Block extends PlacedBlock>(tree: Tree<Block>, block: Block): number {
  return tree.lanes.get(block.block_hash) ?? 0;
}

/** The active one first, then by lane. */
function blocksAt<Block>(tree: Tree<Block>, height: number): Block[] {
  const active = tree.active.get(height);
  const aside = tree.aside.get(height) ?? [];
  return active === undefined ? [...aside] : [active, ...aside];
}

/** Lane of each block, by hash. */
function chooseLanes(aside: readonly PlacedBlock[]): Map<string, number> {
  const lanes = new Map<string, number>();
  /** Per lane, the heights that are taken. */
  const taken: Set<number>[] = [new Set()];
  for (const branch of branchesOf(aside)) {
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

/** Blocks off the active chain, lowest first, in lines without forks: where there is one, the longest line goes on. */
function branchesOf(aside: readonly PlacedBlock[]): PlacedBlock[][] {
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

/** The block that an arrow key leads to; undefined where none is known. */
export function neighbour<Block extends PlacedBlock>(
  tree: Tree<Block>,
  hash: string,
  direction: Direction,
): Block | undefined {
  const here = tree.byHash.get(hash);
  if (here === undefined) return undefined;
  const rivals = blocksAt(tree, here.height);
  switch (direction) {
    case 'parent':
      return tree.byHash.get(here.header.prev_hash);
    case 'child':
      return blocksAt(tree, here.height + 1).find(({ header }) => header.prev_hash === hash);
    case 'up':
      return rivals[rivals.indexOf(here) - 1];
    case 'down':
      return rivals[rivals.indexOf(here) + 1];
  }
}
