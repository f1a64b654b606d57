/** The client alone: the other end of its line is the test. Over real lines: api/events/events.test.ts. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { EventClient, type EventClientState, type Socket } from './event-client.ts';
import type { ClientMessage, NodeMessage, SnapshotMessage, Topic } from './events.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class Line implements Socket {
  readonly said: ClientMessage[] = [];
  isClosed = false;
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  onerror: Socket['onerror'] = null;

  send(text: string): void {
    this.said.push(JSON.parse(text) as ClientMessage);
  }

  close(): void {
    this.isClosed = true;
  }

  tell(message: NodeMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  break(): void {
    this.onclose?.({ code: 1006, reason: '' });
  }
}

const snapshot: NodeMessage = { type: 'snapshot', run: 'run-1', sequence: 3, topics: ['blocks'], data: {} };

function scene(onState?: (state: EventClientState, client: EventClient) => void) {
  const lines: Line[] = [];
  const states: EventClientState['name'][] = [];
  const problems: string[] = [];
  const snapshots: SnapshotMessage[] = [];
  const client: EventClient = new EventClient({
    baseUrl: 'http://localhost:8000',
    topics: ['blocks'],
    connect: () => {
      const line = new Line();
      lines.push(line);
      return line;
    },
    onSnapshot: (message) => void snapshots.push(message),
    onEvent: () => undefined,
    onState: (state) => {
      states.push(state.name);
      onState?.(state, client);
    },
    onProblem: ({ reason }) => void problems.push(reason),
  });
  onTestFinished(() => client.close());
  return { client, lines, states, problems, snapshots };
}

describe('an event client', () => {
  test.each(['connecting', 'live', 'reconnecting'] as const)(
    'that is closed when it tells that it is %s stays closed',
    async (name) => {
      const { client, lines, states, snapshots } = scene((state, it) => {
        if (state.name === name) it.close();
      });
      client.open();
      if (name !== 'connecting') lines[0]!.onopen?.();
      if (name === 'live') lines[0]!.tell(snapshot);
      if (name === 'reconnecting') lines[0]!.break();
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect([lines.length, lines[0]!.isClosed, states.at(-1)]).toEqual([1, true, 'closed']);
      expect(snapshots).toEqual([]);
    },
  );

  test('asks again for a snapshot that the node could not make, and not once the line is broken', async () => {
    const { client, lines, problems } = scene();
    client.open();
    const [line] = lines;
    line!.onopen?.();
    line!.tell({ type: 'error', reason: 'internal-error', detail: '' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(problems).toEqual(['internal-error']);
    expect(line!.said.map(({ type }) => type)).toEqual(['subscribe', 'snapshot']);
    line!.tell({ type: 'error', reason: 'internal-error', detail: '' });
    line!.break();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([line!.said.length, lines.length]).toEqual([2, 2]);
  });

  test('does not take up more topics than a node takes', () => {
    const { client, lines, problems } = scene();
    client.open();
    lines[0]!.onopen?.();
    const addresses = Array.from({ length: 32 }, (_, i): Topic => `address:${String(i).padStart(40, '0')}`);
    client.follow(addresses);
    expect([problems, lines[0]!.said.length]).toEqual([['too-many-topics'], 1]);
    client.follow(addresses.slice(1));
    expect(lines[0]!.said).toHaveLength(2);
  });
});
