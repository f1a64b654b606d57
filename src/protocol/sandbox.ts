/** The sandbox: a small network for experiments, which the node starts beside itself and throws away. */
import { type Static, Type } from '@sinclair/typebox';
import { address, amount, count, hash, MAX_SAFE, nullable, refTo, target, words, work } from './fields.ts';

/** The nodes of a sandbox. */
export const SANDBOX_NODES = ['honest-1', 'honest-2', 'attacker'] as const;
export type SandboxNodeName = (typeof SANDBOX_NODES)[number];
/** Who has coins in it: its nodes, and a merchant who only takes payments. */
export const SANDBOX_ROLES = [...SANDBOX_NODES, 'merchant'] as const;
export type SandboxRole = (typeof SANDBOX_ROLES)[number];

/** Blocks that a sandbox may have, of all branches together. */
export const MAX_SANDBOX_BLOCKS = 300;
/** Rounds of one race. */
export const MAX_RACE_ROUNDS = 100;
/** Entries of the story that are kept. */
export const MAX_SANDBOX_STORY = 200;

const node = words(SANDBOX_NODES, { description: 'A node of the sandbox.' });
const role = words(SANDBOX_ROLES, { description: 'Who has coins in the sandbox.' });
const seconds = Type.Number({ minimum: 0, description: 'Seconds since 1970.' });

const SandboxBlockView = Type.Object({
  node,
  status: words(['active', 'valid-fork', 'headers-only', 'invalid', 'unknown'], {
    description: 'How the block stands for this node; `unknown` where it has not heard of it.',
  }),
});

export const SandboxBlock = Type.Object(
  {
    block_hash: hash('Its hash.'),
    prev_hash: nullable(hash('Its parent; null for a first block.')),
    height: count('Blocks below it.'),
    timestamp: count('Seconds since 1970, from its header.'),
    miner: nullable(role, {
      description: 'Whom its coinbase pays; null when that is nobody of the sandbox.',
    }),
    txids: Type.Array(hash('A payment.'), { description: 'Its transactions without the coinbase.' }),
    views: Type.Array(SandboxBlockView, { description: 'How each node sees it.' }),
  },
  { $id: 'SandboxBlock' },
);
export type SandboxBlock = Static<typeof SandboxBlock>;

export const SandboxPayment = Type.Object(
  {
    txid: hash('Its id.'),
    from: role,
    to: role,
    amount: amount('What the payee gets, in base units.'),
    fee: amount('What a miner gets for it.'),
    conflicts_with: nullable(hash('The earlier payment that spends the same coins.')),
    views: Type.Array(
      Type.Object({
        node,
        status: words(['mempool', 'confirmed', 'unknown'], {
          description: 'Where it is for this node; `unknown` also when a conflicting one took its place.',
        }),
        confirmations: count('Blocks from its own up to the tip of this node; 0 when it is in none.'),
      }),
    ),
  },
  { $id: 'SandboxPayment' },
);
export type SandboxPayment = Static<typeof SandboxPayment>;

export const SandboxNodeState = Type.Object(
  {
    name: node,
    address: address('Whom its blocks pay.'),
    height: Type.Integer({ minimum: -1, description: 'Height of its tip; -1 when it has no block.' }),
    tip_hash: nullable(hash('Its tip.')),
    chain_work: work('Work of its chain, in expected hashes.'),
    connected_to: Type.Array(node, { description: 'Nodes that it has a line to.' }),
    mempool: Type.Array(hash('A payment that waits.')),
    balances: Type.Array(
      Type.Object({ role, balance: amount('Confirmed coins by the chain of this node, in base units.') }),
    ),
  },
  { $id: 'SandboxNode' },
);
export type SandboxNodeState = Static<typeof SandboxNodeState>;

export const SandboxStoryEntry = Type.Object(
  {
    number: count('Counts from 1.'),
    at: seconds,
    kind: words([
      ...(['started', 'mined', 'paid', 'double-spent', 'split', 'healed', 'withheld', 'published'] as const),
      ...(['reorg', 'race-started', 'race-won', 'race-lost', 'stopped'] as const),
    ]),
    node: nullable(node, { description: 'The node that it is about, where it is about one.' }),
    count: count('Blocks that were mined, published, or taken back; else 0.'),
    text: Type.String({ description: 'What happened, in a sentence.' }),
  },
  { $id: 'SandboxStoryEntry' },
);
export type SandboxStoryEntry = Static<typeof SandboxStoryEntry>;

