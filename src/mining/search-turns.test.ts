import { describe, expect, test } from 'vitest';
import { MinerBusyError } from './mining-errors.ts';
import { SearchTurns, type Turn } from './search-turns.ts';

const never = new AbortController().signal;

describe('SearchTurns', () => {
  test('single requests come in order', async () => {
    const turns = new SearchTurns(10);
    const order: number[] = [];
    const first = await turns.take(never);
    const others = [1, 2, 3].map(async (number) => {
      const turn = await turns.take(never);
      order.push(number);
      turn?.release();
    });
    expect(turns.waitingCount).toBe(3);
    expect(order).toEqual([]);
    first?.release();
    await Promise.all(others);
    expect(order).toEqual([1, 2, 3]);
  });

  test('the background is interrupted by a single request, and comes back after all of them', async () => {
    const turns = new SearchTurns(10);
    const order: string[] = [];
    const background = (await turns.takeInBackground(never)) as Turn;
    expect(background.interrupted.aborted).toBe(false);

    const takeSingle = async (name: string) => {
      const turn = await turns.take(never);
      order.push(name);
      turn?.release();
    };
    const singles = [takeSingle('a'), takeSingle('b')];
    expect(background.interrupted.aborted).toBe(true);
    background.release();
    const again = turns.takeInBackground(never).then((turn) => {
      order.push('background');
      turn?.release();
    });
    await Promise.all([...singles, again]);
    expect(order).toEqual(['a', 'b', 'background']);
  });

  test('refuses more than may wait, except those admitted before', async () => {
    const turns = new SearchTurns(1);
    const holder = await turns.take(never);
    const waiting = turns.take(never);
    await expect(turns.take(never)).rejects.toThrow(MinerBusyError);
    const admitted = turns.take(never, true);
    holder?.release();
    (await waiting)?.release();
    expect(await admitted).toBeDefined();
  });

  test('an abort leaves the queue; releasing twice passes on one turn only', async () => {
    const turns = new SearchTurns(10);
    const holder = (await turns.take(never)) as Turn;
    const abort = new AbortController();
    const leaving = turns.take(abort.signal);
    const staying = turns.take(never);
    const last = turns.take(never);
    abort.abort();
    expect(await leaving).toBeUndefined();
    expect(await turns.take(AbortSignal.abort())).toBeUndefined();
    holder.release();
    holder.release();
    const turn = await staying;
    expect(turns.waitingCount).toBe(1);
    turn?.release();
    expect(await last).toBeDefined();
  });
});
