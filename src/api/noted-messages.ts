/**
 * Notes every call of another node in the log of messages: how long it took, how much went each way, and what became of it.
 * What it was about, src/network fills in.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MessageLog, OpenMessage } from '../network/index.ts';
import type { PeerMessageKind } from '../protocol/index.ts';

interface Hooks {
  readonly onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly onError: (request: FastifyRequest, reply: FastifyReply, error: Error) => Promise<void>;
  readonly onResponse: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

export class NotedMessages {
  private readonly log: MessageLog;
  private readonly open = new WeakMap<FastifyRequest, OpenMessage>();
  private readonly problems = new WeakMap<FastifyRequest, string>();

  constructor(log: MessageLog) {
    this.log = log;
  }

  /** For the options of a route. */
  hooks(kind: PeerMessageKind): Hooks {
    return {
      onRequest: async (request, reply) => {
        const message = this.log.open({ direction: 'in', kind, caller: remoteAddressOf(request) });
        message.bytesReceived = Number(request.headers['content-length'] ?? 0);
        this.open.set(request, message);
        // A caller who goes away gets no answer that could end.
        reply.raw.once('close', () => message.end('failed', { detail: 'the caller went away' }));
      },
      onError: async (request, _reply, error) => {
        this.problems.set(request, error.message);
      },
      onResponse: async (request, reply) => {
        const message = this.open.get(request);
        if (message === undefined) return; // refused before it came to us
        const { statusCode: status } = reply;
        message.bytesSent ||= Number(reply.getHeader('content-length') ?? 0);
        message.end(status < 400 ? 'ok' : 'refused', { status, detail: this.problems.get(request) });
      },
    };
  }

  of(request: FastifyRequest): OpenMessage {
    const message = this.open.get(request);
    if (message === undefined) throw new Error('invariant: the route has the hooks');
    return message;
  }

  /** An answer in pieces, whose length is known when it is over. */
  async *counted(pieces: AsyncIterable<Uint8Array>, message: OpenMessage): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      message.bytesSent += piece.length;
      yield piece;
    }
  }
}

/** An IPv4 address that comes in the form of an IPv6 one is what it stands for. */
export function remoteAddressOf(request: FastifyRequest): string {
  const address = request.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
