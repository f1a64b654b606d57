/** What an address has, had, and did. */
import { type Static, Type } from '@sinclair/typebox';
import {
  address,
  amount,
  count,
  CursorInput,
  hash,
  MAX_SAFE,
  limitInput,
  Next,
  nullable,
  refTo,
} from './fields.ts';

export const MAX_COINS_PER_PAGE = 1000;
export const MAX_HISTORY_PER_PAGE = 500;

export const AtHeightQuery = Type.Object({
  height: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_SAFE,
      description: 'As it was after the block at this height; now when not given.',
    }),
  ),
});

export const BalanceAnswer = Type.Object({
  address: address('The address, in lower case.'),
  balance: amount('Base units in unspent coins.'),
  utxo_count: count('Number of these coins.'),
  height: Type.Integer({ minimum: -1, description: 'The height that this is true for.' }),
});
export type BalanceAnswer = Static<typeof BalanceAnswer>;

export const UtxosQuery = Type.Object({
  height: AtHeightQuery.properties.height,
  limit: Type.Optional(limitInput(MAX_COINS_PER_PAGE, MAX_COINS_PER_PAGE)),
  cursor: Type.Optional(CursorInput),
});
export type UtxosQuery = Static<typeof UtxosQuery>;

export const Utxo = Type.Object(
  {
    txid: hash('The transaction that created the coin.'),
    vout: count('Which of its outputs.'),
    amount: amount('Base units.'),
    pubkey_hash: address('Whose it is.'),
    height: count('Height of the block that created it.'),
    coinbase: Type.Boolean({ description: 'A block reward; it may have to mature.' }),
    mature: Type.Boolean({ description: 'Whether the next block may spend it.' }),
    spent_in_mempool: nullable(hash('The waiting transaction that spends it.'), {
      description: 'null when no waiting transaction spends it; choose such coins for a new payment.',
    }),
  },
  { $id: 'Utxo' },
);
export type Utxo = Static<typeof Utxo>;

export const UtxosAnswer = Type.Object({
  address: address('The address, in lower case.'),
  utxos: Type.Array(refTo(Utxo), { description: 'Oldest first.' }),
  height: Type.Integer({ minimum: -1, description: 'The height that this is true for.' }),
  next: Next,
});
export type UtxosAnswer = Static<typeof UtxosAnswer>;

export const AddressAnswer = Type.Object({
  address: address('The address, in lower case.'),
  balance: amount('Base units in unspent coins of the chain.'),
  utxo_count: count('Number of these coins.'),
  immature: amount('How much of the balance is in block rewards that the next block may not spend.'),
  height: Type.Integer({ minimum: -1, description: 'Height of the tip.' }),
  mempool: Type.Object(
    {
      transaction_count: count('Waiting transactions that touch the address.'),
      received: amount('Base units that they pay to it.'),
      sent: amount('Base units that they take from it.'),
    },
    { description: 'What waiting transactions will change.' },
  ),
  expected_balance: Type.Integer({ description: 'The balance once everything that waits is in a block.' }),
});
export type AddressAnswer = Static<typeof AddressAnswer>;

export const HistoryQuery = Type.Object({
  limit: Type.Optional(limitInput(MAX_HISTORY_PER_PAGE, 100)),
  cursor: Type.Optional(CursorInput),
});
export type HistoryQuery = Static<typeof HistoryQuery>;

export const HistoryEntry = Type.Object(
  {
    txid: hash('The transaction.'),
    height: count('Height of its block.'),
    confirmations: count('1 in the tip.'),
    received: amount('Base units that came to the address.'),
    sent: amount('Base units that left it.'),
    net: Type.Integer({ description: 'received - sent' }),
  },
  { $id: 'HistoryEntry' },
);
export type HistoryEntry = Static<typeof HistoryEntry>;

export const HistoryAnswer = Type.Object({
  address: address('The address, in lower case.'),
  transactions: Type.Array(refTo(HistoryEntry), {
    description: 'Latest first; the chain only, not the mempool.',
  }),
  next: Next,
});
export type HistoryAnswer = Static<typeof HistoryAnswer>;

export const CoinAnswer = Type.Object({
  txid: hash('The transaction that created the coin.'),
  vout: count('Which of its outputs.'),
  amount: amount('Base units.'),
  pubkey_hash: address('Whose it is.'),
  height: count('Height of the block that created it.'),
  coinbase: Type.Boolean(),
  confirmations: count('1 when the tip created it.'),
  spent: nullable(
    Type.Object({ height: count('Where it was spent.'), txid: hash('The transaction that spent it.') }),
    { description: 'null while it is unspent in the chain.' },
  ),
  spent_in_mempool: nullable(hash('The waiting transaction that spends it.')),
});
export type CoinAnswer = Static<typeof CoinAnswer>;
