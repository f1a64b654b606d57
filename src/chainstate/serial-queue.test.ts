import { describe, expect, it } from 'vitest';
import { QueueFullError, SerialQueue } from './serial-queue.ts';

describe('SerialQueue', () => {
  it('runs tasks one after the other, in the order in which they came', async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const task = (name: string, pauses: number) => async () => {
      log.push(`${name} begins`);
      for (let i = 0; i < pauses; i++) await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all([queue.run(task('slow', 20)), queue.run(task('quick', 0))])).toEqual([
      'slow',
      'quick',
    ]);
    expect(log).toEqual(['slow begins', 'slow ends', 'quick begins', 'quick ends']);
  });

  it('goes on after a task that fails', async () => {
    const queue = new SerialQueue();
    const failing = queue.run(() => Promise.reject(new Error('disk full')));
    const next = queue.run(() => Promise.resolve('fine'));
    await expect(failing).rejects.toThrow('disk full');
    expect(await next).toBe('fine');
    await queue.idle();
  });

  it('tells when what is under way has ended, whether well or not', async () => {
    const queue = new SerialQueue();
    expect(queue.underWay()).toBeUndefined();
    let ended = 0;
    const tasks = [
      queue.run(() => Promise.resolve(ended++)),
      queue.run(() => Promise.reject(new Error(`disk full ${ended++}`))),
    ];
    const settled = Promise.allSettled(tasks);
    await queue.underWay();
    expect(ended).toBe(2);
    await settled;
    expect(queue.underWay()).toBeUndefined();
  });

  it('refuses what it has no room for, and has room again later', async () => {
    const queue = new SerialQueue(2);
    const done = [1, 2].map((n) => queue.run(() => Promise.resolve(n)));
    await expect(queue.run(() => Promise.resolve(3))).rejects.toThrow(QueueFullError);
    expect(await Promise.all(done)).toEqual([1, 2]);
    expect(await queue.run(() => Promise.resolve(4))).toBe(4);
  });
});
