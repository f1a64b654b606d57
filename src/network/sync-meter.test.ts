import { describe, expect, it } from 'vitest';
import { SyncMeter } from './sync-meter.ts';

function meterAt(): { meter: SyncMeter; clock: { ms: number } } {
  const clock = { ms: 1_000_000 };
  return { meter: new SyncMeter(() => clock.ms), clock };
}

describe('the rate of a sync', () => {
  it('is 0 before the first block, and again after a reset', () => {
    const { meter, clock } = meterAt();
    expect(meter.perSecond).toBe(0);
    meter.count();
    expect(meter.perSecond).toBe(1);
    meter.reset();
    clock.ms += 500;
    expect(meter.perSecond).toBe(0);
  });

  it('counts over the time that there was, then over ten seconds', () => {
    const { meter, clock } = meterAt();
    for (let second = 0; second < 60; second++) {
      meter.count(10);
      meter.count(10);
      clock.ms += 1_000;
      // The second that has just begun has no blocks yet.
      expect(meter.perSecond).toBeCloseTo(20, 5);
    }
  });

  it('sinks when nothing comes any more', () => {
    const { meter, clock } = meterAt();
    for (let second = 0; second < 20; second++) {
      meter.count(10);
      clock.ms += 1_000;
    }
    const rates: number[] = [];
    for (let second = 0; second < 11; second++) {
      clock.ms += 1_000;
      rates.push(meter.perSecond);
    }
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    expect(rates.at(-1)).toBe(0);
  });

  it('is not beyond measure in the first moment', () => {
    const { meter, clock } = meterAt();
    meter.count(5);
    clock.ms += 1;
    expect(meter.perSecond).toBe(5);
  });
});
