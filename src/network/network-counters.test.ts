import { expect, it } from 'vitest';
import { NetworkCounters } from './network-counters.ts';

it('adds up what metrics tell', () => {
  const counters = new NetworkCounters();
  counters.bytes('sent', 10);
  counters.bytes('sent', 5);
  counters.bytes('received', 1);
  for (const message of ['ping', 'ping', 'push/tx']) counters.message(message, 'sent');
  counters.message('ping', 'received');
  counters.offence('stalled');
  counters.offence('stalled');
  counters.offence('redirect');
  counters.compactBlock('from-mempool');
  counters.compactBlock('whole');
  counters.compactBlock('whole');
  counters.ban();
  expect(counters.bytesTotal).toEqual({ sent: 15, received: 1 });
  expect(Object.fromEntries(counters.messages)).toEqual({
    'ping sent': 2,
    'push/tx sent': 1,
    'ping received': 1,
  });
  expect(Object.fromEntries(counters.offences)).toEqual({ stalled: 2, redirect: 1 });
  expect(counters.compactBlocks).toEqual({ 'from-mempool': 1, 'some-fetched': 0, whole: 2 });
  expect(counters.bans).toBe(1);
});
