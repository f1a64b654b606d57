import { describe, expect, it } from 'vitest';
import type { EventData, NodeMessage, TopicSnapshots } from '../../protocol/index.ts';
import { EventHub } from './event-hub.ts';
import { type EndReason, Subscription } from './subscription.ts';

const found: EventData = {
  type: 'block-invalid',
  block_hash: 'ab'.repeat(32),
  height: 1,
  reason: 'bad-txnmrklroot',
  detail: 'a test',
};

/** A client, and the snapshots that it waits for: each is made when the test says so. */
function scene(maxWaitingBytes = 1e6) {
  const hub = new EventHub('run-1', () => 0);
  const got: string[] = [];
  const waiting = { bytes: 0 };
  const ended: EndReason[] = [];
  const snapshots: { resolve: (data: TopicSnapshots) => void; reject: (error: Error) => void }[] = [];
  const errors: unknown[] = [];
  const subscription = new Subscription({
    hub,
    snapshot: () => new Promise((resolve, reject) => snapshots.push({ resolve, reject })),
    sink: {
      send: (text) => {
        const message = JSON.parse(text) as NodeMessage;
        const number = 'sequence' in message ? ` ${message.sequence}` : ` ${message.reason}`;
        got.push(`${message.type}${number}`);
      },
      waitingBytes: () => waiting.bytes,
      end: (reason) => ended.push(reason),
    },
    maxWaitingBytes,
    onError: (error) => errors.push(error),
  });
  return { hub, got, waiting, ended, snapshots, errors, subscription };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('subscription', () => {
  it('gets a snapshot first, then what happened while it was made, then what happens', async () => {
    const { hub, got, snapshots, subscription } = scene();
    hub.emit('blocks', () => found);
    subscription.subscribe(['blocks']);
    await turn();
    hub.emit('blocks', () => found);
    hub.emit('mining', () => found);
    expect(got).toEqual([]);
    snapshots[0]!.resolve({});
    await turn();
    hub.emit('blocks', () => found);
    expect(got).toEqual(['snapshot 1', 'event 2', 'event 4']);
  });

  it('goes on where it left off', async () => {
    const { hub, got, subscription } = scene();
    for (let i = 0; i < 3; i++) hub.emit('blocks', () => found);
    subscription.subscribe(['blocks'], { run: 'run-1', sequence: 1 });
    await turn();
    expect(got).toEqual(['resumed 3', 'event 2', 'event 3']);
  });

  it.each([
    ['another run of the node', { run: 'run-0', sequence: 1 }, ['blocks'] as const],
    ['a number that has not been', { run: 'run-1', sequence: 9 }, ['blocks'] as const],
    [
      'an address, of which nothing was kept',
      { run: 'run-1', sequence: 1 },
      [`address:${'0'.repeat(40)}`] as const,
    ],
  ])('gets a new snapshot after %s', async (_, since, topics) => {
    const { hub, got, snapshots, subscription } = scene();
    for (let i = 0; i < 3; i++) hub.emit('blocks', () => found);
    subscription.subscribe(topics, since);
    await turn();
    snapshots[0]!.resolve({});
    await turn();
    expect(got).toEqual(['snapshot 3']);
  });

  it('goes on with what was kept, beside a snapshot of an address', async () => {
    const { hub, got, snapshots, subscription } = scene();
    for (let i = 0; i < 3; i++) hub.emit('blocks', () => found);
    subscription.subscribe([`address:${'0'.repeat(40)}`, 'blocks'], { run: 'run-1', sequence: 2 });
    await turn();
    snapshots[0]!.resolve({});
    await turn();
    expect(got).toEqual(['resumed 3', 'event 3', 'snapshot 3']);
  });

  it('is told, and goes on, when a snapshot cannot be made', async () => {
    const { hub, got, snapshots, errors, subscription } = scene();
    subscription.subscribe(['blocks']);
    await turn();
    snapshots[0]!.reject(new Error('no database'));
    await turn();
    hub.emit('blocks', () => found);
    subscription.refresh();
    await turn();
    snapshots[1]!.resolve({});
    await turn();
    expect(got).toEqual(['error internal-error', 'event 1', 'snapshot 1']);
    expect(errors).toHaveLength(1);
  });

  it('is refused more topics than there may be', async () => {
    const { got, subscription } = scene();
    const addresses = Array.from({ length: 33 }, (_, i) => `address:${String(i).padStart(40, '0')}` as const);
    subscription.subscribe(addresses);
    await turn();
    expect(got).toEqual(['error too-many-topics']);
  });

  it('is cut off when it does not keep up, and gets nothing more', async () => {
    const { hub, got, waiting, ended, snapshots, subscription } = scene(1_000);
    subscription.subscribe(['blocks']);
    await turn();
    snapshots[0]!.resolve({});
    await turn();
    waiting.bytes = 1_001;
    hub.emit('blocks', () => found);
    hub.emit('blocks', () => found);
    expect(ended).toEqual(['too-slow']);
    expect(got).toEqual(['snapshot 0', 'event 1']);
    expect(hub.listenerCount).toBe(0);
  });
});
