/** What happens, as it happens: /ws (WebSocket) and /events (Server-Sent Events). */
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { WebSocket } from '@fastify/websocket';
import { ClientMessage, CLOSE_CODES, MAX_TOPICS, PLAIN_TOPICS, type Topic } from '../../protocol/index.ts';
import { refusePagesOfOtherSites } from '../access.ts';
import type { EventService } from '../events/event-service.ts';
import { FAREWELL_MS, HEARTBEAT_MS, openStream } from '../events/event-stream.ts';
import type { Since } from '../events/subscription.ts';
import type { ApiLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';
import { answers, type Api, type RouteContext, textAnswers } from '../route-context.ts';
import { WEBSOCKET_PATH } from '../upgrades.ts';

/** A client may say so many things at once, and so many a second in the long run. */
const MESSAGES_AT_ONCE = 30;
const MESSAGES_PER_SECOND = 5;

const EventsQuery = Type.Object({
  topics: Type.Optional(
    Type.String({
      maxLength: 2_000,
      description: `Separated by commas: ${PLAIN_TOPICS.join(', ')}, address:<address>. \`blocks,reorgs\` when not given.`,
    }),
  ),
});

export function eventRoutes(app: Api, { limits }: RouteContext, events: EventService): void {
  app.route({
    method: 'GET',
    url: WEBSOCKET_PATH,
    schema: {
      tags: ['events'],
      summary: 'Events over a WebSocket',
      description: 'See docs/events.md, and GET /asyncapi.json for every message.',
      response: upgradeAnswers(),
    },
    handler: () => {
      throw refusal(426, 'upgrade-required', 'this path speaks WebSocket', {
        hint: 'Connect with a WebSocket client, or read GET /events.',
        headers: { connection: 'Upgrade', upgrade: 'websocket' },
      });
    },
    wsHandler: (socket) => serveSocket(socket, events, limits),
  });

  app.get(
    '/events',
    {
      // Nothing would ever be sent to who asks for the head alone, and nothing tells that he has gone.
      exposeHeadRoute: false,
      onRequest: refusePagesOfOtherSites,
      schema: {
        tags: ['events'],
        summary: 'Events as a stream',
        description:
          'Server-Sent Events: the same messages as over the WebSocket, a line of JSON each. With the header `Last-Event-ID` (browsers ' +
          'send it by themselves) the stream goes on where it broke off.',
        querystring: EventsQuery,
        response: textAnswers('`text/event-stream`, without end.'),
      },
    },
    (request, reply) => {
      const topics = readTopics(request.query.topics ?? 'blocks,reorgs');
      if (events.isFull) throw tooMany(limits);
      const lastId = request.headers['last-event-id'];
      const stream = openStream(events, topics, typeof lastId === 'string' ? readSince(lastId) : undefined);
      // Nothing comes after it: a connection kept for more would keep a node from stopping.
      void reply.type('text/event-stream').header('connection', 'close');
      return stream as never;
    },
  );
}

/** The answers of a path that speaks another protocol than HTTP: there is no 200. */
function upgradeAnswers(): Record<string, unknown> {
  const { 200: _, ...refusals } = answers(Type.Null(), '', [426]);
  return { 101: { type: 'null', description: 'From here on it is a WebSocket.' }, ...refusals };
}

// --- WebSocket ---------------------------------------------------------------------------------------------------------

function serveSocket(socket: WebSocket, events: EventService, limits: ApiLimits): void {
  const end = (reason: keyof typeof CLOSE_CODES, detail: string): void => {
    socket.close(CLOSE_CODES[reason], detail.slice(0, 120));
    // One that takes nothing takes no farewell either, and would keep a node from stopping.
    const timer = setTimeout(() => socket.terminate(), FAREWELL_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  };
  socket.on('error', () => socket.terminate());
  if (events.isFull) {
    end('too-many-clients', `at most ${limits.eventClients} clients are served`);
    return;
  }
  const { subscription, leave } = events.add({
    send: (text) => socket.send(text),
    waitingBytes: () => socket.bufferedAmount,
    end,
  });
  let isAlive = true;
  const heartbeat = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const budget = new MessageBudget();
  socket.on('pong', () => (isAlive = true));
  socket.on('close', () => {
    clearInterval(heartbeat);
    leave();
  });
  socket.on('message', (bytes, isBinary) => {
    // What was on its way when we ended it.
    if (socket.readyState !== socket.OPEN) return;
    isAlive = true;
    if (!budget.take(performance.now())) {
      leave();
      end('too-many-messages', `at most ${MESSAGES_PER_SECOND} messages a second are read`);
      return;
    }
    const message = isBinary ? undefined : readMessage((bytes as Buffer).toString('utf8'));
    if (message === undefined) {
      subscription.refuse(
        'malformed-message',
        'a message is JSON: {"type": "subscribe", "topics": ["blocks"]}, likewise "unsubscribe"; {"type": "snapshot"}; {"type": "ping"}',
      );
      return;
    }
    if (message.type === 'subscribe') subscription.subscribe(asTopics(message.topics), message.since);
    else if (message.type === 'unsubscribe') subscription.unsubscribe(asTopics(message.topics));
    else if (message.type === 'snapshot') subscription.refresh();
    else subscription.pong();
  });
}

function readMessage(text: string): ClientMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(ClientMessage, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function asTopics(texts: readonly string[]): Topic[] {
  return texts.map((text) => text.toLowerCase() as Topic);
}

/** A token bucket. */
class MessageBudget {
  private left = MESSAGES_AT_ONCE;
  private atMs = 0;

  take(nowMs: number): boolean {
    this.left = Math.min(MESSAGES_AT_ONCE, this.left + ((nowMs - this.atMs) / 1_000) * MESSAGES_PER_SECOND);
    this.atMs = nowMs;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }
}

// --- Server-Sent Events -------------------------------------------------------------------------------------------------

/** @throws Refusal */
function readTopics(text: string): Topic[] {
  const topics = asTopics(text.split(',').map((topic) => topic.trim()));
  if (!Value.Check(ClientMessage, { type: 'subscribe', topics })) {
    throw refusal(
      422,
      'unknown-topic',
      `up to ${MAX_TOPICS} of these are expected: ${PLAIN_TOPICS.join(', ')}, address:<address>`,
    );
  }
  return topics;
}

/** `<run>/<sequence>`, as we wrote it; anything else is as good as none. */
function readSince(id: string): Since | undefined {
  const match = /^([0-9a-f-]{1,64})\/(\d{1,15})$/.exec(id);
  return match === null ? undefined : { run: match[1] ?? '', sequence: Number(match[2]) };
}

function tooMany(limits: ApiLimits): Error {
  return refusal(503, 'too-busy', `events are sent to ${limits.eventClients} clients already`, {
    headers: { 'retry-after': '10' },
  });
}
