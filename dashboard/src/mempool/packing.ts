/**
 * Packs areas into a rectangle so that each is as square as can be: squares can be compared by eye, slivers cannot.
 *
 * "Squarified treemaps" (Bruls, Huizing, van Wijk, 2000): largest first, in rows along the shorter side. A row takes the next
 * one as long as that makes the worst of its rectangles less lopsided.
 *
 *   ┌──────┬────┬──┐
 *   │  1   │ 3  │ 5│
 *   ├──────┤    ├──┤
 *   │  2   │ 4  │ 6│
 *   └──────┴────┴──┘
 */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Boxes for these areas, in their order; they fill `room` in proportion.
 * @param areas above 0, the largest first
 */
export function pack(areas: readonly number[], room: Box): Box[] {
  const total = areas.reduce((sum, area) => sum + area, 0);
  const scale = total > 0 ? (room.width * room.height) / total : 0;
  const boxes: Box[] = [];
  let left = room;
  let start = 0;
  while (start < areas.length) {
    const side = Math.min(left.width, left.height);
    let end = start + 1;
    let sum = (areas[start] ?? 0) * scale;
    let worst = lopsided(areas, start, end, scale, sum, side);
    while (end < areas.length) {
      const longer = sum + (areas[end] ?? 0) * scale;
      const next = lopsided(areas, start, end + 1, scale, longer, side);
      if (next > worst) break;
      [sum, worst] = [longer, next];
      end++;
    }
    left = layRow(areas.slice(start, end), sum, scale, left, boxes);
    start = end;
  }
  return boxes;
}

/** The worst ratio of sides in a row of this length; its largest is the first, its smallest the last. */
function lopsided(
  areas: readonly number[],
  start: number,
  end: number,
  scale: number,
  sum: number,
  side: number,
): number {
  const [largest, smallest] = [(areas[start] ?? 0) * scale, (areas[end - 1] ?? 0) * scale];
  return Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest));
}

/** Lays a row along the shorter side. @returns what is left of the room */
function layRow(areas: readonly number[], sum: number, scale: number, room: Box, boxes: Box[]): Box {
  const isColumn = room.width >= room.height;
  const side = isColumn ? room.height : room.width;
  const depth = side > 0 ? sum / side : 0;
  let along = 0;
  for (const area of areas) {
    const length = depth > 0 ? (area * scale) / depth : 0;
    boxes.push(
      isColumn
        ? { x: room.x, y: room.y + along, width: depth, height: length }
        : { x: room.x + along, y: room.y, width: length, height: depth },
    );
    along += length;
  }
  return isColumn
    ? { x: room.x + depth, y: room.y, width: Math.max(0, room.width - depth), height: room.height }
    : { x: room.x, y: room.y + depth, width: room.width, height: Math.max(0, room.height - depth) };
}
