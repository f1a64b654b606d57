import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAN_POINTS, OFFENCES, Points } from './misbehaviour.ts';

const MINUTE_MS = 60_000;

describe('points', () => {
  it('add up and are forgiven, one a minute', () => {
    const points = new Points(0, 0);
    expect(points.add(50, 0)).toBe(50);
    expect(points.at(MINUTE_MS - 1)).toBe(50);
    expect(points.at(MINUTE_MS)).toBe(49);
    expect(points.add(50, 10 * MINUTE_MS)).toBe(90);
    expect(points.at(99 * MINUTE_MS)).toBe(1);
    expect(points.at(100 * MINUTE_MS)).toBe(0);
    expect(points.at(1_000 * MINUTE_MS)).toBe(0);
    expect(points.add(20, 1_000 * MINUTE_MS)).toBe(20);
  });

  it('begin with what was kept, and are reset by the owner', () => {
    const points = new Points(99, 5);
    expect(points.at(5)).toBe(99);
    points.reset(6);
    expect(points.at(6)).toBe(0);
  });

  it('are a whole number at any time, and none is forgiven before its minute is over', () => {
    const steps = fc.array(
      fc.record({ points: fc.integer({ min: 0, max: 100 }), waitMs: fc.nat({ max: 300_000 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const points = new Points(0, 0);
        let nowMs = 0;
        let sum = 0;
        for (const { points: more, waitMs } of all) {
          nowMs += waitMs;
          const before = points.at(nowMs);
          const after = points.add(more, nowMs);
          sum += more;
          expect(Number.isInteger(after)).toBe(true);
          expect(after).toBe(before + more);
          expect(after).toBeLessThanOrEqual(sum);
          expect(after).toBeGreaterThanOrEqual(Math.floor(sum - nowMs / MINUTE_MS));
        }
      }),
    );
  });

  it('are neither forgiven nor doubled by a clock that is set back', () => {
    const points = new Points(0, 10 * MINUTE_MS);
    points.add(30, 10 * MINUTE_MS);
    expect(points.at(0)).toBe(30);
    expect(points.add(5, 0)).toBe(35);
    expect(points.at(5 * MINUTE_MS)).toBe(30);
  });
});

describe('offences', () => {
  it('cost from nothing up to a ban, and tell what they mean in a sentence', () => {
    for (const { points, meaning } of Object.values(OFFENCES)) {
      expect(points).toBeGreaterThanOrEqual(0);
      expect(points).toBeLessThanOrEqual(BAN_POINTS);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('that no honest node commits cost everything at once', () => {
    for (const offence of ['invalid-header', 'invalid-block', 'spoiled-block', 'invalid-chain'] as const)
      expect(OFFENCES[offence].points).toBe(BAN_POINTS);
  });

  it('of a clock cost nothing: it may be ours that is wrong', () => {
    expect(OFFENCES['future-block'].points).toBe(0);
  });
});
