import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectionTurns, type Urgency } from './connection-turns.ts';

/** Queues tasks while the first one runs, lets it end, and tells the order in which the others had their turns. */
async function orderOf(urgencies: readonly Urgency[]): Promise<string[]> {
  const turns = new ConnectionTurns();
  const order: string[] = [];
  let running = 0;
  let release: () => void = () => undefined;
  const first = turns.run('ordinary', () => new Promise<void>((resolve) => (release = resolve)));
  const others = urgencies.map((urgency, index) =>
    turns.run(urgency, async () => {
      expect(++running).toBe(1);
      order.push(`${urgency} ${index}`);
      await Promise.resolve();
      running--;
    }),
  );
  release();
  await Promise.all([first, ...others]);
  await turns.idle();
  return order;
}

describe('turns on one connection', () => {
  test('what the node waits for goes first, and in between one question at a time is answered', async () => {
    expect(
      await orderOf(['ordinary', 'ordinary', 'urgent', 'ordinary', 'urgent', 'urgent', 'ordinary']),
    ).toEqual(['urgent 2', 'ordinary 0', 'urgent 4', 'ordinary 1', 'urgent 5', 'ordinary 3', 'ordinary 6']);
  });

  test('everybody gets a turn, in the order of arrival among equals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom<Urgency>('urgent', 'ordinary')), async (urgencies) => {
        const order = await orderOf(urgencies);
        expect(order).toHaveLength(urgencies.length);
        for (const kind of ['urgent', 'ordinary'] as const) {
          const numbers = order.filter((one) => one.startsWith(kind)).map((one) => Number(one.split(' ')[1]));
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
        }
        // Never two urgent ones in a row while a question waits.
        for (const [at, one] of order.entries()) {
          const next = order[at + 1];
          if (one.startsWith('urgent') && next?.startsWith('urgent') === true)
            expect(order.slice(at + 1).some((later) => later.startsWith('ordinary'))).toBe(false);
        }
      }),
    );
  });

  test('a task that fails does not stop the next, and what comes later starts anew', async () => {
    const turns = new ConnectionTurns();
    const failing = turns.run('urgent', () => Promise.reject(new Error('broken')));
    const next = turns.run('urgent', () => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
    await turns.idle();
    expect(await turns.run('ordinary', () => Promise.resolve('later'))).toBe('later');
  });
});
