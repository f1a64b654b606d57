/** The transactions that wait for a block. */
import { type Static, Type } from '@sinclair/typebox';
import { amount, count, CursorInput, hash, limitInput, Next, refTo } from './fields.ts';
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
