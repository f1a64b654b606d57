/** Blocks and headers, one by one and in pages. */
import { type Static, Type } from '@sinclair/typebox';
import {
  address,
  amount,
  count,
  CursorInput,
  hash,
  hashInput,
  HeightInput,
  limitInput,
  Next,
  nullable,
  refTo,
  target,
  words,
  work,
} from './fields.ts';
import { Header, Transaction } from './transactions.ts';

export const MAX_HEADERS_PER_PAGE = 2000;
export const MAX_BLOCKS_PER_PAGE = 100;

export const BLOCK_STATUSES = ['active', 'valid-fork', 'headers-only', 'invalid'] as const;

const blockFields = {
  block_hash: hash('sha256d of the header.'),
  header: refTo(Header),
  transactions: Type.Array(refTo(Transaction)),
};

export const Block = Type.Object(blockFields, { $id: 'Block' });
export type Block = Static<typeof Block>;

export const BlockRequest = Type.Object(
  {
    block_hash: Type.Optional(hashInput('May be left out; must be right when it is there.')),
    header: refTo(Header),
    transactions: Type.Array(refTo(Transaction)),
  },
  { $id: 'BlockRequest' },
);

export const SubmitBlockAnswer = Type.Object({
  block_hash: hash('The block’s hash.'),
  message: Type.String({ description: 'What became of it.' }),
  height: count('Where it stands.'),
  status: words(BLOCK_STATUSES, { description: 'How it stands to the active chain now.' }),
  disconnected: count('Blocks that left the active chain because of it.'),
});
export type SubmitBlockAnswer = Static<typeof SubmitBlockAnswer>;

export const BlockAnswer = Type.Object({
  height: count('0 is genesis.'),
  ...blockFields,
  status: words(BLOCK_STATUSES),
  confirmations: Type.Integer({
    minimum: 0,
    description: '1 for the tip; 0 for blocks off the active chain.',
  }),
  chain_work: work('Work of the chain from genesis up to this block.'),
  next_hash: nullable(hash('The next block of the active chain.')),
  median_time_past: count('Median time of this block and the ten before it.'),
  size: count('Length of the full bytes.'),
  transaction_count: count('Coinbase included.'),
  invalid_reason: nullable(Type.String(), { description: 'Why it is invalid; null when it is not.' }),
});
export type BlockAnswer = Static<typeof BlockAnswer>;

export const BlockSummary = Type.Object(
  {
    height: count('0 is genesis.'),
    block_hash: hash('sha256d of the header.'),
    header: refTo(Header),
    chain_work: work('Work of the chain up to this block.'),
    size: count('Length of the full bytes.'),
    transaction_count: count('Coinbase included.'),
    miner: nullable(address('To whom the first output of the coinbase pays.')),
    reward: amount('What the coinbase pays: subsidy and fees.'),
    output_total: amount('Sum of all outputs, coinbase included.'),
  },
  { $id: 'BlockSummary' },
);
export type BlockSummary = Static<typeof BlockSummary>;

export const BlocksAnswer = Type.Object({ blocks: Type.Array(refTo(BlockSummary)), next: Next });
export type BlocksAnswer = Static<typeof BlocksAnswer>;

export const HeaderEntry = Type.Object(
  {
    height: count('0 is genesis.'),
    block_hash: hash('sha256d of the header.'),
    header: refTo(Header),
    chain_work: work('Work of the chain up to this header.'),
  },
  { $id: 'HeaderEntry' },
);
export type HeaderEntry = Static<typeof HeaderEntry>;

export const HeadersAnswer = Type.Object({ headers: Type.Array(refTo(HeaderEntry)), next: Next });
export type HeadersAnswer = Static<typeof HeadersAnswer>;

/** Which way a list goes. */
function order(byDefault: 'asc' | 'desc'): ReturnType<typeof words<'asc' | 'desc'>> {
  return words(['asc', 'desc'], {
    default: byDefault,
    description: '`asc`: from genesis up. `desc`: from the tip down.',
  });
}

export const BlocksQuery = Type.Object({
  from: Type.Optional(HeightInput),
  order: Type.Optional(order('desc')),
  limit: Type.Optional(limitInput(MAX_BLOCKS_PER_PAGE, 20)),
  cursor: Type.Optional(CursorInput),
});
export type BlocksQuery = Static<typeof BlocksQuery>;

