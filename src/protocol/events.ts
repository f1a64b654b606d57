/**
 * What a node tells as it happens: over a WebSocket at /ws, or as Server-Sent Events at /events.
 *
 *   client                          node
 *   subscribe [blocks, mempool]  →
 *                                ←  snapshot  #17  how everything stands
 *                                ←  event     #18  blocks: tip-changed
 *                                ←  event     #21  mempool: mempool-changed     (19 and 20 are of other topics)
 *   (the line breaks)
 *   subscribe …, since run/#21   →
 *                                ←  resumed   #24  nothing is missing: 22 to 24 follow
 *                                                  (or a new snapshot, where too much was missed)
 *
 * Numbers count up over all topics, from the start of the node on; `run` names that start. An event may tell again what a
 * snapshot contains already: whoever applies one twice gets the same.
 */
import { type Static, Type } from '@sinclair/typebox';
import { BLOCK_STATUSES, Reorg } from './blocks.ts';
import { address, amount, count, hash, nullable, refTo, words, work } from './fields.ts';
import { MempoolInfoAnswer } from './mempool.ts';
import { MiningStatusAnswer } from './mining.ts';
import { SyncProgress } from './node-status.ts';
import { PeerMessage } from './peer-messages.ts';
import { StoredPeer } from './peers.ts';
import { MAX_TOPICS } from './topics.ts';
import { Header } from './transactions.ts';

export { MAX_TOPICS };
export const PLAIN_TOPICS = ['blocks', 'reorgs', 'mempool', 'mining', 'peers', 'messages'] as const;
export type PlainTopic = (typeof PLAIN_TOPICS)[number];
/** `address:` and the address in hex: what touches it. */
export type AddressTopic = `address:${string}`;
export type Topic = PlainTopic | AddressTopic;

export const ADDRESS_TOPIC = /^address:([0-9a-f]{40})$/;
/** Blocks below the tip that a snapshot shows, and of side branches no older ones. */
export const SNAPSHOT_BLOCKS = 60;
/** Messages that a snapshot lists: the latest. */
export const SNAPSHOT_MESSAGES = 100;
/** Waiting transactions that a snapshot lists: those that a miner wants first. */
export const SNAPSHOT_TRANSACTIONS = 2_000;

/** Waiting transactions that a snapshot lists of an address. */
export const SNAPSHOT_ADDRESS_TRANSACTIONS = 500;

const TopicText = Type.String({
  pattern: `^(${PLAIN_TOPICS.join('|')}|address:[0-9a-fA-F]{40})$`,
  description: '`blocks`, `reorgs`, `mempool`, `mining`, `peers`, `messages`, or `address:` and an address.',
});

const Since = Type.Object(
  {
    run: Type.String({ maxLength: 64, description: 'The `run` of the last snapshot.' }),
    sequence: count('Number of the last event that came.'),
  },
  { description: 'What the client has seen already.' },
);

/** What a client says over the WebSocket. */
export const ClientMessage = Type.Union(
  [
    Type.Object({
      type: Type.Literal('subscribe'),
      topics: Type.Array(TopicText, { minItems: 1, maxItems: MAX_TOPICS }),
      since: Type.Optional(Since),
    }),
    Type.Object({
      type: Type.Literal('unsubscribe'),
      topics: Type.Array(TopicText, { minItems: 1, maxItems: MAX_TOPICS }),
    }),
    Type.Object({ type: Type.Literal('snapshot') }),
    Type.Object({ type: Type.Literal('ping') }),
  ],
  { $id: 'ClientMessage' },
);
export type ClientMessage = Static<typeof ClientMessage>;

/** A block in the tree: its header, how it stands, and what is in it where its body is known. */
export const TreeBlock = Type.Object(
  {
    height: count('0 is genesis.'),
    block_hash: hash('sha256d of the header.'),
    header: refTo(Header),
    chain_work: work('Work of the chain up to this block.'),
    status: words(BLOCK_STATUSES),
    invalid_reason: nullable(Type.String()),
    size: nullable(count('Length of the full bytes.')),
    transaction_count: nullable(count('Coinbase included.')),
    miner: nullable(address('To whom the first output of the coinbase pays.')),
    reward: nullable(amount('What the coinbase pays.')),
  },
  { $id: 'TreeBlock' },
);
export type TreeBlock = Static<typeof TreeBlock>;

