/** Transactions: what is sent, what is told about them, and proofs that one is in a block. */
import { type Static, Type } from '@sinclair/typebox';
import { address, amount, count, hash, hashInput, nullable, refTo, words } from './fields.ts';

export const TransactionInput = Type.Object(
  {
    prev_txid: hash('The transaction whose output is spent.'),
    prev_index: Type.Integer({ minimum: 0, maximum: 0xffffffff, description: 'Which of its outputs.' }),
    signature: Type.String({
      pattern: '^([0-9a-f]{2})*$',
      description: 'Strict DER in hex, low S; empty in a coinbase.',
    }),
    pubkey: Type.String({
      pattern: '^([0-9a-f]{2})*$',
      description: '33 bytes in hex, compressed; empty in a coinbase.',
    }),
  },
  { $id: 'TransactionInput' },
);
export type TransactionInput = Static<typeof TransactionInput>;

export const TransactionOutput = Type.Object(
  { amount: amount('Base units.'), pubkey_hash: address('Who may spend it.') },
  { $id: 'TransactionOutput' },
);
export type TransactionOutput = Static<typeof TransactionOutput>;

const transactionFields = {
  txid: hash('sha256d of the identity bytes.'),
  version: Type.Integer({ minimum: -0x80000000, maximum: 0x7fffffff }),
  inputs: Type.Array(refTo(TransactionInput)),
  outputs: Type.Array(refTo(TransactionOutput)),
  locktime: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
};

export const Transaction = Type.Object(transactionFields, { $id: 'Transaction' });
export type Transaction = Static<typeof Transaction>;

/** What `POST /tx` documents. The node reads it with the rules' own parser, which is exact about every field. */
export const TransactionRequest = Type.Object(
  {
    txid: Type.Optional(hashInput('May be left out; must be right when it is there.')),
    version: Type.Optional(Type.Integer({ default: 1 })),
    inputs: Type.Array(refTo(TransactionInput)),
    outputs: Type.Array(refTo(TransactionOutput)),
    locktime: Type.Optional(Type.Integer({ default: 0 })),
  },
  {
    $id: 'TransactionRequest',
    examples: [
      {
        version: 1,
        inputs: [
          {
            prev_txid: 'a688f5ac8a9f8586f4fe539af4e7f8000ced831947c3397dc22cba6d3e2a6e76',
            prev_index: 0,
            signature:
              '3045022100fce43a9f0ec3e5f1f42694776eb4470dbe96c61c53e3b2e577152c2acd54bf8c02205886a3bf9ef9c7ad4c9b27560604fa08887a55e684901667656adb223a631b44',
            pubkey: '02f5188331f945ef214da904d1e3828b870da610a0aeeaf1bf3f43dd059841ed22',
          },
        ],
        outputs: [
          { amount: 1_000_000, pubkey_hash: '1f1c614fd70eb1b39ea562ee93178a57b8c7cd1f' },
          { amount: 4_998_999_000, pubkey_hash: '28bff34c1c08327af2418f9f92ebac4482aaf81d' },
        ],
        locktime: 0,
      },
    ],
  },
);

export const SubmitTransactionAnswer = Type.Object({
  txid: hash('The transaction’s id.'),
  fee: amount('What it leaves to the miner, in base units.'),
  size: count('Length of its full bytes.'),
  replaced: Type.Array(hash('A waiting transaction.'), {
    description: 'Waiting transactions that it replaced, with what hung on them (replace by fee).',
  }),
  evicted: Type.Array(hash('A waiting transaction.'), {
    description: 'Waiting transactions that were thrown out because the mempool is full.',
  }),
});
export type SubmitTransactionAnswer = Static<typeof SubmitTransactionAnswer>;

export const CheckTransactionAnswer = Type.Object({
  txid: hash('The transaction’s id.'),
  size: count('Length of its full bytes.'),
  allowed: Type.Boolean({ description: 'Whether POST /tx would take it now.' }),
  reason: nullable(Type.String(), { description: 'Why it would be refused; null when it would not.' }),
  class: nullable(Type.String(), { description: 'The kind of failure, as in the table of reasons.' }),
  detail: nullable(Type.String(), { description: 'The reason in a sentence.' }),
  fee: nullable(amount('Base units.'), { description: 'null where its coins are unknown.' }),
  fee_per_kb: nullable(count('Base units per 1,000 bytes.')),
  min_fee_per_kb: count('What one must pay here now, in base units per 1,000 bytes.'),
  ancestors: Type.Array(hash('A waiting transaction.'), {
    description: 'Waiting transactions that must be mined before it, oldest first.',
  }),
  replaced: Type.Array(hash('A waiting transaction.'), { description: 'What it would replace.' }),
  evicted: Type.Array(hash('A waiting transaction.'), {
    description: 'What would be thrown out because the mempool is full.',
  }),
  missing_parents: Type.Array(hash('A transaction nobody here knows.')),
  would_be_held: Type.Boolean({ description: 'Refused, but held until its parents arrive.' }),
});
export type CheckTransactionAnswer = Static<typeof CheckTransactionAnswer>;

/** The coin that an input spends. */
export const SpentOutput = Type.Object(
  { amount: amount('Base units.'), pubkey_hash: address('Whose it was.') },
  { $id: 'SpentOutput' },
);

export const TransactionAnswer = Type.Object({
  ...transactionFields,
  status: words(['confirmed', 'mempool'], { description: 'In a block of the active chain, or waiting.' }),
  confirmations: count('1 in the tip, 0 while it waits.'),
  block_hash: nullable(hash('The block that contains it.')),
  block_height: nullable(count('Height of that block.')),
  position: nullable(count('Its place in that block; the coinbase has 0.')),
  timestamp: nullable(count('Time of that block, seconds since 1970.')),
  coinbase: Type.Boolean(),
  size: count('Length of its full bytes.'),
  fee: nullable(amount('Base units.'), { description: 'null for a coinbase, which pays none.' }),
  spends: nullable(Type.Array(refTo(SpentOutput)), {
    description: 'What each input spends, in the order of the inputs; null for a coinbase.',
  }),
});
export type TransactionAnswer = Static<typeof TransactionAnswer>;

export const MerkleStep = Type.Object(
  {
    hash: hash('The sibling on this level.'),
    position: words(['left', 'right'], { description: 'The side on which the sibling stands.' }),
  },
  { $id: 'MerkleStep' },
);

export const Header = Type.Object(
  {
    version: Type.Integer(),
    prev_hash: hash('The block before; zeros for genesis.'),
    merkle_root: hash('Commits to the transactions.'),
    timestamp: Type.Integer({ minimum: 0, maximum: 0xffffffff, description: 'Seconds since 1970.' }),
    target: Type.String({ pattern: '^0x[0-9a-f]{1,64}$', description: 'The hash must not exceed it.' }),
    nonce: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
  },
  { $id: 'Header' },
);
export type Header = Static<typeof Header>;

export const TransactionProofAnswer = Type.Object({
  txid: hash('The transaction.'),
  block_hash: hash('The block that contains it.'),
  height: count('Height of that block.'),
  position: count('The leaf’s place in the tree.'),
  transaction_count: count('How many leaves the tree has.'),
  merkle_root: hash('What the proof must lead to.'),
  proof: Type.Array(refTo(MerkleStep), { description: 'Siblings from the leaf up to the root.' }),
  header: refTo(Header),
  confirmations: count('1 in the tip.'),
});
export type TransactionProofAnswer = Static<typeof TransactionProofAnswer>;
