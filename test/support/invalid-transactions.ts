/**
 * The one table of invalid transactions: at least one for every reason that `src/consensus/reasons.ts` calls `about:
 * 'transaction'`. A reason without an entry does not compile.
 *
 * Every transaction breaks one rule only and is right in all else, so whoever runs it (rules, block acceptance, mempool,
 * REST) must give this reason and no other. How to run an entry:
 *
 *   const context = transactionContext(entry.params);       // a funded chain with these parameters
 *   const tx = entry.build(context);                        // for a block on context.tip
 *   …feed context.blocks to the node, whose parameters are context.params, then hand it `tx`
 *
 * In a block on the tip it gives `entry.inBlock ?? entry.reason`; offered to a mempool `entry.inMempool ?? entry.reason`.
 */
import {
  type Address,
  type ChainParams,
  type CoinEntry,
  hash160,
  bytesToHex,
  isCoinbase,
  medianTimePast,
  NO_TXID,
  NULL_INDEX,
  type Reason,
  type REASONS,
  type Transaction,
  type TransactionInput,
  type Txid,
} from '../../src/consensus/index.ts';
import {
  type BuiltBlock,
  ChainBuilder,
  coinbase,
  key,
  mineBlock,
  pay,
  spend,
  type TestKey,
} from './chain-builder.ts';
import { uncompressed, withHighS } from './keys.ts';

/** The reasons that the table of reasons files under one heading. */
export type ReasonAbout<About extends string> = {
  [R in Reason]: (typeof REASONS)[R]['about'] extends About ? R : never;
}[Reason];

/** What an entry may build upon: a chain that has money in it. */
export interface TransactionContext {
  readonly params: ChainParams;
  readonly chain: ChainBuilder;
  /** Last block of the chain; the transaction would be in the next one. */
  readonly tip: BuiltBlock;
  /** All blocks from genesis on. */
  readonly blocks: readonly BuiltBlock[];
  /** Height of the next block. */
  readonly height: number;
  /** Median time past of the tip, in seconds. */
  readonly medianTimePast: number;
  /** Owns the coins. */
  readonly alice: TestKey;
  readonly bob: TestKey;
  /** Alice's mature coins, one reward each, oldest first; at least four. */
  readonly coins: readonly [CoinEntry, CoinEntry, CoinEntry, ...CoinEntry[]];
  /** The coinbase of the tip, Alice's too: immature wherever `coinbaseMaturity` is above 1. */
  readonly youngCoin: CoinEntry;
  /** An unspent coin that was paid to the hash of Alice's *uncompressed* key, which nobody can ever spend. */
  readonly uncompressedCoin: CoinEntry;
}

export interface InvalidTransaction {
  readonly name: string;
  /** Parameters of the chain where the usual ones would not do. */
  readonly params?: Partial<ChainParams>;
  readonly build: (context: TransactionContext) => Transaction;
  /** The reason inside a block, where it is another one. */
  readonly inBlock?: Reason;
  /** The reason of a mempool, where it is another one. */
  readonly inMempool?: Reason;
  /** The reason when it comes as JSON or bytes, where already reading it fails. */
  readonly whenRead?: Reason;
}

const BASE_HEIGHT = 8;
const contexts = new Map<string, TransactionContext>();