export const SandboxRace = Type.Object(
  {
    share: Type.Integer({
      minimum: 0,
      maximum: 90,
      description: 'Of the hash rate, in percent: the attacker’s.',
    }),
    confirmations: count('How many the merchant waits for.'),
    rounds: Type.Array(words(['attacker', 'honest']), { description: 'Who found each block.' }),
    attacker_blocks: count('Of the withheld branch.'),
    honest_blocks: count('Of the public branch, beginning with the one that has the payment.'),
    outcome: words(['running', 'won', 'gave-up', 'stopped'], {
      description:
        '`won`: the payment to the merchant is gone. `gave-up`: the attacker fell too far behind, or the rounds ran out.',
    }),
    chance: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Of ever catching up, by section 11 of the Bitcoin paper.',
    }),
    chance_here: Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'Of winning this race, exactly: it asks for one block more than catching up, and the attacker gives up at last.',
    }),
  },
  { $id: 'SandboxRace' },
);
export type SandboxRace = Static<typeof SandboxRace>;

export const SandboxAnswer = Type.Object({
  started_at: seconds,
  ends_at: Type.Number({
    minimum: 0,
    description: 'When it ends by itself unless somebody asks for it again; seconds since 1970.',
  }),
  target: target(
    'Of all its blocks. No other network begins with it, so no block of the sandbox is valid elsewhere.',
  ),
  busy: nullable(Type.String(), { description: 'The action that is under way.' }),
  blocks_left: count('How many may still be mined.'),
  groups: Type.Array(Type.Array(node), {
    description: 'Nodes that may talk to each other; one group when it is whole.',
  }),
  merchant_address: address('Whom the merchant is paid at.'),
  nodes: Type.Array(refTo(SandboxNodeState)),
  blocks: Type.Array(refTo(SandboxBlock), {
    maxItems: MAX_SANDBOX_BLOCKS,
    description: 'All blocks that any node has connected, lowest first: the union of what they know.',
  }),
  payments: Type.Array(refTo(SandboxPayment), { description: 'Earliest first.' }),
  race: nullable(refTo(SandboxRace), { description: 'The race that runs, or the last one.' }),
  story: Type.Array(refTo(SandboxStoryEntry), {
    maxItems: MAX_SANDBOX_STORY,
    description: 'What happened, earliest first; of a long story its end.',
  }),
});
export type SandboxAnswer = Static<typeof SandboxAnswer>;

export const SandboxEndAnswer = Type.Object({
  ended: Type.Boolean({ description: 'False when none was running.' }),
});
export type SandboxEndAnswer = Static<typeof SandboxEndAnswer>;

const action = <const T extends string>(type: T): ReturnType<typeof Type.Literal<T>> => Type.Literal(type);

export const SandboxAction = Type.Union(
  [
    Type.Object(
      {
        type: action('mine'),
        node,
        blocks: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, default: 1 })),
      },
      { description: 'Mines at one node, with what waits in its mempool.' },
    ),
    Type.Object(
      {
        type: action('pay'),
        from: node,
        to: role,
        amount: Type.Integer({ minimum: 1, maximum: MAX_SAFE, description: 'Base units.' }),
      },
      { description: 'A payment, handed in at the payer’s own node.' },
    ),
    Type.Object(
      {
        type: action('partition'),
        groups: Type.Array(Type.Array(node, { minItems: 1, maxItems: SANDBOX_NODES.length }), {
          minItems: 2,
          maxItems: SANDBOX_NODES.length,
          description: 'Every node in exactly one group.',
        }),
      },
      { description: 'Cuts all lines between groups.' },
    ),
    Type.Object({ type: action('heal') }, { description: 'Makes the network whole.' }),
    Type.Object(
      { type: action('withhold') },
      { description: 'The attacker cuts its lines and mines in secret from now on.' },
    ),
    Type.Object(
      { type: action('publish') },
      { description: 'The attacker opens its lines and shows its blocks.' },
    ),
    Type.Object(
      { type: action('double-spend') },
      {
        description:
          'At its own node the attacker pays the coins of its last payment to itself, for a higher fee.',
      },
    ),
    Type.Object(
      {
        type: action('race'),
        share: Type.Integer({ minimum: 0, maximum: 90, description: 'Of the hash rate, in percent.' }),
        confirmations: Type.Integer({ minimum: 0, maximum: 6 }),
        pause_ms: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 500,
            default: 0,
            description: 'Between two blocks, to watch.',
          }),
        ),
      },
      {
        description:
          'The whole attack with real blocks: pay the merchant, double-spend in secret, and let chance decide who finds each block.',
      },
    ),
    Type.Object({ type: action('stop') }, { description: 'Ends the action that is under way.' }),
  ],
  { examples: [{ type: 'mine', node: 'honest-1', blocks: 2 }] },
);
export type SandboxAction = Static<typeof SandboxAction>;
