/** The stream alone; over connections: events.test.ts. */
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiNode } from '../../../test/support/api-node.ts';
import { until } from '../../../test/support/running-node.ts';
import { defaultLimits } from '../limits.ts';
import { ServedBlocks } from '../served-blocks.ts';
import { EventService } from './event-service.ts';
import { openStream } from './event-stream.ts';

let node: ApiNode;
let events: EventService;
beforeAll(async () => {
  node = await ApiNode.start();
  const { services } = node;
  const blocks = new ServedBlocks(services.chain, services.store);
  events = new EventService(services, blocks, defaultLimits(1_000_000), (error) => {
    throw error;
  });
});
afterAll(async () => {
  events.close();
  await node.close();
});

test('a reader that takes nothing any more loses its place, also on a quiet node', async () => {
  const stream = openStream(events, ['blocks'], undefined, 5);
  expect(events.clientCount).toBe(1);
  await once(stream, 'close');
  expect(events.clientCount).toBe(0);
});

test('one that reads keeps it', async () => {
  const stream = openStream(events, ['blocks'], undefined, 5);
  let text = '';
  stream.on('data', (part: Buffer) => (text += part.toString()));
  await until(() => text.split(': alive').length > 4);
  expect([stream.destroyed, events.clientCount]).toEqual([false, 1]);
  stream.destroy();
});
