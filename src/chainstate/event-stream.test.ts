import { describe, expect, it, vi } from 'vitest';
import { EventStream } from './event-stream.ts';

describe('EventStream', () => {
  it('numbers events and tells everybody, in the order of subscription', () => {
    const stream = new EventStream<{ what: string }>();
    const heard: string[] = [];
    const unsubscribe = stream.subscribe(({ what, sequence }) => heard.push(`first ${what} ${sequence}`));
    stream.subscribe(({ what, sequence }) => heard.push(`second ${what} ${sequence}`));
    stream.emit({ what: 'a' });
    unsubscribe();
    stream.emit({ what: 'b' });
    expect(heard).toEqual(['first a 1', 'second a 1', 'second b 2']);
    expect(stream.sequence).toBe(2);
  });

  it('tells the others although one breaks, and does not hide that', async () => {
    const uncaught = vi.fn();
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', uncaught);
    try {
      const stream = new EventStream<{ what: string }>();
      const heard = vi.fn();
      stream.subscribe(() => {
        throw new Error('a bug');
      });
      stream.subscribe(heard);
      stream.emit({ what: 'a' });
      expect(heard).toHaveBeenCalledOnce();
      await new Promise((resolve) => setImmediate(resolve));
      expect(uncaught).toHaveBeenCalledWith(expect.objectContaining({ message: 'a bug' }), expect.anything());
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of others) process.on('uncaughtException', listener);
    }
  });
});