export const HeadersQuery = Type.Object({
  from: Type.Optional(HeightInput),
  order: Type.Optional(order('asc')),
  limit: Type.Optional(limitInput(MAX_HEADERS_PER_PAGE, MAX_HEADERS_PER_PAGE)),
  cursor: Type.Optional(CursorInput),
});
export type HeadersQuery = Static<typeof HeadersQuery>;

// --- The chain as a whole ----------------------------------------------------------------------------------------

export const ChainQuery = Type.Object({
  from: Type.Optional(HeightInput),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_BLOCKS_PER_PAGE,
      description: `1 to ${MAX_BLOCKS_PER_PAGE} blocks.`,
    }),
  ),
});
export type ChainQuery = Static<typeof ChainQuery>;

export const ChainAnswer = Type.Object({
  height: Type.Integer({ minimum: -1, description: 'Height of the tip; -1 for an empty chain.' }),
  tip_hash: nullable(hash('Hash of the tip.')),
  blocks: Type.Array(refTo(Block), { description: 'From genesis (or `from`) up.' }),
  from: Type.Optional(count('Only in pages: height of the first of these blocks.')),
  next_from: Type.Optional(
    nullable(count('Height to go on from.'), {
      description: 'Only in pages: hand it back as `from`; null at the tip.',
    }),
  ),
});
export type ChainAnswer = Static<typeof ChainAnswer>;

export const ChainInfoAnswer = Type.Object({
  height: Type.Integer({ minimum: -1, description: 'Height of the tip; -1 for an empty chain.' }),
  tip_hash: nullable(hash('Hash of the tip.')),
  genesis_hash: nullable(hash('Hash of the block at height 0.')),
  tip_timestamp: nullable(count('Time of the tip, seconds since 1970.')),
  median_time_past: count('Median time of the last 11 blocks; the next must be later.'),
  target: target('The tip’s target; the first one for an empty chain.'),
  next_target: target('The target that the next block must have.'),
  chain_work: work('Work of the active chain.'),
  utxo_count: count('Unspent coins.'),
  next_subsidy: amount('What the next block may create, without fees.'),
  next_retarget_height: nullable(count('At which height the target adapts next; null when it never does.')),
  header_count: count('All known headers, side branches included.'),
  orphan_blocks: count('Blocks held until their parents arrive.'),
});
export type ChainInfoAnswer = Static<typeof ChainInfoAnswer>;

export const ChainTip = Type.Object(
  {
    height: count('Height of the tip.'),
    block_hash: hash('Hash of the tip.'),
    status: words(BLOCK_STATUSES),
    branch_length: count('Blocks since the branch left the active chain; 0 for the active tip.'),
    fork_height: Type.Integer({
      minimum: -1,
      description: 'Last height that it shares with the active chain; -1: none.',
    }),
    fork_hash: nullable(hash('The block at that height.')),
    chain_work: work('Work of this branch from genesis.'),
    timestamp: count('Time of the tip, seconds since 1970.'),
    invalid_reason: nullable(Type.String()),
  },
  { $id: 'ChainTip' },
);
export type ChainTip = Static<typeof ChainTip>;

const BlockName = Type.Object({ height: count('0 is genesis.'), block_hash: hash('sha256d of the header.') });

/** What one reorganisation did. */
export const Reorg = Type.Object(
  {
    at: Type.Number({ description: 'Seconds since 1970.' }),
    fork_height: Type.Integer({ minimum: -1, description: 'Last height that stayed; -1: not even genesis.' }),
    fork_hash: nullable(hash('The block at that height.')),
    depth: count('Blocks that left the chain.'),
    old_tip: BlockName,
    new_tip: BlockName,
    disconnected: Type.Array(BlockName, { description: 'Top first; the 100 highest of them.' }),
    connected: Type.Array(BlockName, { description: 'Lowest first; the 100 lowest of them.' }),
    connected_count: count('Blocks that joined.'),
    transactions_left: count('Payments in the blocks that left.'),
    transactions_kept: count('Those of them that the blocks which joined contain, too.'),
    transactions_returned: count('Those of them that wait again.'),
    story: Type.String({ description: 'All of it in a sentence or two.' }),
  },
  { $id: 'Reorg' },
);
export type Reorg = Static<typeof Reorg>;

export const ChainTipsAnswer = Type.Object({
  tips: Type.Array(refTo(ChainTip), { description: 'Most work first.' }),
  reorgs: Type.Array(refTo(Reorg), {
    description: 'The last 20 reorganisations since the node started, latest first.',
  }),
});
export type ChainTipsAnswer = Static<typeof ChainTipsAnswer>;
