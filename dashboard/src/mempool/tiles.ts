/**
 * Which squares there are: the block on the left, what waits longer on the right, at one scale. However many transactions wait,
 * there are a few hundred squares at most: the small ones of a fee step are one square together.
 */
import type { MempoolTemplateAnswer, TemplateEntry } from '../../../src/protocol/mempool.ts';
import { FEE_STEPS, feeStepOf, type FeeStep } from './fee-steps.ts';
import { type Box, pack } from './packing.ts';

export interface Tile {
  /** Of the transaction, or a name of the group. */
  readonly id: string;
  readonly box: Box;
  readonly isInBlock: boolean;
  readonly step: FeeStep;
  /** Bytes. */
  readonly size: number;
  /** How many transactions. */
  readonly count: number;
  /** Undefined for a group. */
  readonly entry: TemplateEntry | undefined;
}

type Unplaced = Omit<Tile, 'box'>;

export const MAX_TILES = 240;
/** Between what is in the block and what is not, in pixels. */
const GAP = 12;

/**
 * @param bytes of all waiting transactions, those that the template does not list included
 */
export function layTiles(
  template: MempoolTemplateAnswer,
  bytes: number,
  relayFeePerKb: number,
  { width, height }: { width: number; height: number },
): Tile[] {
  const [inside, outside] = [
    template.transactions.filter(({ position }) => position !== null),
    template.transactions.filter(({ position }) => position === null),
  ];
  const listed = template.transactions.reduce((sum, { size }) => sum + size, 0);
  const unlisted = Math.max(0, bytes - listed);
  const share =
    inside.length === 0 ? 0 : outside.length === 0 ? 1 : inside.length / (inside.length + outside.length);
  const room = (part: number): number => Math.max(10, Math.round(MAX_TILES * part));
  const left = grouped(inside, true, relayFeePerKb, room(share));
  const right = grouped(outside, false, relayFeePerKb, room(1 - share));
  const rest = template.transaction_count + template.left_out - template.transactions.length;
  if (rest > 0 && unlisted > 0)
    right.push({ id: 'rest', isInBlock: false, step: 1, size: unlisted, count: rest, entry: undefined });

  const sumOf = (tiles: readonly Unplaced[]): number => tiles.reduce((sum, { size }) => sum + size, 0);
  const [leftSize, rightSize] = [sumOf(left), sumOf(right)];
  const gap = leftSize > 0 && rightSize > 0 ? GAP : 0;
  const leftWidth = leftSize + rightSize === 0 ? 0 : ((width - gap) * leftSize) / (leftSize + rightSize);
  return [
    ...placed(left, { x: 0, y: 0, width: leftWidth, height }),
    ...placed(right, { x: leftWidth + gap, y: 0, width: Math.max(0, width - gap - leftWidth), height }),
  ];
}

function placed(tiles: readonly Unplaced[], room: Box): Tile[] {
  const largestFirst = [...tiles].sort((a, b) => b.size - a.size);
  const boxes = pack(
    largestFirst.map(({ size }) => size),
    room,
  );
  return largestFirst.flatMap((tile, index) => {
    const box = boxes[index];
    return box === undefined ? [] : [{ ...tile, box }];
  });
}

/** The largest by themselves, the others together by fee step. */
function grouped(
  entries: readonly TemplateEntry[],
  isInBlock: boolean,
  relayFeePerKb: number,
  room: number,
): Unplaced[] {
  const tiles = entries.map((entry) => ({
    id: entry.txid,
    isInBlock,
    step: feeStepOf(entry.package.fee_per_kb, relayFeePerKb),
    size: entry.size,
    count: 1,
    entry,
  }));
  if (tiles.length <= room) return tiles;
  const largestFirst = tiles.sort((a, b) => b.size - a.size);
  const own = Math.max(0, room - FEE_STEPS.length);
  const small = largestFirst.slice(own);
  const groups = FEE_STEPS.flatMap((step) => {
    const those = small.filter((tile) => tile.step === step);
    const size = those.reduce((sum, tile) => sum + tile.size, 0);
    const id = `group-${isInBlock ? 'in' : 'out'}-${step}`;
    return those.length === 0 ? [] : [{ id, isInBlock, step, size, count: those.length, entry: undefined }];
  });
  return [...largestFirst.slice(0, own), ...groups];
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The nearest tile in a direction; the same one where there is none. */
export function neighbour(tiles: readonly Tile[], from: Tile, direction: Direction): Tile {
  const centre = ({ box }: Tile): readonly [number, number] => [
    box.x + box.width / 2,
    box.y + box.height / 2,
  ];
  const [x, y] = centre(from);
  let best = from;
  let least = Infinity;
  for (const tile of tiles) {
    const [tx, ty] = centre(tile);
    const [dx, dy] = [tx - x, ty - y];
    const ahead = { left: -dx, right: dx, up: -dy, down: dy }[direction];
    if (tile.id === from.id || ahead <= 0.5) continue;
    const aside = Math.abs(direction === 'left' || direction === 'right' ? dy : dx);
    // What lies straight ahead comes before what is near but aside.
    const distance = ahead + 2 * aside;
    if (distance < least) [best, least] = [tile, distance];
  }
  return best;
}
