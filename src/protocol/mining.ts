/** Mining on request, and mining on and on. */
import { type Static, Type } from '@sinclair/typebox';
import { Header, Transaction } from './transactions.ts';
import { address, addressInput, amount, count, hash, nullable, refTo, target, words } from './fields.ts';

export const MAX_BLOCKS_PER_MINE = 1000;
export const MAX_MINING_THREADS = 256;

const effortFields = {
  threads: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_MINING_THREADS,
      description: 'Threads to use; as configured when not given.',
    }),
  ),
  share: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Part of the time to hash; less keeps the machine cool. 1 when not given.',
    }),
  ),
};
const minerAddress = addressInput('Who gets the reward.');
const EXAMPLE = { miner_address: '28bff34c1c08327af2418f9f92ebac4482aaf81d' };

export const MineRequest = Type.Object(
  {
    miner_address: minerAddress,
    blocks: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_BLOCKS_PER_MINE,
        default: 1,
        description: 'How many blocks, one after the other.',
      }),
    ),
    max_seconds: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 31_536_000,
        description:
          'Give up after so long. Also lifts the limit on how long a block may be expected to take.',
      }),
    ),
    ...effortFields,
  },
  { examples: [EXAMPLE] },
);
export type MineRequest = Static<typeof MineRequest>;

const minedFields = {
  block_hash: hash('The block that was found.'),
  height: count('Its height. (The Python original answers one more; that was a mistake.)'),
  nonce: count('The nonce that met the target.'),
  elapsed_seconds: Type.Number({ minimum: 0 }),
  transactions: count('How many it contains, coinbase included.'),
  fees: amount('What its transactions paid, in base units.'),
  hashes: count('Hashes that were tried.'),
};

export const MinedBlock = Type.Object(minedFields, { $id: 'MinedBlock' });
export type MinedBlock = Static<typeof MinedBlock>;

export const MineAnswer = Type.Object({
  ...minedFields,
  elapsed_seconds: Type.Number({ minimum: 0, description: 'For all blocks together.' }),
  blocks: Type.Array(refTo(MinedBlock), { description: 'All of them; the fields beside tell of the last.' }),
  lost_blocks: count('Blocks that were found while another one came first; they pay nothing.'),
});
export type MineAnswer = Static<typeof MineAnswer>;

export const MiningStartRequest = Type.Object(
  { miner_address: minerAddress, ...effortFields },
  { examples: [EXAMPLE] },
);
export type MiningStartRequest = Static<typeof MiningStartRequest>;

export const MiningStatusAnswer = Type.Object({
  running: Type.Boolean({ description: 'Whether the node mines on and on.' }),
  searching: Type.Boolean({ description: 'Whether a nonce is looked for at this moment, whoever asked.' }),
  miner_address: nullable(address('Whom mining on and on pays.')),
  threads: count('Threads in use.'),
  cores: count('Processor cores that the node may use: more threads gain nothing.'),
  kernel: nullable(Type.String(), {
    description:
      'What they hash with: wasm-simd, wasm-scalar or javascript-midstate, from fast to slow. Null before the first search.',
  }),
  share: Type.Number({ description: 'Part of the time that they hash.' }),
  height: nullable(count('Height of the block that is looked for.')),
  target: nullable(target('The target that its hash must meet.')),
  best_hash: nullable(hash('The lowest hash that the search on this tip has seen.'), {
    description:
      'How close it came: the lowest hash so far, of which the target asks that it be lower still.',
  }),
  hash_rate: Type.Number({
    minimum: 0,
    description: 'Hashes a second, lately; 0 while nothing is searched.',
  }),
  hashes: Type.Number({ minimum: 0, description: 'Hashes tried since the node started.' }),
  expected_seconds: nullable(Type.Number(), {
    description: 'How long a block takes at this rate on average; null while the rate is not known.',
  }),
  blocks_found: count('Since the node started.'),
  blocks_lost: count('Found, but another one came first.'),
  started_at: nullable(Type.Number(), { description: 'Seconds since 1970; null when it does not run.' }),
  waiting: count('Requests to mine that wait for their turn.'),
  last_block: nullable(
    Type.Object({
      block_hash: hash('The block found last.'),
      height: count('Its height.'),
      outcome: words(['mined', 'lost-race']),
      at: Type.Number({ description: 'Seconds since 1970.' }),
    }),
  ),
  last_error: nullable(Type.String(), { description: 'What went wrong last, if anything did.' }),
});
export type MiningStatusAnswer = Static<typeof MiningStatusAnswer>;

// --- What was found, and what to look for ------------------------------------------------------------------------------

/** A block that this node found. */
export const FoundBlock = Type.Object(
  {
    block_hash: hash('The block.'),
    height: count('Its height.'),
    outcome: words(['mined', 'lost-race'], { description: '`lost-race`: another block came first.' }),
    at: Type.Number({ minimum: 0, description: 'Seconds since 1970.' }),
    miner_address: address('Whom it pays.'),
    fees: amount('What its transactions paid.'),
    hashes: count('Hashes that were tried.'),
    elapsed_seconds: Type.Number({ minimum: 0, description: 'Since its search began.' }),
  },
  { $id: 'FoundBlock' },
);
export type FoundBlock = Static<typeof FoundBlock>;

export const MiningFoundAnswer = Type.Object({
  blocks: Type.Array(refTo(FoundBlock), { description: 'Latest first; the last 50 since the node started.' }),
});
export type MiningFoundAnswer = Static<typeof MiningFoundAnswer>;

export const MiningTemplateQuery = Type.Object({ miner_address: minerAddress });
export type MiningTemplateQuery = Static<typeof MiningTemplateQuery>;

export const MiningTemplateAnswer = Type.Object({
  height: count('Of the block.'),
  header: refTo(Header),
  transactions: Type.Array(refTo(Transaction), { description: 'The coinbase first.' }),
  fees: amount('What the transactions pay.'),
  size: count('Full bytes of the block.'),
});
export type MiningTemplateAnswer = Static<typeof MiningTemplateAnswer>;
