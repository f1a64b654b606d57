/**
 * Blocks that break one rule for ever: the fault is in bytes that the hash commits to, so the hash itself is bad. (Faults in
 * other bytes are in copy-faults.ts.) Each is made at a random place of a block that is otherwise good.
 */
import { medianTimePast } from '../../src/consensus/check-header.ts';
import {
  type Block,
  type CoinEntry,
  coinsCreatedBy,
  expectedTarget,
  NO_TXID,
  NULL_INDEX,
  outpointKey,
  subsidyAt,
  type Target,
  type Transaction,
  type TransactionInput,
  type Txid,
} from '../../src/consensus/index.ts';
import { type BuiltBlock, coinbase, coinsAfter, grind } from '../support/chain-builder.ts';
import {
  type Draft,
  mineDraft,
  NOW_S,
  NOWHERE,
  OWNERS,
  PARAMS,
  spendable,
  sumOf,
  transfer,
} from './draft.ts';

type Fault = (draft: Draft) => BuiltBlock | undefined;

const PAYEE = OWNERS[1]!.address;

/** Puts a transaction at the random place among the payments. The miner forgoes the fees: some would be beyond all money. */
function withPayment(draft: Draft, tx: Transaction): BuiltBlock {
  const payments = [...draft.payments];
  payments.splice(draft.at % (payments.length + 1), 0, tx);
  const { height, miner, extraNonce } = draft;
  const modest = coinbase(height, subsidyAt(height, PARAMS), miner, extraNonce);
  return mineDraft(
    { ...draft, payments },
    { mutate: (block) => ({ ...block, transactions: [modest, ...block.transactions.slice(1)] }) },
  );
}

/** Coins that the payments of the draft leave alone. */
function idleCoins({ parent, height, payments }: Draft): CoinEntry[] {
  const taken = new Set(
    payments.flatMap(({ inputs }) =>
      inputs.map(({ prevTxid, prevIndex }) => outpointKey(prevTxid, prevIndex)),
    ),
  );
  return spendable(coinsAfter(parent), height).filter(
    ({ outpoint }) => !taken.has(outpointKey(outpoint.txid, outpoint.index)),
  );
}

const richestFirst = (draft: Draft): CoinEntry[] =>
  idleCoins(draft).sort((a, b) => b.coin.amount - a.coin.amount);

/** A fault in a payment that is added, out of an idle coin. */
const inPayment =
  (make: (coin: CoinEntry, draft: Draft) => Transaction | undefined): Fault =>
  (draft) => {
    const coins = idleCoins(draft);
    const coin = coins[draft.at % Math.max(1, coins.length)];
    const tx = coin === undefined ? undefined : make(coin, draft);
    return tx === undefined ? undefined : withPayment(draft, tx);
  };

const paying = (coins: readonly CoinEntry[], ...amounts: readonly number[]): Transaction =>
  transfer(
    coins,
    amounts.map((amount) => ({ amount, pubkeyHash: PAYEE })),
  );

/** Spends an outpoint of which we do not know whether there is one. */
const outOf = (outpoint: CoinEntry['outpoint'], like: CoinEntry): Transaction =>
  paying([{ ...like, outpoint }], 1);

/** Changes header or transactions before the work is done. */
const inDraft =
  (mutate: (block: Block, draft: Draft) => Block): Fault =>
  (draft) =>
    mineDraft(draft, { mutate: (block) => mutate(block, draft) });

/** Puts other transactions into the place of all. */
const inBody = (change: (all: readonly Transaction[], draft: Draft) => readonly Transaction[]): Fault =>
  inDraft((block, draft) => ({ ...block, transactions: change(block.transactions, draft) }));

const inTarget = (change: (target: bigint) => bigint): Fault =>
  inDraft(({ header, transactions }) => ({
    header: { ...header, target: (change(header.target) % 2n ** 256n) as Target },
    transactions,
  }));

const nullInput: TransactionInput = {
  ...{ prevTxid: NO_TXID, prevIndex: NULL_INDEX },
  ...{ signature: new Uint8Array(), pubkey: new Uint8Array() },
};

