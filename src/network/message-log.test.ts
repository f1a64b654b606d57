import { describe, expect, test } from 'vitest';
import { MessageLog } from './message-log.ts';

function logOf(count: number): MessageLog {
  const log = new MessageLog(() => 1_000);
  for (let i = 1; i <= count; i++) {
    const kind = i % 2 === 0 ? 'ping' : 'headers';
    log.open({ direction: 'out', kind, peer: `http://peer:${i % 3}` }).end('ok');
  }
  return log;
}

const numbers = (log: MessageLog, ...asked: Parameters<MessageLog['list']>): number[] =>
  log.list(...asked).map(({ number }) => number);

describe('the log of messages', () => {
  test('is empty before the first', () => {
    const log = new MessageLog(() => 0);
    expect([log.oldest, log.latest, log.list({}, 10)]).toEqual([0, 0, []]);
  });

  test('keeps the last five hundred', () => {
    const log = logOf(1_234);
    expect([log.oldest, log.latest]).toEqual([735, 1_234]);
    expect(numbers(log, {}, 10_000)).toEqual(Array.from({ length: 500 }, (_, i) => 735 + i));
  });

  test('gives the latest that fit, lowest first', () => {
    const log = logOf(20);
    expect(numbers(log, {}, 3)).toEqual([18, 19, 20]);
    expect(numbers(log, { after: 18 }, 5)).toEqual([19, 20]);
    expect(numbers(log, { before: 4 }, 2)).toEqual([2, 3]);
    expect(numbers(log, { kind: 'ping', peer: 'http://peer:0' }, 9)).toEqual([6, 12, 18]);
    expect(numbers(log, { before: 0 }, 5)).toEqual([]);
    expect(numbers(log, { after: 99 }, 5)).toEqual([]);
  });

  test('notes a message when it is over, once, with what was filled in', () => {
    const log = new MessageLog(() => 5_000);
    let told = 0;
    const leave = log.subscribe(() => told++);
    const message = log.open({ direction: 'in', kind: 'announce', caller: '192.0.2.1' });
    expect(log.latest).toBe(0);
    message.about.headers = 2;
    message.bytesReceived = 218;
    message.end('refused', { status: 422, detail: 'x'.repeat(1_000) });
    message.end('ok');
    expect(told).toBe(1);
    expect(log.list({}, 9)).toMatchObject([
      {
        ...{
          number: 1,
          atMs: 5_000,
          direction: 'in',
          kind: 'announce',
          caller: '192.0.2.1',
          peer: undefined,
        },
        ...{ bytesReceived: 218, bytesSent: 0, outcome: 'refused', status: 422, about: { headers: 2 } },
      },
    ]);
    expect(log.list({}, 1)[0]?.detail).toHaveLength(300);
    leave();
    log.open({ direction: 'out', kind: 'ping' }).end('failed');
    expect(told).toBe(1);
  });
});
