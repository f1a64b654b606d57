import { describe, expect, it } from 'vitest';
import type { EventData, Topic } from '../../protocol/index.ts';
import { EventHub, type SentEvent } from './event-hub.ts';

const said = (height: number): (() => EventData) => {
  return () => ({
    type: 'tip-changed',
    height,
    tip_hash: null,
    fork_height: height - 1,
    disconnected: [],
    connected: [],
  });
};

function listener(topics: readonly Topic[]): {
  got: number[];
  follows(topic: Topic): boolean;
  take(e: SentEvent): void;
} {
  const got: number[] = [];
  return { got, follows: (topic) => topics.includes(topic), take: ({ sequence }) => void got.push(sequence) };
}

describe('event hub', () => {
  it('numbers events over all topics, and hands out those that are followed', () => {
    const hub = new EventHub('run', () => 0);
    const [blocks, both] = [listener(['blocks']), listener(['blocks', 'mining'])];
    hub.add(blocks);
    const leave = hub.add(both);
    hub.emit('blocks', said(0));
    hub.emit('mining', said(1));
    leave();
    hub.emit('blocks', said(2));
    expect(blocks.got).toEqual([1, 3]);
    expect(both.got).toEqual([1, 2]);
    expect(hub.sequence).toBe(3);
  });

  it('tells what was missed, as long as it is kept', () => {
    const hub = new EventHub('run', () => 0, { keptEvents: 3, keptCharacters: 1e6, lingerMs: 1_000 });
    const follower = listener(['blocks']);
    hub.add(follower);
    for (const height of [0, 1, 2, 3]) hub.emit('blocks', said(height));
    expect(hub.since(1, follower)?.map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    expect(hub.since(4, follower)).toEqual([]);
    expect(hub.since(0, follower), 'the first is forgotten').toBeUndefined();
    expect(hub.since(5, follower), 'a number of the future').toBeUndefined();
    expect(hub.since(1, listener(['mining']))).toEqual([]);
  });

  it('keeps a bounded number of characters', () => {
    const hub = new EventHub('run', () => 0, { keptEvents: 1_000, keptCharacters: 500, lingerMs: 1_000 });
    const follower = listener(['blocks']);
    hub.add(follower);
    for (let height = 0; height < 100; height++) hub.emit('blocks', said(height));
    const kept = hub.since(98, follower) ?? [];
    expect(kept).toHaveLength(2);
    expect(hub.since(50, follower)).toBeUndefined();
  });

  it('only counts while nobody has listened for a while, and does not even look what happened', () => {
    let nowMs = 0;
    const hub = new EventHub('run', () => nowMs, { keptEvents: 10, keptCharacters: 1e6, lingerMs: 1_000 });
    const never = (): EventData => {
      throw new Error('nobody wants to know');
    };
    hub.emit('blocks', never);
    expect(hub.sequence).toBe(1);

    const follower = listener(['blocks']);
    const leave = hub.add(follower);
    hub.emit('blocks', said(1));
    leave();
    nowMs = 999;
    hub.emit('blocks', said(2));
    expect(hub.since(2, follower)?.map(({ sequence }) => sequence)).toEqual([3]);
    nowMs = 1_001;
    hub.emit('blocks', never);
    expect(hub.since(3, follower), 'what came later is not kept').toBeUndefined();
    expect(hub.since(4, follower)).toEqual([]);
  });

  it('knows that something is missing though nothing was told meanwhile', () => {
    let nowMs = 0;
    const hub = new EventHub('run', () => nowMs, { keptEvents: 10, keptCharacters: 1e6, lingerMs: 1_000 });
    const follower = listener(['mempool']);
    const leave = hub.add(follower);
    hub.emit('mempool', said(1));
    leave();
    nowMs = 500;
    hub.add(follower)();
    expect(hub.since(1, follower), 'back in time').toEqual([]);
    nowMs = 5_000;
    hub.add(follower);
    expect(hub.since(1, follower), 'too late: the mempool was not looked at').toBeUndefined();
    expect(hub.since(hub.sequence, follower)).toEqual([]);
  });
});