/** A chain of nine blocks, mined by Alice, for these parameters. Built once per set of parameters. */
export function transactionContext(params: Partial<ChainParams> = {}): TransactionContext {
  const cacheKey = JSON.stringify(params, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  let context = contexts.get(cacheKey);
  if (context === undefined) {
    context = buildContext(params);
    contexts.set(cacheKey, context);
  }
  return context;
}

function buildContext(params: Partial<ChainParams>): TransactionContext {
  const alice = key('alice');
  const forUncompressed = bytesToHex(hash160(uncompressed(alice.pubkey))) as Address;
  const chain = new ChainBuilder({ params, miner: alice })
    .extend(BASE_HEIGHT - 2)
    .block('u', { miner: forUncompressed });
  const [uncompressedCoin] = chain.coins(forUncompressed);
  chain.block('tip');
  const tip = chain.last;
  const coins = chain.coins(alice).filter(({ coin }) => coin.height < tip.height);
  const [youngCoin] = chain.coins(alice).filter(({ coin }) => coin.height === tip.height);
  const [first, second, third, ...more] = coins;
  if (!first || !second || !third || !youngCoin || !uncompressedCoin)
    throw new Error('the chain has too few coins');
  return {
    params: chain.params,
    chain,
    tip,
    blocks: tip.chain,
    height: tip.height + 1,
    medianTimePast: medianTimePast(tip),
    alice,
    bob: key('bob'),
    coins: [first, second, third, ...more],
    youngCoin,
    uncompressedCoin,
  };
}

/** A good payment of Alice to Bob out of her first coin: what the entries spoil. */
export function goodPayment({ coins, alice, bob }: TransactionContext, locktime = 0): Transaction {
  return pay({ coins: [coins[0]], from: alice, to: bob, amount: 1_000_000, fee: 10_000, locktime });
}

/** The same transaction with its first input changed *after* signing. */
function withFirstInput(
  tx: Transaction,
  change: (input: TransactionInput) => Partial<TransactionInput>,
): Transaction {
  return { ...tx, inputs: tx.inputs.map((input, i) => (i === 0 ? { ...input, ...change(input) } : input)) };
}

/** Spends Alice's coins to Bob in one output per amount. */
function outputs(
  { alice, bob }: TransactionContext,
  coins: readonly CoinEntry[],
  amounts: readonly number[],
): Transaction {
  return spend({
    coins,
    owner: alice,
    outputs: amounts.map((amount) => ({ amount, pubkeyHash: bob.address })),
  });
}

function flipBit(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.map((byte, i) => (i === index ? byte ^ 1 : byte));
}

const nothing = new Uint8Array();

/** By reason; in the order of `reasons.ts`. */
export const INVALID_TRANSACTIONS: Record<
  ReasonAbout<'transaction'>,
  readonly [InvalidTransaction, ...InvalidTransaction[]]
> = {
  'bad-txns-vin-empty': [
    { name: 'no inputs', build: (context) => ({ ...goodPayment(context), inputs: [] }) },
  ],
  'bad-txns-vout-empty': [
    { name: 'no outputs', build: (context) => outputs(context, [context.coins[0]], []) },
  ],
  'bad-txns-oversize': [
    {
      name: 'larger than a block',
      params: { maxBlockSizeBytes: 500 },
      inBlock: 'bad-blk-length',
      build: (context) => outputs(context, [context.coins[0]], new Array<number>(15).fill(1)),
    },
  ],
  'bad-txns-vout-negative': [
    {
      name: 'an output of −1, which would let the other one pay 1 too much',
      whenRead: 'bad-txns-vout-negative',
      build: (context) => outputs(context, [context.coins[0]], [context.coins[0].coin.amount + 1, -1]),
    },
  ],
  'bad-txns-vout-toolarge': [
    {
      name: 'MAX_MONEY + 1',
      build: (context) => outputs(context, [context.coins[0]], [context.params.maxMoney + 1]),
    },
    {
      name: '2^53: no longer a safe integer',
      whenRead: 'bad-txns-vout-toolarge',
      build: (context) => outputs(context, [context.coins[0]], [2 ** 53]),
    },
  ],
  'bad-txns-txouttotal-toolarge': [
    {
      name: 'two outputs of MAX_MONEY (CVE-2010-5139)',
      build: (context) =>
        outputs(context, [context.coins[0]], [context.params.maxMoney, context.params.maxMoney]),
    },
  ],
  'bad-txns-inputs-duplicate': [
    {
      name: 'one coin twice (CVE-2018-17144)',
      build: (context) =>
        outputs(context, [context.coins[0], context.coins[0]], [context.coins[0].coin.amount * 2]),
    },
    {
      name: 'one coin twice, though one copy would do',
      build: (context) =>
        outputs(
          context,
          [context.coins[0], context.coins[1], context.coins[0]],
          [context.coins[0].coin.amount],
        ),
    },
  ],
  'bad-txns-prevout-null': [
    {
      name: 'the null outpoint beside a true one',
      build: (context) => {
        const nullCoin = { ...context.coins[1], outpoint: { txid: NO_TXID, index: NULL_INDEX } };
        return outputs(context, [context.coins[0], nullCoin], [1_000_000]);
      },
    },
  ],
  'bad-cb-length': [
    {
      name: 'a coinbase with a signature',
      build: (context) => ({
        version: 1,
        inputs: [
          { prevTxid: NO_TXID, prevIndex: NULL_INDEX, signature: Uint8Array.of(0x51), pubkey: nothing },
        ],
        outputs: [{ amount: 1, pubkeyHash: context.alice.address }],
        locktime: context.height,
      }),
    },
  ],

  'bad-txns-inputs-missingorspent': [
    {
      name: 'a transaction that never was',
      build: (context) => {
        const outpoint = { txid: 'ab'.repeat(32) as Txid, index: 0 };
        return outputs(context, [{ ...context.coins[0], outpoint }], [1_000_000]);
      },
    },
    {
      name: 'a transaction that has no such output',
      build: (context) => {
        const outpoint = { txid: context.coins[0].outpoint.txid, index: 7 };
        return outputs(context, [{ ...context.coins[0], outpoint }], [1_000_000]);
      },
    },
    {
      name: 'the null txid with an index',
      build: (context) => {
        const outpoint = { txid: NO_TXID, index: 0 };
        return outputs(context, [{ ...context.coins[0], outpoint }], [1_000_000]);
      },
    },
  ],
  'bad-txns-premature-spend-of-coinbase': [
    {
      name: 'a reward one block old, where two are wanted',
      params: { coinbaseMaturity: 2 },
      build: (context) => outputs(context, [context.youngCoin], [1_000_000]),
    },
  ],
  'bad-txns-inputvalues-outofrange': [
    {
      // Two rewards exceed what may exist: only a network that creates more than its MAX_MONEY gets there.
      name: 'inputs beyond MAX_MONEY',
      params: { maxMoney: 7_500_000_000 },
      build: (context) => outputs(context, [context.coins[0], context.coins[1]], [1_000_000]),
    },
  ],
  'bad-txns-in-belowout': [
    {
      name: 'pays one unit more than it has',
      build: (context) => outputs(context, [context.coins[0]], [context.coins[0].coin.amount + 1]),
    },
    {
      name: 'pays one unit more, in two outputs',
      build: (context) => outputs(context, [context.coins[0]], [context.coins[0].coin.amount, 1]),
    },
  ],
  'bad-txns-nonfinal': [
    { name: 'locked until one block later', build: (context) => goodPayment(context, context.height + 1) },
    { name: 'locked until the last height', build: (context) => goodPayment(context, 499_999_999) },
    {
      name: 'locked until one second later',
      build: (context) => goodPayment(context, context.medianTimePast + 1),
    },
  ],
  'pubkey-hash-mismatch': [
    {
      name: "Bob signs for Alice's coin with his own key",
      build: (context) =>
        spend({
          coins: [context.coins[0]],
          owner: context.bob,
          outputs: [{ amount: 1_000_000, pubkeyHash: context.bob.address }],
        }),
    },
    {
      name: 'no public key',
      build: (context) => withFirstInput(goodPayment(context), () => ({ pubkey: nothing })),
    },
    {
      name: 'the uncompressed form of the right key',
      build: (context) =>
        withFirstInput(goodPayment(context), () => ({ pubkey: uncompressed(context.alice.pubkey) })),
    },
  ],
  'bad-signature-encoding': [
    {
      name: 'not signed',
      build: (context) => withFirstInput(goodPayment(context), () => ({ signature: nothing })),
    },
    {
      name: 'with a sighash-type byte, as Bitcoin has it',
      build: (context) =>
        withFirstInput(goodPayment(context), ({ signature }) => ({
          signature: Uint8Array.of(...signature, 1),
        })),
    },
    {
      name: 'the last byte missing',
      build: (context) =>
        withFirstInput(goodPayment(context), ({ signature }) => ({ signature: signature.slice(0, -1) })),
    },
  ],
  'bad-signature-high-s': [
    {
      name: 'order − S: what anyone can make of a good signature',
      build: (context) =>
        withFirstInput(goodPayment(context), ({ signature }) => ({ signature: withHighS(signature) })),
    },
  ],
  'bad-signature': [
    {
      name: 'one bit of S changed',
      build: (context) =>
        withFirstInput(goodPayment(context), ({ signature }) => ({
          signature: flipBit(signature, signature.length - 1),
        })),
    },
    {
      name: 'the payee changed after signing',
      build: (context) => {
        const tx = goodPayment(context);
        return {
          ...tx,
          outputs: tx.outputs.map((output) => ({ ...output, pubkeyHash: context.bob.address })),
        };
      },
    },
    {
      name: 'the first input wrong in a transaction whose second is right',
      build: (context) => {
        const tx = outputs(context, [context.coins[0], context.coins[1]], [1_000_000]);
        return withFirstInput(tx, () => ({ signature: tx.inputs[1]?.signature ?? nothing }));
      },
    },
    {
      name: 'a coin that belongs to an uncompressed key',
      build: (context) =>
        withFirstInput(outputs(context, [context.uncompressedCoin], [1_000_000]), () => ({
          pubkey: uncompressed(context.alice.pubkey),
        })),
    },
  ],
};

/** All entries with their reasons, for `test.each`. */
export const ALL_INVALID_TRANSACTIONS: readonly (InvalidTransaction & { readonly reason: Reason })[] = (
  Object.keys(INVALID_TRANSACTIONS) as ReasonAbout<'transaction'>[]
).flatMap((reason) => INVALID_TRANSACTIONS[reason].map((entry) => ({ ...entry, reason })));

/**
 * A block on the tip with this transaction in it, and right in all else. A coinbase takes the place of the block's own.
 */
export function blockWith(tx: Transaction, context: TransactionContext): BuiltBlock {
  const asCoinbase = isCoinbase(tx);
  return mineBlock({
    parent: context.tip,
    params: context.params,
    transactions: asCoinbase ? [] : [tx],
    // A small coinbase, so that the amounts of the broken transaction cannot make it break a rule of its own.
    mutate: (draft) => ({
      ...draft,
      transactions: asCoinbase
        ? [tx]
        : [coinbase(context.height, 1, context.alice), ...draft.transactions.slice(1)],
    }),
  });
}