const FAULTS = {
  // A transaction by itself.
  'no inputs': inPayment((coin) => ({ ...paying([coin], 1), inputs: [] })),
  'no outputs': inPayment((coin) => paying([coin])),
  'a negative amount': inPayment((coin) => paying([coin], coin.coin.amount + 1, -1)),
  'an amount too large': inPayment((coin, { at }) =>
    paying([coin], at % 2 === 0 ? PARAMS.maxMoney + 1 : 2 ** 53 - 1),
  ),
  'a sum too large': inPayment((coin) => paying([coin], PARAMS.maxMoney, 1)),
  'a coin twice in a payment': inPayment((coin) => paying([coin, coin], coin.coin.amount)),
  'a null input': inPayment((coin) => {
    const tx = paying([coin], 1);
    return { ...tx, inputs: [...tx.inputs, nullInput] };
  }),

  // A transaction and the coins.
  'a coin that never was': inPayment((coin, { at }) =>
    outOf({ txid: 'ab'.repeat(32) as Txid, index: at }, coin),
  ),
  'an output too many': inPayment((coin) =>
    outOf({ ...coin.outpoint, index: coin.outpoint.index + 7 }, coin),
  ),
  'a coin twice in a block': (draft) => {
    const [first] = draft.payments;
    const coin = [...coinsAfter(draft.parent)].find(
      ([name]) =>
        name === outpointKey(first?.inputs[0]?.prevTxid ?? NO_TXID, first?.inputs[0]?.prevIndex ?? 0),
    );
    if (first === undefined || coin === undefined) return undefined;
    const { prevTxid, prevIndex } = first.inputs[0]!;
    return withPayment(draft, paying([{ outpoint: { txid: prevTxid, index: prevIndex }, coin: coin[1] }], 1));
  },
  'a child before its parent': inPaymentPair(),
  'a coin that was spent': (draft) => {
    const before = draft.parent?.block.transactions.find((_, index) => index > 0);
    const input = before?.inputs[0];
    if (input === undefined) return undefined;
    const coin = coinsAfter(draft.parent!.parent).get(outpointKey(input.prevTxid, input.prevIndex));
    if (coin === undefined) return undefined;
    const outpoint = { txid: input.prevTxid, index: input.prevIndex };
    return withPayment(draft, paying([{ outpoint, coin }], 1));
  },
  'a coin of another branch': (draft) => {
    const coin = draft.elsewhere[draft.at % Math.max(1, draft.elsewhere.length)];
    return coin === undefined ? undefined : withPayment(draft, paying([coin], 1));
  },
  'a young reward': (draft) => {
    const [young] = coinsCreatedBy(draft.parent!.block.transactions[0]!, draft.height - 1);
    return young === undefined ? undefined : withPayment(draft, paying([young], 1));
  },
  'a reward of the same block': (draft) => {
    const { height, miner, extraNonce } = draft;
    const reward = coinbase(height, 1_000, miner, extraNonce);
    const child = paying(coinsCreatedBy(reward, height), 1);
    return mineDraft(draft, { mutate: (block) => ({ ...block, transactions: [reward, child] }) });
  },
  'inputs worth too much': (draft) => {
    const alone = { ...draft, payments: [] };
    const coins: CoinEntry[] = [];
    for (const coin of richestFirst(alone)) if (sumOf(coins) <= PARAMS.maxMoney) coins.push(coin);
    return sumOf(coins) > PARAMS.maxMoney ? withPayment(alone, paying(coins, 1)) : undefined;
  },
  'one unit more than it has': inPayment((coin) =>
    coin.coin.amount < PARAMS.maxMoney ? paying([coin], coin.coin.amount, 1) : undefined,
  ),
  'locked until the next height': inPayment((coin, { height }) =>
    transfer([coin], [{ amount: 1, pubkeyHash: PAYEE }], height + 1),
  ),
  'locked until the next second': inPayment((coin, { parent }) =>
    transfer([coin], [{ amount: 1, pubkeyHash: PAYEE }], medianTimePast(parent) + 1),
  ),

  // A header.
  'an easier target': inTarget((target) => target * 2n),
  'a harder target': inTarget((target) => target / 2n),
  'the target of its parent': inDraft((block, { parent }) => ({
    ...block,
    header: { ...block.header, target: parent!.target },
  })),
  'no work': (draft) => {
    // Under the easiest of targets there is no hash without work.
    const isEasy = expectedTarget(draft.parent, PARAMS) > 2n ** 255n;
    const spoil = (block: Block): Block => ({ ...block, header: grind(block.header, { avoid: true }) });
    return isEasy ? undefined : mineDraft(draft, { spoil });
  },
  'at the median': (draft) => mineDraft(draft, { timestamp: medianTimePast(draft.parent) }),
  'long ago': (draft) => mineDraft(draft, { timestamp: draft.at }),
  'into the past at an interval': (draft) => {
    // Only a parent far ahead of its ancestors leaves room for going back so far.
    let parent = draft.parent!;
    for (
      let step = 1;
      parent.height % PARAMS.retargetInterval !== PARAMS.retargetInterval - 1 || step === 1;
      step++
    ) {
      const extraNonce = 1_000_000 + 100 * draft.extraNonce + step;
      const timestamp = Math.max(medianTimePast(parent) + 1, parent.timestamp + 10);
      const lead = (parent.height + 2) % PARAMS.retargetInterval === 0 ? 800 : 0;
      parent = mineDraft({
        ...{ parent, height: parent.height + 1, at: 0, payments: [], elsewhere: [], miner: draft.miner },
        ...{ extraNonce, timestamp: timestamp + lead },
      });
    }
    const { height, timestamp } = parent;
    return mineDraft({ ...draft, parent, height: height + 1, payments: [], timestamp: timestamp - 601 });
  },
  'in the future': (draft) => mineDraft(draft, { timestamp: NOW_S + 7_201 + draft.at }),
  'no such parent': inDraft((block) => ({ ...block, header: { ...block.header, prevHash: NOWHERE } })),

  // A body.
  'no coinbase': (draft) => (draft.payments.length === 0 ? undefined : inBody((all) => all.slice(1))(draft)),
  'the coinbase in second place': (draft) =>
    draft.payments.length === 0
      ? undefined
      : inBody(([first, second, ...rest]) => [second!, first!, ...rest])(draft),
  'two coinbases': inBody((all, { at, height }) => {
    const changed = [...all];
    changed.splice(1 + (at % all.length), 0, coinbase(height, 0, OWNERS[2]!, 77));
    return changed;
  }),
  'the height of its parent': inBody(([, ...rest], { height, miner, extraNonce }) => [
    coinbase(height - 1, 1, miner, extraNonce),
    ...rest,
  ]),
  'one unit too many for the miner': inBody(([first, ...rest]) => {
    const [output, ...others] = first!.outputs;
    return [{ ...first!, outputs: [{ ...output!, amount: output!.amount + 1 }, ...others] }, ...rest];
  }),
  'fees beyond all money': (draft) => {
    const small = coinbase(
      draft.height,
      Math.min(1, subsidyAt(draft.height, PARAMS)),
      draft.miner,
      draft.extraNonce,
    );
    const fees: Transaction[] = [];
    let sum = 0;
    for (const coin of richestFirst({ ...draft, payments: [] })) {
      if (sum > PARAMS.maxMoney) break;
      fees.push(paying([coin], 1));
      sum += coin.coin.amount - 1;
    }
    if (sum <= PARAMS.maxMoney) return undefined;
    return mineDraft(draft, { mutate: (block) => ({ ...block, transactions: [small, ...fees] }) });
  },
} as const satisfies Record<string, Fault>;

/** A payment out of one that comes later in the block. */
function inPaymentPair(): Fault {
  return (draft) => {
    const [coin] = idleCoins(draft);
    if (coin === undefined || coin.coin.amount < 2) return undefined;
    const parent = paying([coin], coin.coin.amount);
    const child = paying(coinsCreatedBy(parent, draft.height), 1);
    return mineDraft({ ...draft, payments: [child, parent] });
  };
}

export type BlockFault = keyof typeof FAULTS;
export const BLOCK_FAULTS = Object.keys(FAULTS) as BlockFault[];

/**
 * Mines a block with this fault; undefined where the draft has nothing to make it of. It may stand on good blocks of its own.
 * @param draft not of a genesis block
 */
export function mineFaulty(kind: BlockFault, draft: Draft): BuiltBlock | undefined {
  return FAULTS[kind](draft);
}
