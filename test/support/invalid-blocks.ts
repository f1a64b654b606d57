/**
 * The one table of invalid blocks: at least one for every reason that `src/consensus/reasons.ts` calls `about: 'header'` or
 * `about: 'block'`. A reason without an entry does not compile.
 *
 * How to run an entry:
 *
 *   const context = blockContext(entry.params);
 *   …feed context.blocks to a node whose parameters are context.params and whose clock says context.nowS
 *   const { before, block, twin } = entry.build(context);
 *   …hand over every block of `before`, whatever the answer, then `block`: it must be refused with entry.reason
 *   …where there is a `twin`, a good block with the *same hash*, it must still be taken after that
 */
import {
  type Block,
  type BlockHash,
  blockSize,
  type ChainParams,
  coinsCreatedBy,
  type Reason,
  type Target,
  type Transaction,
} from '../../src/consensus/index.ts';
import { type BuiltBlock, coinbase, grind, merkleRootOf, mineBlock, spend } from './chain-builder.ts';
import {
  goodPayment,
  type ReasonAbout,
  type TransactionContext,
  transactionContext,
} from './invalid-transactions.ts';

/** A funded chain (height 8), and the time that the node's clock must say. */
export interface BlockContext extends TransactionContext {
  readonly nowS: number;
}

export interface InvalidBlockBuilt {
  /** To be handed over first, in this order; some of them are refused too. */
  readonly before: readonly Block[];
  readonly block: Block;
  /** A good block with the same hash. */
  readonly twin?: Block;
}

export interface InvalidBlock {
  readonly name: string;
  readonly params?: Partial<ChainParams>;
  readonly build: (context: BlockContext) => InvalidBlockBuilt;
}

/** An hour after the last block of the chain. */
const CLOCK_AHEAD_S = 3600;

export function blockContext(params: Partial<ChainParams> = {}): BlockContext {
  const context = transactionContext(params);
  return { ...context, nowS: context.tip.timestamp + CLOCK_AHEAD_S };
}

type Parts = Partial<Omit<Parameters<typeof mineBlock>[0], 'params'>>;

/** Mines a block on the tip. */
function mine(context: BlockContext, parts: Parts = {}): BuiltBlock {
  return mineBlock({ parent: context.tip, minerAddress: context.alice, params: context.params, ...parts });
}

const alone = (built: BuiltBlock): InvalidBlockBuilt => ({ before: [], block: built.block });

/** A block with these transactions in the place of all others, coinbase included. */
const only =
  (...transactions: readonly Transaction[]) =>
  (draft: Block): Block => ({ ...draft, transactions });

/** The coinbase takes `extra` base units more than it may. */
function greedy(draft: Block, extra = 1): Block {
  const [first, ...rest] = draft.transactions;
  if (first === undefined) throw new Error('the draft has no coinbase');
  const outputs = first.outputs.map((output) => ({ ...output, amount: output.amount + extra }));
  return { ...draft, transactions: [{ ...first, outputs }, ...rest] };
}

/** Two payments out of one coin. */
function doubleSpend({ coins, alice, bob }: BlockContext): Transaction[] {
  return [1_000_000, 2_000_000].map((amount) =>
    spend({ coins: [coins[0]], owner: alice, outputs: [{ amount, pubkeyHash: bob.address }] }),
  );
}

/** A payment, and one out of what it pays. */
function parentAndChild(context: BlockContext): [Transaction, Transaction] {
  const parent = spend({
    coins: [context.coins[0]],
    owner: context.alice,
    outputs: [{ amount: 2_000_000, pubkeyHash: context.alice.address }],
  });
  const child = spend({
    coins: coinsCreatedBy(parent, context.height),
    owner: context.alice,
    outputs: [{ amount: 1_000_000, pubkeyHash: context.bob.address }],
  });
  return [parent, child];
}

type Entries = readonly [InvalidBlock, ...InvalidBlock[]];

