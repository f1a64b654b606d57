/** The transactions that wait for a block. */
import { type Static, Type } from '@sinclair/typebox';
import {
  amount,
  count,
  CursorInput,
  hash,
  limitInput,
  Next,
  nullable,
  refTo,
  target,
  words,
} from './fields.ts';
import { Transaction } from './transactions.ts';

export const MAX_MEMPOOL_PER_PAGE = 1000;

export const MempoolQuery = Type.Object({
  limit: Type.Optional(limitInput(MAX_MEMPOOL_PER_PAGE, MAX_MEMPOOL_PER_PAGE)),
  cursor: Type.Optional(CursorInput),
});
export type MempoolQuery = Static<typeof MempoolQuery>;

export const MempoolAnswer = Type.Object({
  size: count('How many transactions wait, on all pages together.'),
  transactions: Type.Array(refTo(Transaction), {
    description: 'In the order in which they were accepted: parents before children.',
  }),
  next: Next,
});
export type MempoolAnswer = Static<typeof MempoolAnswer>;

export const MempoolInfoAnswer = Type.Object({
  size: count('How many transactions wait.'),
  bytes: count('Their full bytes together.'),
  max_bytes: count('When there are more, the worst fee rates go.'),
  total_fees: amount('What all of them pay together.'),
  min_fee_per_kb: count('What one must pay now, in base units per 1,000 bytes.'),
  relay_fee_per_kb: count('What this node always wants, in base units per 1,000 bytes.'),
  orphans: count('Transactions held until their parents arrive.'),
  orphan_bytes: count('Their full bytes together.'),
});
export type MempoolInfoAnswer = Static<typeof MempoolInfoAnswer>;

const Family = Type.Object({
  count: count('Transactions, this one included.'),
  size: count('Their full bytes.'),
  fees: amount('Their fees.'),
});

export const MempoolEntryAnswer = Type.Object({
  transaction: refTo(Transaction),
  fee: amount('Base units.'),
  size: count('Length of its full bytes.'),
  fee_per_kb: Type.Number({ minimum: 0, description: 'Base units per 1,000 bytes.' }),
  received_at: Type.Number({ minimum: 0, description: 'Seconds since 1970.' }),
  ancestors: Family,
  descendants: Family,
  parents: Type.Array(hash('A waiting transaction that it spends from.')),
  children: Type.Array(hash('A waiting transaction that spends from it.')),
});
export type MempoolEntryAnswer = Static<typeof MempoolEntryAnswer>;

// --- The next block --------------------------------------------------------------------------------------------------

/** So many transactions are listed at most: of the block the first three quarters, and the best of those left out. */
export const MAX_TEMPLATE_LISTED = 1_000;

/** Why a waiting transaction is in the next block, or not. */
export const TEMPLATE_REASONS = [
  'own-fee',
  'pays-for-parents',
  'paid-by-child',
  'outbid',
  'too-large',
  'too-many',
  'coinbase-immature',
  'locktime',
  'parent-waits',
  'fees-out-of-range',
] as const;
export type TemplateReason = (typeof TEMPLATE_REASONS)[number];

/** A waiting transaction as the miner sees it. */
export const TemplateEntry = Type.Object(
  {
    txid: hash('Its id.'),
    position: nullable(count('Where it stands in the block; the coinbase has 0.'), {
      description: 'Null when it is not in the block.',
    }),
    reason: words(TEMPLATE_REASONS, {
      description:
        'In: `own-fee`; `pays-for-parents` (brings ancestors in, which its fee pays for); `paid-by-child`. Out: `outbid` (full ' +
        'before its turn came); `too-large`, `too-many` (does not fit with its ancestors); `coinbase-immature`, `locktime`, ' +
        '`parent-waits` (may not be mined yet); `fees-out-of-range`.',
    }),
    fee: amount('Base units.'),
    size: count('Length of its full bytes.'),
    fee_per_kb: count('Base units per 1,000 bytes.'),
    package: Type.Object(
      {
        count: count('Transactions that come in together, this one included.'),
        size: count('Their full bytes.'),
        fees: amount('Their fees.'),
        fee_per_kb: count('Base units per 1,000 bytes, all together: what the miner compares.'),
        paid_by: hash('Whose fee rate decides: itself or a child.'),
      },
      { description: 'With it, those of its ancestors that came in at the same time or would have to.' },
    ),
    ancestors: count('Waiting transactions that it needs, itself included.'),
    descendants: count('Waiting transactions that need it, itself included.'),
    parents: Type.Array(hash('A waiting transaction that it spends from.')),
    received_at: Type.Number({ minimum: 0, description: 'Seconds since 1970.' }),
    output_total: amount('Sum of its outputs.'),
  },
  { $id: 'TemplateEntry' },
);
export type TemplateEntry = Static<typeof TemplateEntry>;

export const MempoolTemplateAnswer = Type.Object({
  height: count('Of the block that would be mined now.'),
  previous_hash: nullable(hash('The tip that it stands on; null for an empty chain.')),
  target: target('What its hash must meet.'),
  subsidy: amount('What it may create, in base units.'),
  total_fees: amount('What its transactions pay.'),
  size: count('Its full bytes, header and coinbase included.'),
  max_size: count('A block may not be larger.'),
  transaction_count: count('Waiting transactions in it.'),
  max_transactions: count('More this miner does not take.'),
  left_out: count('Waiting transactions that are not in it.'),
  min_fee_per_kb: count('What one must pay now to be let into the mempool, per 1,000 bytes.'),
  transactions: Type.Array(refTo(TemplateEntry), {
    description: `In the order of the block; then those left out, the best first. ${MAX_TEMPLATE_LISTED} at most.`,
  }),
});
export type MempoolTemplateAnswer = Static<typeof MempoolTemplateAnswer>;
