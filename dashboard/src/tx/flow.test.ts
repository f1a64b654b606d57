import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandWidths, layoutFlow, ROW_UNITS } from './flow.ts';

const amounts = fc.array(fc.integer({ min: 0, max: 2_100_000_000_000_000 }), { minLength: 1, maxLength: 60 });

describe('the flow of coins', () => {
  test('shares the band among the amounts: all of it, in their order, none invisible', () => {
    fc.assert(
      fc.property(amounts, (list) => {
        const band = list.length * 6;
        const widths = bandWidths(list, band);
        expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(band, 6);
        expect(Math.min(...widths)).toBeGreaterThanOrEqual(3);
        list.forEach((amount, i) => {
          if (amount > (list[i + 1] ?? Infinity)) expect(widths[i]).toBeGreaterThan(widths[i + 1]!);
        });
      }),
    );
  });

  test('has a path for each card, and is as high as the longer side', () => {
    fc.assert(
      fc.property(amounts, amounts, (left, right) => {
        const flow = layoutFlow(left, right);
        expect(flow.rows).toBe(Math.max(left.length, right.length));
        expect(flow.height).toBe(flow.rows * ROW_UNITS);
        expect([flow.left.length, flow.right.length]).toEqual([left.length, right.length]);
        expect([...flow.left, ...flow.right].join('')).not.toMatch(/NaN|Infinity|undefined/);
        expect(flow.middle.y).toBeGreaterThanOrEqual(0);
        expect(flow.middle.y + flow.middle.height).toBeLessThanOrEqual(flow.height);
      }),
    );
  });

  test('one coin into a payment, change and a fee', () => {
    const { left, right } = layoutFlow([100], [60, 39, 1]);
    expect(left[0]).toBe('M0 118C23.5 118 23.5 118 47 118V182C23.5 182 23.5 182 0 182Z');
    expect(right.map((path) => path.slice(0, 4))).toEqual(['M100', 'M100', 'M100']);
  });
});
