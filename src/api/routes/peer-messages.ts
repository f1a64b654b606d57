/** GET /peers/messages: what this node and its peers said to each other lately. */
import type { BlockHash } from '../../consensus/index.ts';
import type { Chainstate } from '../../chainstate/index.ts';
import { type LoggedMessage, normalisePeerUrl } from '../../network/index.ts';
import { type PeerMessage, PeerMessagesAnswer, PeerMessagesQuery } from '../../protocol/index.ts';
import { refusalOf } from '../refusal.ts';
import { type Api, answers, type RouteContext } from '../route-context.ts';

const DEFAULT_PAGE = 100;

export function peerMessageRoute(app: Api, { services }: RouteContext): void {
  const { chain, messages } = services;
  app.get(
    '/peers/messages',
    {
      schema: {
        tags: ['peers'],
        summary: 'What was said to peers, and by them, lately',
        description:
          'From memory: the last 500 messages, without what stood in them. A message is a request and its answer. Later ones have ' +
          'higher numbers: ask `after` the last one that you have, or follow the topic `messages` of GET /ws. Blocks and transactions ' +
          'that others push (POST /block, POST /tx) are not among them: those calls do not say who makes them.',
        querystring: PeerMessagesQuery,
        response: answers(PeerMessagesAnswer, 'The latest that fit, lowest number first.'),
      },
    },
    (request) => {
      const { after, before, kind, limit = DEFAULT_PAGE } = request.query;
      const peer = request.query.peer === undefined ? undefined : normalisePeerUrl(request.query.peer);
      if (peer?.ok === false) throw refusalOf(peer);
      const found = messages.list({ after, before, kind, peer: peer?.value }, limit);
      return {
        messages: found.map((message) => loggedMessage(message, chain)),
        oldest: messages.oldest,
        latest: messages.latest,
      };
    },
  );
}

/** A message in the words of the API. Heights are looked up when somebody asks, not when it is noted. */
export function loggedMessage(message: LoggedMessage, chain: Pick<Chainstate, 'headers'>): PeerMessage {
  const { about } = message;
  const height =
    about.height ??
    (about.hash === undefined ? undefined : chain.headers.get(about.hash as BlockHash)?.height);
  return {
    number: message.number,
    at: message.atMs / 1_000,
    direction: message.direction,
    peer: message.peer ?? null,
    caller: message.caller ?? null,
    kind: message.kind,
    bytes_sent: message.bytesSent,
    bytes_received: message.bytesReceived,
    duration_ms: Math.round(message.durationMs * 100) / 100,
    outcome: message.outcome,
    status: message.status ?? null,
    detail: message.detail ?? null,
    about: { ...about, ...(height === undefined ? {} : { height }) },
  };
}
