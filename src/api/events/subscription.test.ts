import { describe, expect, it } from 'vitest';
import type { Address } from '../../consensus/index.ts';
import type { AddressTopic, EventData, NodeMessage, TopicSnapshots } from '../../protocol/index.ts';
import { EventHub } from './event-hub.ts';
import { FollowedAddresses } from './followed-addresses.ts';
import { type EndReason, type LossReason, Subscription, type SubscriptionBounds } from './subscription.ts';

const found: EventData = {
  type: 'block-invalid',
  block_hash: 'ab'.repeat(32),
  height: 1,
  reason: 'bad-txnmrklroot',
  detail: 'a test',
  blocks: [],
};

interface SceneOptions {
  readonly maxWaitingBytes?: number;
  readonly canAsk?: boolean;
  readonly bounds?: Partial<SubscriptionBounds>;
}

/** A client, and the snapshots that it waits for: each is made when the test says so. */
function scene({ maxWaitingBytes = 1e6, canAsk = true, bounds = {} }: SceneOptions = {}) {
  const hub = new EventHub('run-1', () => 0);
  const got: string[] = [];
  const waiting = { bytes: 0 };
  const ended: (EndReason | LossReason)[] = [];
  const followed = new FollowedAddresses();
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
      end: (reason) => void ended.push(reason),
      ...(canAsk ? {} : { endBecauseLost: (reason: LossReason) => void ended.push(reason) }),
    },
    followed,
    maxWaitingBytes,
    bounds: { snapshotPauseMs: 0, ...bounds },
    onError: (error) => errors.push(error),
  });
  return { hub, got, waiting, ended, snapshots, errors, followed, subscription };
}

const addressTopic = (number: number): AddressTopic => `address:${String(number).padStart(40, '0')}`;
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

  it('leaves nothing out of the topics that it follows when a snapshot of others cannot be made', async () => {
    const { hub, got, snapshots, subscription } = scene();
    subscription.subscribe(['blocks']);
    await turn();
    snapshots[0]!.resolve({});
    await turn();
    subscription.subscribe(['mining']);
    await turn();
    hub.emit('blocks', () => found);
    snapshots[1]!.reject(new Error('no database'));
    await turn();
    expect(got).toEqual(['snapshot 0', 'event 1', 'error internal-error']);
  });

  it('is ended when something is lost and it cannot ask for it', async () => {
    const { hub, ended, got, snapshots, subscription } = scene({ canAsk: false });
    subscription.subscribe(['blocks']);
    await turn();
    snapshots[0]!.reject(new Error('no database'));
    await turn();
    expect([ended, got, hub.listenerCount]).toEqual([['internal-error'], [], 0]);
  });

  it('gets a new snapshot when more happens meanwhile than is kept, and is told when that goes on', async () => {
    const { hub, got, snapshots, subscription } = scene({ bounds: { heldEvents: 1, snapshotTries: 2 } });
    const resolveAfter = async (index: number, events: number): Promise<void> => {
      for (let i = 0; i < events; i++) hub.emit('blocks', () => found);
      snapshots[index]!.resolve({});
      await turn();
    };
    subscription.subscribe(['blocks']);
    await turn();
    await resolveAfter(0, 3);
    await resolveAfter(1, 1);
    expect(got).toEqual(['snapshot 3', 'event 4']);
    subscription.refresh();
    await turn();
    await resolveAfter(2, 2);
    await resolveAfter(3, 2);
    expect(got.slice(2)).toEqual(['error missed-events']);
  });

  it('does what it is asked in turn: who unsubscribes last does not follow', async () => {
    const { hub, got, snapshots, followed, subscription } = scene();
    const topic = addressTopic(1);
    subscription.subscribe(['blocks']);
    subscription.subscribe([topic]);
    subscription.unsubscribe([topic]);
    await turn();
    snapshots[0]!.resolve({});
    await turn();
    snapshots[1]!.resolve({});
    await turn();
    hub.emit(topic, () => found);
    expect(got).toEqual(['snapshot 0', 'snapshot 0']);
    expect([subscription.follows(topic), followed.size]).toEqual([false, 0]);
  });

  it('is refused more topics than there may be, also when it asks for them while it waits', async () => {
    const { got, snapshots, followed, subscription } = scene();
    const addresses = Array.from({ length: 64 }, (_, i) => addressTopic(i));
    subscription.subscribe(addresses.slice(0, 32));
    subscription.subscribe(addresses.slice(32));
    subscription.subscribe(addresses.slice(0, 33));
    await turn();
    snapshots[0]!.resolve({});
    await turn();
    expect(got).toEqual(['snapshot 0', 'error too-many-topics', 'error too-many-topics']);
    expect(followed.size).toBe(32);
    expect(followed.has(addresses[31]!.slice(8) as Address)).toBe(true);
    subscription.close();
    expect(followed.size).toBe(0);
  });

  it('makes one snapshot for those who ask again while it waits', async () => {
    const { got, snapshots, subscription } = scene();
    subscription.subscribe(['blocks']);
    for (let i = 0; i < 100; i++) subscription.refresh();
    subscription.pong();
    await turn();
    snapshots[0]!.resolve({});
    await turn();
    snapshots[1]!.resolve({});
    await turn();
    expect(got).toEqual(['snapshot 0', 'snapshot 0', 'pong 0']);
    expect(snapshots).toHaveLength(2);
  });

  it('rests between snapshots that are asked for, and does not keep a client that leaves', async () => {
    const { got, snapshots, subscription } = scene({ bounds: { snapshotPauseMs: 1e6 } });
    subscription.refresh();
    await turn();
    snapshots[0]!.resolve({});
    await turn();
    subscription.refresh();
    await turn();
    expect([got, snapshots.length]).toEqual([['snapshot 0'], 1]);
    subscription.close();
    await turn();
    expect(snapshots).toHaveLength(1);
  });

  it('is ended when more waits for its turn than there may be', async () => {
    const { hub, ended, subscription } = scene({ bounds: { waitingTurns: 3 } });
    subscription.subscribe(['blocks']);
    await turn();
    for (let i = 0; i < 3; i++) subscription.pong();
    expect(ended).toEqual([]);
    subscription.pong();
    expect([ended, hub.listenerCount]).toEqual([['too-many-messages'], 0]);
  });

  it('is cut off when it does not keep up, and gets nothing more', async () => {
    const { hub, got, waiting, ended, snapshots, subscription } = scene({ maxWaitingBytes: 1_000 });
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
