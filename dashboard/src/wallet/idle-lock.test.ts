import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IdleLock } from './idle-lock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function scene(): { lock: IdleLock; locked: () => number } {
  let count = 0;
  return { lock: new IdleLock(1000, () => count++), locked: () => count };
}

test('locks when nobody was there for long enough, once', () => {
  const { lock, locked } = scene();
  vi.advanceTimersByTime(5000);
  expect(locked()).toBe(0);
  lock.start();
  vi.advanceTimersByTime(999);
  expect(locked()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(locked()).toBe(1);
  vi.advanceTimersByTime(5000);
  expect(locked()).toBe(1);
});

test('every sign of a person puts it off', () => {
  const { lock, locked } = scene();
  lock.start();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(900);
    lock.touch();
  }
  expect(locked()).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(locked()).toBe(1);
});

test('a computer that wakes up is locked, even by the hand that woke it', () => {
  const { lock, locked } = scene();
  lock.start();
  vi.setSystemTime(Date.now() + 60_000); // no timer ran meanwhile
  lock.touch();
  expect(locked()).toBe(1);
});

test('nothing happens after it was stopped', () => {
  const { lock, locked } = scene();
  lock.start();
  lock.stop();
  lock.touch();
  vi.advanceTimersByTime(5000);
  expect(locked()).toBe(0);
});