/** By reason; in the order of `reasons.ts`. */
export const INVALID_BLOCKS: Record<ReasonAbout<'header' | 'block'>, Entries> = {
  'prev-blk-not-found': [
    {
      name: 'a parent that nobody has seen',
      build: (context) =>
        alone(
          mine(context, {
            mutate: (draft) => ({
              ...draft,
              header: { ...draft.header, prevHash: 'cd'.repeat(32) as BlockHash },
            }),
          }),
        ),
    },
  ],
  'bad-prevblk': [
    {
      name: 'on a block that takes too much',
      build: (context) => {
        const bad = mine(context, { mutate: greedy });
        return { before: [bad.block], block: mine(context, { parent: bad }).block };
      },
    },
  ],
  'bad-diffbits': [
    {
      name: 'an easier target than the rule gives',
      build: (context) => alone(mine(context, { mutate: withTarget((target) => target * 2n) })),
    },
    {
      name: 'a harder target than the rule gives',
      build: (context) => alone(mine(context, { mutate: withTarget((target) => target / 2n) })),
    },
    {
      name: 'the old target where a new one is due',
      params: { retargetInterval: 9, targetBlockTimeS: 10 },
      build: (context) => {
        // Height 9 starts an interval; the blocks before came on time, except for the last one: make it early.
        const early = mine(context, { parent: context.tip.parent, timestamp: context.tip.timestamp - 5 });
        const block = mine(context, { parent: early, mutate: withTarget(() => early.target) });
        return { before: [early.block], block: block.block };
      },
    },
  ],
  'high-hash': [
    {
      name: 'no work done',
      build: (context) =>
        alone(
          mine(context, { spoil: (mined) => ({ ...mined, header: grind(mined.header, { avoid: true }) }) }),
        ),
    },
  ],
  'time-too-old': [
    {
      name: 'at the median of the last 11',
      build: (context) => alone(mine(context, { timestamp: context.medianTimePast })),
    },
    { name: 'in 1970', build: (context) => alone(mine(context, { timestamp: 0 })) },
  ],
  'time-timewarp-attack': [
    {
      name: 'the first block of an interval 601 s before its parent (BIP94)',
      params: { retargetInterval: 10 },
      build: (context) => {
        const late = mine(context, { timestamp: context.tip.timestamp + 3000 });
        const block = mine(context, { parent: late, timestamp: late.timestamp - 601 });
        return { before: [late.block], block: block.block };
      },
    },
  ],
  'time-too-new': [
    {
      name: 'two hours and a second ahead of our clock',
      build: (context) => alone(mine(context, { timestamp: context.nowS + 7201 })),
    },
    { name: 'in 2106', build: (context) => alone(mine(context, { timestamp: 0xffffffff })) },
  ],

  'bad-blk-length': [
    {
      name: 'one byte more than MAX_BLOCK_SIZE',
      params: { maxBlockSizeBytes: 1000 },
      build: (context) => {
        const full = mine(context, { transactions: [goodPayment(context)] });
        const missing = context.params.maxBlockSizeBytes + 1 - blockSize(full.block);
        const spoil = (mined: Block): Block => ({
          ...mined,
          transactions: mined.transactions.map((tx, i) => (i === 1 ? padSignature(tx, missing) : tx)),
        });
        const block = mine(context, { transactions: [goodPayment(context)], spoil });
        return { ...alone(block), twin: full.block };
      },
    },
  ],
  'bad-cb-missing': [
    { name: 'no transactions at all', build: (context) => alone(mine(context, { mutate: only() })) },
    {
      name: 'a payment only',
      build: (context) => alone(mine(context, { mutate: only(goodPayment(context)) })),
    },
    {
      name: 'the coinbase in second place',
      build: (context) =>
        alone(
          mine(context, {
            transactions: [goodPayment(context)],
            mutate: (draft) => ({ ...draft, transactions: [...draft.transactions].reverse() }),
          }),
        ),
    },
    {
      name: 'no transactions, below the header of a good block',
      build: (context) => {
        const good = mine(context);
        return { before: [], block: { ...good.block, transactions: [] }, twin: good.block };
      },
    },
  ],
  'bad-cb-multiple': [
    {
      name: 'two coinbases',
      build: (context) =>
        alone(
          mine(context, {
            mutate: (draft) => ({
              ...draft,
              transactions: [...draft.transactions, coinbase(context.height, 0, context.bob)],
            }),
          }),
        ),
    },
  ],
  'bad-cb-height': [
    {
      name: 'the height of the block before: its coinbase would be that one once more',
      build: (context) =>
        alone(mine(context, { mutate: only(coinbase(context.height - 1, 1, context.alice)) })),
    },
    {
      name: 'height 0',
      build: (context) => alone(mine(context, { mutate: only(coinbase(0, 1, context.alice)) })),
    },
  ],
  'bad-cb-amount': [
    { name: 'one unit more than the subsidy', build: (context) => alone(mine(context, { mutate: greedy })) },
    {
      name: 'one unit more than subsidy and fees',
      build: (context) => alone(mine(context, { transactions: [goodPayment(context)], mutate: greedy })),
    },
    {
      name: 'the full reward after a halving',
      params: { halvingInterval: 9 },
      build: (context) =>
        alone(mine(context, { mutate: only(coinbase(9, context.params.blockReward, context.alice)) })),
    },
  ],
  'bad-txns-accumulated-fee-outofrange': [
    {
      // As with bad-txns-inputvalues-outofrange, only a network that creates more than its MAX_MONEY gets there.
      name: 'two rewards as fees, beyond MAX_MONEY',
      params: { maxMoney: 7_500_000_000 },
      build: (context) => {
        const outputs = [{ amount: 1, pubkeyHash: context.bob.address }];
        const transactions = [context.coins[0], context.coins[1]].map((coin) =>
          spend({ coins: [coin], owner: context.alice, outputs }),
        );
        const mutate = (draft: Block): Block => {
          const small = coinbase(context.height, 1, context.alice);
          return { ...draft, transactions: [small, ...draft.transactions.slice(1)] };
        };
        return alone(mine(context, { transactions, mutate }));
      },
    },
  ],
  'bad-txnmrklroot': [
    {
      name: 'the root of other transactions',
      build: (context) => {
        const merkleRoot = merkleRootOf([goodPayment(context)]);
        return alone(
          mine(context, { mutate: (draft) => ({ ...draft, header: { ...draft.header, merkleRoot } }) }),
        );
      },
    },
    {
      name: 'a payment left out',
      build: (context) => {
        const good = mine(context, { transactions: [goodPayment(context)] });
        const transactions = good.block.transactions.slice(0, 1);
        return { before: [], block: { ...good.block, transactions }, twin: good.block };
      },
    },
  ],
  'bad-txns-duplicate': [
    {
      name: 'the last transaction of three once more: the same root, the same hash (CVE-2012-2459)',
      build: (context) => {
        const good = mine(context, { transactions: parentAndChild(context) });
        const transactions = [...good.block.transactions, ...good.block.transactions.slice(-1)];
        return { before: [], block: { ...good.block, transactions }, twin: good.block };
      },
    },
  ],
  duplicate: [
    { name: 'the tip once more', build: (context) => ({ before: [], block: context.tip.block }) },
    {
      name: 'a side branch once more',
      build: (context) => {
        const side = mine(context, { parent: context.tip.parent, minerAddress: context.bob });
        return { before: [side.block], block: side.block };
      },
    },
  ],
  'duplicate-invalid': [
    {
      name: 'a block that takes too much, once more',
      build: (context) => {
        const bad = mine(context, { mutate: greedy });
        return { before: [bad.block], block: bad.block };
      },
    },
  ],
};

