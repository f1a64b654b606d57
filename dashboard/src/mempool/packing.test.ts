import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, pack } from './packing.ts';

const room: Box = { x: 10, y: 20, width: 600, height: 300 };
const areaOf = ({ width, height }: Box): number => width * height;
const ratioOf = ({ width, height }: Box): number => Math.max(width / height, height / width);

describe('packing', () => {
  test('fills the room in proportion, without overlaps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 60 }), (some) => {
        const areas = some.sort((a, b) => b - a);
        const total = areas.reduce((sum, area) => sum + area, 0);
        const boxes = pack(areas, room);
        expect(boxes).toHaveLength(areas.length);
        for (const [index, box] of boxes.entries()) {
          expect(areaOf(box) / areaOf(room)).toBeCloseTo(areas[index]! / total, 6);
          expect(box.x).toBeGreaterThanOrEqual(room.x - 1e-6);
          expect(box.y).toBeGreaterThanOrEqual(room.y - 1e-6);
          expect(box.x + box.width).toBeLessThanOrEqual(room.x + room.width + 1e-6);
          expect(box.y + box.height).toBeLessThanOrEqual(room.y + room.height + 1e-6);
          for (const other of boxes.slice(index + 1)) {
            const across = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x);
            const down = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y);
            expect(Math.min(across, down)).toBeLessThan(1e-6);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('makes squares of equals, and nothing of nothing', () => {
    for (const box of pack(
      Array.from({ length: 50 }, () => 250),
      room,
    ))
      expect(ratioOf(box)).toBeLessThan(1.6);
    expect(pack([], room)).toEqual([]);
    expect(pack([7], room)).toEqual([room]);
  });
});