/** A waiting transaction in a list. */
export const WaitingTransaction = Type.Object(
  {
    txid: hash('Its id.'),
    fee: amount('Base units.'),
    size: count('Length of its full bytes.'),
    fee_per_kb: count('Base units per 1,000 bytes.'),
    received_at: Type.Number({ minimum: 0, description: 'Seconds since 1970.' }),
    output_total: amount('Sum of its outputs.'),
    parents: Type.Array(hash('A waiting transaction that it spends from.')),
  },
  { $id: 'WaitingTransaction' },
);
export type WaitingTransaction = Static<typeof WaitingTransaction>;

const tipFields = {
  height: Type.Integer({ minimum: -1, description: 'Height of the tip; -1 for an empty chain.' }),
  tip_hash: nullable(hash('Hash of the tip.')),
};

export const REMOVAL_CAUSES = [
  'confirmed',
  'replaced',
  'conflict',
  'evicted',
  'expired',
  'reorg',
  'storage-failed',
] as const;

// --- Events, by topic ------------------------------------------------------------------------------------------------

const TipChanged = Type.Object({
  type: Type.Literal('tip-changed'),
  ...tipFields,
  fork_height: Type.Integer({ minimum: -1, description: 'Last height that stayed; -1: not even genesis.' }),
  disconnected: Type.Array(refTo(TreeBlock), { description: 'As they stand now, top first.' }),
  connected: Type.Array(refTo(TreeBlock), { description: 'Lowest first.' }),
});
const BlockStored = Type.Object(
  { type: Type.Literal('block-stored'), block: refTo(TreeBlock) },
  { description: 'A block beside the active chain has come.' },
);
const BlockInvalid = Type.Object({
  type: Type.Literal('block-invalid'),
  block_hash: hash('The block.'),
  height: count('Its height.'),
  reason: Type.String({ description: 'Which rule it breaks.' }),
  detail: Type.String({ description: 'How.' }),
  blocks: Type.Array(refTo(TreeBlock), {
    description:
      'It and those that build on it, as they stand now, lowest first: 201 at most. What is in a block is said of the one ' +
      'that has just come.',
  }),
});
const Reorganised = Type.Object({ type: Type.Literal('reorg'), reorg: refTo(Reorg) });
const MempoolChanged = Type.Object({
  type: Type.Literal('mempool-changed'),
  added: Type.Array(refTo(WaitingTransaction), {
    description: 'They wait now, also one that is in `removed`: it left, and came back.',
  }),
  removed: Type.Array(
    Type.Object({
      txid: hash('Its id.'),
      cause: words(REMOVAL_CAUSES, { description: 'Why it left.' }),
      by: nullable(hash('What took its place.')),
    }),
    { description: 'They left, before `added` came. Also those that came since the last event of the kind.' },
  ),
  complete: Type.Boolean({ description: 'False when there was too much to list: ask for a snapshot.' }),
  info: MempoolInfoAnswer,
});
const MiningChanged = Type.Object({
  type: Type.Literal('mining-changed'),
  cause: words(['started', 'stopped', 'progress', 'found']),
  status: MiningStatusAnswer,
});
const PeersChanged = Type.Object({
  type: Type.Literal('peers-changed'),
  changed: Type.Array(refTo(StoredPeer)),
  removed: Type.Array(Type.String({ description: 'URL of a peer that was forgotten.' })),
  sync: refTo(SyncProgress),
});
const MessagesLogged = Type.Object({
  type: Type.Literal('messages-logged'),
  messages: Type.Array(refTo(PeerMessage), { description: 'Lowest number first.' }),
  skipped: count('There were so many more before these: GET /peers/messages has those that are kept.'),
});
const AddressChanged = Type.Object({
  type: Type.Literal('address-changed'),
  address: address('The address.'),
  transactions: Type.Array(
    Type.Object({
      txid: hash('A transaction that pays to it or spends its coins.'),
      change: words(['waiting', 'confirmed', 'unconfirmed', 'removed'], {
        description: '`unconfirmed`: its block left the chain.',
      }),
      height: nullable(count('Height of its block, for `confirmed` and `unconfirmed`.')),
    }),
  ),
});

