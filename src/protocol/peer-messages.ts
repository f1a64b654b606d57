/** What this node and its peers said to each other lately. */
import { type Static, Type } from '@sinclair/typebox';
import { count, hash, nullable, refTo, words } from './fields.ts';
import { MAX_PEER_URL_LENGTH } from './peers.ts';

/** The messages of docs/network.md, then pushes, then what is asked of an original. */
export const PEER_MESSAGE_KINDS = [
  'hello',
  'ping',
  'addresses',
  'headers',
  'blocks',
  'transactions',
  'mempool',
  'compact-block',
  'block-transactions',
  'announce',
  'push-block',
  'push-transaction',
  'params',
  'health',
  'chain',
] as const;
export type PeerMessageKind = (typeof PEER_MESSAGE_KINDS)[number];

/** One page holds so many at most: all that are kept. */
export const MAX_MESSAGES_PAGE = 500;

const kind = words(PEER_MESSAGE_KINDS, { description: 'Which message; see docs/network.md.' });

/** One request and its answer, without what stood in them. */
export const PeerMessage = Type.Object(
  {
    number: count('Counts up from the start of the node on, one for each message.'),
    at: Type.Number({ minimum: 0, description: 'When it began, seconds since 1970.' }),
    direction: words(['out', 'in'], { description: '`out`: this node called; `in`: it was called.' }),
    peer: nullable(Type.String(), {
      description: 'URL of the peer; null for a caller that nobody has confirmed.',
    }),
    caller: nullable(Type.String(), {
      description: 'Who called, as far as it is known: its address and name.',
    }),
    kind,
    bytes_sent: count('Bytes of the body that this node sent.'),
    bytes_received: count('Bytes of the body that it got.'),
    duration_ms: Type.Number({ minimum: 0, description: 'Until the end of the answer.' }),
    outcome: words(['ok', 'refused', 'failed'], {
      description: '`refused`: the answer was a refusal; `failed`: there was none that could be used.',
    }),
    status: nullable(Type.Integer({ minimum: 100, maximum: 599 }), {
      description: 'HTTP status of the answer.',
    }),
    detail: nullable(Type.String(), { description: 'What went wrong, in a sentence.' }),
    about: Type.Object(
      {
        height: Type.Optional(Type.Integer({ minimum: -1 })),
        hash: Type.Optional(hash('The block that it was about; the first one of several.')),
        txid: Type.Optional(hash('The transaction that it was about; the first one of several.')),
        headers: Type.Optional(count('Headers that were told.')),
        blocks: Type.Optional(count('Blocks that were asked for.')),
        transactions: Type.Optional(count('Transactions that were asked for or told of.')),
        addresses: Type.Optional(count('Addresses that were told.')),
        missing: Type.Optional(count('Of what was asked for, the other side did not have so many.')),
      },
      { description: 'In short; only what fits the message is there.' },
    ),
  },
  { $id: 'PeerMessage' },
);
export type PeerMessage = Static<typeof PeerMessage>;

export const PeerMessagesQuery = Type.Object({
  after: Type.Optional(count('Only messages with a higher number.')),
  before: Type.Optional(count('Only messages with a lower number.')),
  peer: Type.Optional(
    Type.String({ minLength: 1, maxLength: MAX_PEER_URL_LENGTH + 1, description: 'URL of a peer.' }),
  ),
  kind: Type.Optional(kind),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_MESSAGES_PAGE,
      description: 'The latest so many of them; 100 when not given.',
    }),
  ),
});
export type PeerMessagesQuery = Static<typeof PeerMessagesQuery>;

export const PeerMessagesAnswer = Type.Object({
  messages: Type.Array(refTo(PeerMessage), { description: 'Lowest number first.' }),
  oldest: count('The lowest number that is kept; 0 when there is none.'),
  latest: count('The highest number that was given; 0 when there is none.'),
});
export type PeerMessagesAnswer = Static<typeof PeerMessagesAnswer>;