/**
 * Blocks whose transactions are each good, but not together or not in this order. They have the reasons of transactions;
 * as single transactions they could not be told.
 */
export const INVALID_TOGETHER: readonly (InvalidBlock & { readonly reason: Reason })[] = [
  {
    name: 'two payments out of one coin',
    reason: 'bad-txns-inputs-missingorspent',
    build: (context) => alone(mine(context, { transactions: doubleSpend(context) })),
  },
  {
    name: 'a payment out of a later one',
    reason: 'bad-txns-inputs-missingorspent',
    build: (context) => alone(mine(context, { transactions: parentAndChild(context).reverse() })),
  },
  {
    name: 'a confirmed payment once more',
    reason: 'bad-txns-inputs-missingorspent',
    build: (context) => {
      const first = mine(context, { transactions: [goodPayment(context)] });
      const again = mine(context, { parent: first, transactions: [goodPayment(context)] });
      return { before: [first.block], block: again.block };
    },
  },
  {
    name: 'a payment out of the reward of the same block',
    reason: 'bad-txns-premature-spend-of-coinbase',
    build: (context) => {
      const reward = coinbase(context.height, 2_000_000, context.alice);
      const outputs = [{ amount: 1_000_000, pubkeyHash: context.bob.address }];
      const child = spend({ coins: coinsCreatedBy(reward, context.height), owner: context.alice, outputs });
      return alone(mine(context, { mutate: only(reward, child) }));
    },
  },
];

