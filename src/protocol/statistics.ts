/** Figures over many blocks and coins, for charts. */
import { type Static, Type } from '@sinclair/typebox';
import { amount, count, HeightInput, limitInput, nullable, refTo, target } from './fields.ts';

export const MAX_BLOCK_STATS_PER_PAGE = 2_000;
/** Ages are told in so many bins at most. */
export const MAX_AGE_BINS = 40;

export const BlockStatsQuery = Type.Object({
  from: Type.Optional(HeightInput),
  limit: Type.Optional(limitInput(MAX_BLOCK_STATS_PER_PAGE, 100)),
});
export type BlockStatsQuery = Static<typeof BlockStatsQuery>;

export const BlockStats = Type.Object(
  {
    height: count('0 is genesis.'),
    timestamp: count('Seconds since 1970, as the miner claims.'),
    target: target('The target that its hash met.'),
    size: count('Length of the full bytes.'),
    transaction_count: count('Coinbase included.'),
    subsidy: amount('New coins that the rules allow at this height.'),
    fees: amount('What the coinbase pays beyond the subsidy.'),
  },
  { $id: 'BlockStats' },
);
export type BlockStats = Static<typeof BlockStats>;

export const BlockStatsAnswer = Type.Object({
  height: Type.Integer({ minimum: -1, description: 'Height of the tip; -1 for an empty chain.' }),
  blocks: Type.Array(refTo(BlockStats), { description: 'Of the active chain, lowest first.' }),
  next_from: nullable(count('Height to go on from.'), {
    description: 'Hand it back as `from`; null at the tip.',
  }),
});
export type BlockStatsAnswer = Static<typeof BlockStatsAnswer>;

export const CoinAgesAnswer = Type.Object({
  height: Type.Integer({ minimum: -1, description: 'The tip that ages are counted from.' }),
  bin_blocks: count('How many blocks of age one bin spans.'),
  bins: Type.Array(
    Type.Object({
      from_age: count('Youngest age in blocks: 0 in the tip.'),
      coins: count('Unspent coins of this age.'),
      amount: amount('Base units in them.'),
    }),
    { description: 'Youngest first; all of the chain, empty bins included.' },
  ),
});
export type CoinAgesAnswer = Static<typeof CoinAgesAnswer>;
