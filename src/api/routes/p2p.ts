/** What nodes say to each other: see docs/network.md, and src/network for what is behind it. */
import { Readable } from 'node:stream';
import { type TSchema, Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AddressesMessage,
  HelloAnswer,
  HelloRequest,
  type MessageAbout,
  PingMessage,
  SESSION_HEADER,
} from '../../network/index.ts';
import type { PeerMessageKind } from '../../protocol/index.ts';
import { acceptBytes, BYTES_TYPE } from '../body-parsing.ts';
import { NotedMessages, remoteAddressOf } from '../noted-messages.ts';
import { refusal } from '../refusal.ts';
import { type Api, answers, bytesAnswers, readByConsensus, type RouteContext } from '../route-context.ts';
import { cutOffWhenStalled } from '../stalled-reader.ts';

type Session = ReturnType<RouteContext['services']['p2p']['enter']>;

const Bytes = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' });

export function p2pRoutes(app: Api, context: RouteContext): void {
  const { services, limits } = context;
  const { p2p } = services;
  const noted = new NotedMessages(services.messages);

  const describe = (summary: string): { tags: string[]; summary: string } => ({ tags: ['p2p'], summary });

  app.post(
    '/p2p/hello',
    {
      ...noted.hooks('hello'),
      schema: {
        ...describe('The handshake: who are you, and are we of one network?'),
        description:
          `The answer hands out a session, which every other call carries as the header \`${SESSION_HEADER}\`. ` +
          'Nodes of other versions or chain parameters are refused, with what differs.',
        body: HelloRequest,
        response: answers(HelloAnswer, 'The same about this node.', [400, 403, 413, 415]),
      },
    },
    (request) => p2p.hello(request.body, remoteAddressOf(request), noted.of(request)),
  );

  /** A call with JSON, under a session. */
  const json = (
    name: PeerMessageKind,
    summary: string,
    schemas: { body: TSchema; answer: TSchema },
    handle: (session: Session, body: unknown, about: MessageAbout) => unknown,
  ): void => {
    app.post(
      `/p2p/${name}`,
      {
        ...noted.hooks(name),
        schema: {
          ...describe(summary),
          body: schemas.body,
          response: answers(schemas.answer, 'The answer.', [401, 413, 415]),
        },
      },
      (request) => {
        const message = noted.of(request);
        const session = p2p.enter(sessionOf(request), name, message);
        try {
          return handle(session, request.body, message.about);
        } finally {
          p2p.release(session);
        }
      },
    );
  };
  json(
    'ping',
    'Where the two chains end now',
    { body: PingMessage, answer: PingMessage },
    (session, body, about) => p2p.ping(session, body as PingMessage, about),
  );
  json(
    'addresses',
    'Some nodes that this one has talked to',
    { body: Type.Object({}), answer: AddressesMessage },
    (session, _body, about) => p2p.addresses(session, about),
  );

  app.register(async (scope: Api) => {
    acceptBytes(scope);
    /** A call with bytes, under a session. */
    const bytes = (
      name: PeerMessageKind,
      summary: string,
      handle: (
        session: Session,
        body: Uint8Array,
        about: MessageAbout,
      ) => Uint8Array | Promise<Uint8Array> | AsyncIterable<Uint8Array>,
    ): void => {
      scope.post(
        `/p2p/${name}`,
        {
          ...noted.hooks(name),
          bodyLimit: limits.p2pBodyBytes,
          schema: {
            ...describe(summary),
            consumes: [BYTES_TYPE],
            body: readByConsensus(Bytes),
            response: bytesAnswers('Bytes, as docs/network.md says.', [401, 413, 415]),
          },
        },
        async (request, reply) => {
          const message = noted.of(request);
          const session = p2p.enter(sessionOf(request), name, message);
          let isStreaming = false;
          try {
            const answer = await handle(session, bytesOf(request), message.about);
            isStreaming = !(answer instanceof Uint8Array);
            if (answer instanceof Uint8Array) return await sendBytes(reply, answer);
            return await sendFrames(reply, noted.counted(answer, message), limits.streamStallMs, () =>
              p2p.release(session),
            );
          } finally {
            if (!isStreaming) p2p.release(session);
          }
        },
      );
    };
    bytes(
      'headers',
      'Headers after the first block of a locator that is on the active chain',
      (session, body, about) => p2p.headers(session, body, about),
    );
    bytes('blocks', 'Blocks by their hashes', (session, body, about) => p2p.blocks(session, body, about));
    bytes('transactions', 'Waiting transactions by their ids', (session, body, about) =>
      p2p.transactions(session, body, about),
    );
    bytes('mempool', 'The ids of all waiting transactions', (_session, _body, about) => p2p.mempool(about));
    bytes('compact-block', 'A block in short', (session, body, about) =>
      p2p.compactBlock(session, body, about),
    );
    bytes('block-transactions', 'Transactions of a block by their places', (session, body, about) =>
      p2p.blockTransactions(session, body, about),
    );
    bytes('announce', 'What is new at the caller', (session, body, about) => {
      p2p.announce(session, body, about);
      return new Uint8Array();
    });
  });
}

function sendBytes(reply: FastifyReply, answer: Uint8Array): FastifyReply {
  return reply.type(BYTES_TYPE).send(Buffer.from(answer.buffer, answer.byteOffset, answer.length));
}

function sendFrames(
  reply: FastifyReply,
  answer: AsyncIterable<Uint8Array>,
  stallMs: number,
  onEnd: () => void,
): FastifyReply {
  const stream = Readable.from(answer, { objectMode: false, highWaterMark: 64 * 1024 });
  return reply.type(BYTES_TYPE).send(cutOffWhenStalled(stream, stallMs, onEnd));
}

function sessionOf(request: FastifyRequest): string | undefined {
  const token = request.headers[SESSION_HEADER];
  return typeof token === 'string' ? token : undefined;
}

/** The bytes are copied: Node's small buffers share memory, and what is decoded lives on. */
function bytesOf(request: FastifyRequest): Uint8Array {
  const { body } = request;
  if (body === undefined || body === null) return new Uint8Array();
  if (Buffer.isBuffer(body)) return Uint8Array.from(body);
  throw refusal(415, 'unsupported-media-type', 'messages between nodes are bytes', {
    hint: `Send them with the header "Content-Type: ${BYTES_TYPE}".`,
  });
}