export const EventData = Type.Union(
  [
    ...[TipChanged, BlockStored, BlockInvalid, Reorganised],
    ...[MempoolChanged, MiningChanged, PeersChanged, MessagesLogged, AddressChanged],
  ],
  { $id: 'EventData' },
);
export type EventData = Static<typeof EventData>;
export type EventOf<Type extends EventData['type']> = Extract<EventData, { type: Type }>;

// --- Snapshots, by topic ---------------------------------------------------------------------------------------------

export const TopicSnapshots = Type.Object(
  {
    blocks: Type.Optional(
      Type.Object({
        ...tipFields,
        blocks: Type.Array(refTo(TreeBlock), {
          description: 'The last of the active chain and the branches beside them, by height.',
        }),
      }),
    ),
    reorgs: Type.Optional(Type.Array(refTo(Reorg), { description: 'Latest first.' })),
    mempool: Type.Optional(
      Type.Object({
        info: MempoolInfoAnswer,
        transactions: Type.Array(refTo(WaitingTransaction), { description: 'What a miner wants first.' }),
      }),
    ),
    mining: Type.Optional(MiningStatusAnswer),
    peers: Type.Optional(Type.Object({ peers: Type.Array(refTo(StoredPeer)), sync: refTo(SyncProgress) })),
    messages: Type.Optional(
      Type.Object({
        messages: Type.Array(refTo(PeerMessage), { description: 'The latest, lowest number first.' }),
      }),
    ),
    addresses: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({
          balance: amount('Base units in unspent coins of the chain.'),
          utxo_count: count('Number of these coins.'),
          height: Type.Integer({ minimum: -1, description: 'The height that this is true for.' }),
          waiting: Type.Array(hash('A waiting transaction that touches it.'), {
            description: `The first ${SNAPSHOT_ADDRESS_TRANSACTIONS} of them.`,
          }),
          waiting_count: count('How many there are.'),
        }),
        { description: 'By address.' },
      ),
    ),
  },
  { $id: 'TopicSnapshots' },
);
export type TopicSnapshots = Static<typeof TopicSnapshots>;

// --- What the node says ----------------------------------------------------------------------------------------------

const run = Type.String({ description: 'Names this start of the node.' });
const numbered = {
  run,
  sequence: count('Number of the last event that this includes.'),
};

export const NodeMessage = Type.Union(
  [
    Type.Object({
      type: Type.Literal('snapshot'),
      ...numbered,
      topics: Type.Array(TopicText),
      data: refTo(TopicSnapshots),
    }),
    Type.Object(
      {
        type: Type.Literal('resumed'),
        run,
        sequence: count(
          'Number of the latest event. Those up to it are still to come: this is nothing to come back with.',
        ),
        topics: Type.Array(TopicText),
      },
      { description: 'What was missed follows, one by one.' },
    ),
    Type.Object({
      type: Type.Literal('event'),
      sequence: count('Its number.'),
      topic: TopicText,
      at: Type.Number({ description: 'Seconds since 1970.' }),
      data: refTo(EventData),
    }),
    Type.Object(
      { type: Type.Literal('pong'), ...numbered },
      { description: 'The answer to `ping`: everything up to this number has been sent.' },
    ),
    Type.Object({
      type: Type.Literal('error'),
      reason: Type.String(),
      detail: Type.String({ description: 'In a sentence.' }),
    }),
  ],
  { $id: 'NodeMessage' },
);
export type NodeMessage = Static<typeof NodeMessage>;
export type EventMessage = Extract<NodeMessage, { type: 'event' }>;
export type SnapshotMessage = Extract<NodeMessage, { type: 'snapshot' }>;

/** Why the node ends a WebSocket (4000 and up: ours). In Server-Sent Events it is the last message. */
export const CLOSE_CODES = {
  stopping: 1001,
  'too-slow': 4008,
  'too-many-messages': 4029,
  'too-many-clients': 4013,
} as const;
