/** Server-Sent Events: one client's messages as text. */
import { Readable } from 'node:stream';
import type { Topic } from '../../protocol/index.ts';
import type { EventService } from './event-service.ts';
import type { EndReason, LossReason, Since } from './subscription.ts';

/** How often a connection without events is shown to be alive; proxies end silent ones after a minute. */
export const HEARTBEAT_MS = 15_000;
/** How long a client may take over the reason why it is ended. */
export const FAREWELL_MS = 1_000;

/** The messages of a client as a stream without end, which says what it follows once and for all. */
export function openStream(
  events: EventService,
  topics: readonly Topic[],
  since: Since | undefined,
  heartbeatMs = HEARTBEAT_MS,
): Readable {
  const stream = new Readable({ read: () => undefined, highWaterMark: 64 * 1024 });
  const { run } = events.hub;
  let pushed = 0;
  const push = (text: string): void => {
    pushed += Buffer.byteLength(text);
    stream.push(text);
  };
  const end = (reason: EndReason | LossReason, detail: string): void => {
    clearInterval(heartbeat);
    push(`data: ${JSON.stringify({ type: 'error', reason, detail })}\n\n`);
    stream.push(null);
    // One that takes nothing takes no farewell either.
    setTimeout(() => stream.destroy(), FAREWELL_MS).unref();
  };
  const { subscription, leave } = events.add({
    send: (text, sequence) => {
      // What has no number leaves the last one as it is: the client comes back with that.
      const id = sequence === undefined ? '' : `id: ${run}/${sequence}\n`;
      push(`${id}data: ${text}\n\n`);
    },
    waitingBytes: () => stream.readableLength,
    end,
    endBecauseLost: end,
  });
  let takenBefore = -1;
  const heartbeat = setInterval(() => {
    const waiting = stream.readableLength;
    const taken = pushed - waiting;
    // On a quiet node it would take for ever until too much waits for one that reads nothing any more.
    if (waiting > 0 && taken === takenBefore) stream.destroy();
    else push(': alive\n\n');
    takenBefore = taken;
  }, heartbeatMs);
  heartbeat.unref();
  stream.once('close', () => {
    clearInterval(heartbeat);
    leave();
  });
  push('retry: 1000\n\n');
  subscription.subscribe(topics, since);
  return stream;
}