function withTarget(change: (target: bigint) => bigint): (draft: Block) => Block {
  return (draft) => ({
    ...draft,
    header: { ...draft.header, target: change(draft.header.target) as Target },
  });
}

/** Bytes that no hash covers. */
function padSignature(tx: Transaction, bytes: number): Transaction {
  return {
    ...tx,
    inputs: tx.inputs.map((input, i) => {
      // From 253 bytes on the length itself takes two bytes more.
      const length = input.signature.length + bytes;
      return i === 0 ? { ...input, signature: new Uint8Array(length >= 253 ? length - 2 : length) } : input;
    }),
  };
}

/** All entries with their reasons, for `test.each`. */
export const ALL_INVALID_BLOCKS: readonly (InvalidBlock & { readonly reason: Reason })[] = [
  ...(Object.keys(INVALID_BLOCKS) as ReasonAbout<'header' | 'block'>[]).flatMap((reason) =>
    INVALID_BLOCKS[reason].map((entry) => ({ ...entry, reason })),
  ),
  ...INVALID_TOGETHER,
];

/**
 * The remaining reasons do not come from consensus; here is where each is tested. (A new one does not compile until it is
 * listed.)
 */
export const TESTED_ELSEWHERE: Record<
  Exclude<Reason, ReasonAbout<'transaction' | 'header' | 'block'>>,
  string
> = {
  'malformed-json': 'src/api',
  'malformed-field': 'src/consensus/json-form.test.ts',
  'malformed-encoding': 'src/consensus/transaction.test.ts',
  'txid-mismatch': 'src/consensus/json-form.test.ts',
  'block-hash-mismatch': 'src/consensus/json-form.test.ts',
  coinbase: 'src/mempool',
  'txn-already-in-mempool': 'src/mempool',
  'txn-already-known': 'src/mempool',
  'txn-same-nonwitness-data-in-mempool': 'src/mempool',
  'min relay fee not met': 'src/mempool',
  'mempool min fee not met': 'src/mempool',
  'mempool full': 'src/mempool',
  'insufficient fee': 'src/mempool',
  'too many potential replacements': 'src/mempool',
  'replacement-adds-unconfirmed': 'src/mempool',
  'bad-txns-spends-conflicting-tx': 'src/mempool',
  'too-long-mempool-chain': 'src/mempool',
  'too-many-peers': 'src/network',
  'peer-unknown': 'src/network',
};
