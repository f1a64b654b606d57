import { describe, expect, test } from 'vitest';
import type { MempoolTemplateAnswer, TemplateEntry } from '../../../src/protocol/mempool.ts';
import { feeStepOf, rangeOfStep } from './fee-steps.ts';
import { layTiles, MAX_TILES, neighbour } from './tiles.ts';

const entry = (index: number, position: number | null, size = 230, feePerKb = 1_000): TemplateEntry => ({
  txid: String(index).padStart(64, '0'),
  ...{ position, reason: position === null ? 'outbid' : 'own-fee', fee: 1, size, fee_per_kb: feePerKb },
  package: { count: 1, size, fees: 1, fee_per_kb: feePerKb, paid_by: '' },
  ...{ ancestors: 1, descendants: 1, parents: [], received_at: 0, output_total: 1 },
});

function template(
  transactions: TemplateEntry[],
  more: Partial<MempoolTemplateAnswer> = {},
): MempoolTemplateAnswer {
  const inside = transactions.filter(({ position }) => position !== null).length;
  return {
    ...{ height: 1, previous_hash: null, target: '0xff', subsidy: 1, total_fees: 1, size: 1, max_size: 1 },
    ...{ transaction_count: inside, left_out: transactions.length - inside, max_transactions: 9 },
    ...{ min_fee_per_kb: 100, transactions },
    ...more,
  };
}

const room = { width: 800, height: 300 };

describe('the squares of the mempool', () => {
  test('the block is on the left, the others on the right, at one scale', () => {
    const tiles = layTiles(
      template([entry(1, 1, 600), entry(2, 2, 300), entry(3, null, 300)]),
      1_200,
      100,
      room,
    );
    const [a, b, c] = [1, 2, 3].map((index) => tiles.find(({ id }) => Number(id) === index)!.box);
    expect(a!.width * a!.height).toBeCloseTo(2 * b!.width * b!.height);
    expect(b!.width * b!.height).toBeCloseTo(c!.width * c!.height);
    expect(c!.x).toBeGreaterThan(Math.max(a!.x + a!.width, b!.x + b!.width));
    expect(layTiles(template([]), 0, 100, room)).toEqual([]);
  });

  test('thousands are a few hundred: small ones of a fee step are one, and so are those that are not listed', () => {
    const many = Array.from({ length: 900 }, (_, index) =>
      entry(index, index < 600 ? index + 1 : null, 200 + index, 100 + index * 50),
    );
    const bytes = many.reduce((sum, { size }) => sum + size, 0) + 50_000;
    const tiles = layTiles(template(many, { left_out: 4_300 }), bytes, 100, room);
    expect(tiles.length).toBeLessThanOrEqual(MAX_TILES + 1);
    expect(tiles.reduce((sum, { count }) => sum + count, 0)).toBe(4_900);
    expect(tiles.reduce((sum, { size }) => sum + size, 0)).toBe(bytes);
    expect(tiles.find(({ id }) => id === 'rest')).toMatchObject({ count: 4_000, size: 50_000 });
    expect(new Set(tiles.map(({ id }) => id)).size).toBe(tiles.length);
  });

  test('arrows reach every square, and stay at the edge', () => {
    const tiles = layTiles(
      template(Array.from({ length: 20 }, (_, index) => entry(index, index + 1, 100 + index * 9))),
      0,
      100,
      room,
    );
    const reached = new Set([tiles[0]!]);
    for (const from of reached)
      for (const direction of ['left', 'right', 'up', 'down'] as const)
        reached.add(neighbour(tiles, from, direction));
    expect(reached.size).toBe(20);
    const corner = tiles.find(({ box }) => box.x === 0 && box.y === 0)!;
    expect(neighbour(tiles, corner, 'left')).toBe(corner);
  });
});

test('fee steps follow the least that the node takes', () => {
  expect([0, 199, 200, 999, 1_000, 5_000, 24_999, 25_000, 1e9].map((rate) => feeStepOf(rate, 100))).toEqual([
    1, 1, 2, 2, 3, 4, 4, 5, 5,
  ]);
  expect(feeStepOf(1_000, 0)).toBe(3);
  expect(rangeOfStep(1, 100)).toEqual([0, 200]);
  expect(rangeOfStep(3, 10)).toEqual([100, 500]);
  expect(rangeOfStep(5, 100)).toEqual([25_000, undefined]);
});
