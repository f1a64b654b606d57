/**
 * The public vectors, part two: blocks and chains, run through the real rules: header tree, checkHeader, checkBlock,
 * connectBlock and every signature.
 */
import { describe, expect, test } from 'vitest';
import {
  blockFromJson,
  type BlockJson,
  type ChainParams,
  connectBlock,
  DEFAULT_PARAMS,
  blockToJson,
  parseOutpointKey,
  parseTarget,
  type Reason,
  type Verdict,
} from '../src/consensus/index.ts';
import { ReferenceChain } from './support/reference-chain.ts';
import { readVectors } from './support/vector-files.ts';

/** PROTOCOL 8: never retarget, and the target of the chains from the start. */
const params: ChainParams = {
  ...DEFAULT_PARAMS,
  retargetInterval: 0,
  defaultTarget: parseTarget(`0x${'f'.repeat(63)}`)!,
};

const LATER_S = 2_000_000_000;

interface ChainVector {
  block_reward: number;
  height: number;
  tip_hash: string;
  cumulative_work: string;
  fees: number[];
  blocks: BlockJson[];
  utxos: { txid: string; vout: number; amount: number; pubkey_hash: string }[];
  balances: Record<string, number>;
}

interface BlockCase {
  rule: string;
  note?: string;
  block: unknown;
  current_time?: number;
  valid_twin?: unknown;
}

interface BlockCases {
  base: string;
  current_time: number;
  valid: BlockCase[];
  invalid: BlockCase[];
  cases: BlockCase[];
}

/** As a node does it: read the JSON, then judge the block. */
function submit(chain: ReferenceChain, json: unknown): Verdict<{ movedTip: boolean }> {
  const block = blockFromJson(json);
  return block.ok ? chain.accept(block.value) : block;
}

function chainOf(blocks: readonly unknown[], nowS: number): ReferenceChain {
  const chain = new ReferenceChain(params, nowS);
  for (const block of blocks) expect(submit(chain, block)).toEqual({ ok: true, value: { movedTip: true } });
  return chain;
}

const named = ({ rule, note }: BlockCase): string => (note === undefined ? rule : `${rule}: ${note}`);

describe.each(['chain_5', 'chain_25', 'chain_60'])('%s', (name) => {
  const vector = readVectors<ChainVector>(name);
  const chain = chainOf(vector.blocks, LATER_S);

  test('tip, height and work', () => {
    expect(chain.tip).toMatchObject({ hash: vector.tip_hash, height: vector.height });
    expect(String(chain.work)).toBe(vector.cumulative_work);
    expect(vector.block_reward).toBe(params.blockReward);
  });

  test('the unspent coins and balances', () => {
    const coins = [...chain.coins.map].map(([key, { amount, pubkeyHash }]) => {
      const { txid, index } = parseOutpointKey(key);
      return { txid, vout: index, amount, pubkey_hash: pubkeyHash };
    });
    const inOrder = (list: ChainVector['utxos']) =>
      [...list].sort((a, b) => (a.txid === b.txid ? a.vout - b.vout : a.txid < b.txid ? -1 : 1));
    expect(inOrder(coins)).toEqual(inOrder(vector.utxos));
    const balances = Object.fromEntries(Object.keys(vector.balances).map((address) => [address, 0]));
    for (const { pubkey_hash, amount } of coins)
      balances[pubkey_hash] = (balances[pubkey_hash] ?? 0) + amount;
    expect(balances).toEqual(vector.balances);
  });

  test('the fees of every block', () => {
    const again = new ReferenceChain(params, LATER_S);
    const fees = vector.blocks.map((json, height) => {
      const block = blockFromJson(json);
      if (!block.ok) throw new Error(block.detail);
      const connected = connectBlock(block.value, again.coins, {
        height,
        medianTimePast: 0xffffffff,
        params,
      });
      again.accept(block.value);
      return connected.ok ? connected.value.fees : connected.detail;
    });
    expect(fees).toEqual(vector.fees);
  });

  test('the JSON comes out as it went in', () => {
    for (const json of vector.blocks) {
      const block = blockFromJson(json);
      expect(block.ok && blockToJson(block.value)).toEqual(json);
    }
  });
});

/** Why each invalid block is refused here. Some rules have cases that break at different places. */
const REFUSALS: Record<string, readonly Reason[]> = {
  bad_merkle_root: ['bad-txnmrklroot'],
  'bad_merkle_root: two payments swapped, header untouched': ['bad-txnmrklroot'],
  bad_pow: ['high-hash'],
  'bad_pow: claims a much harder target than its hash meets': ['bad-diffbits'],
  unknown_parent: ['prev-blk-not-found'],
  timestamp_future: ['time-too-new'],
  'timestamp_future: in the future under any clock before 2106': ['time-too-new'],
  no_transactions: ['bad-cb-missing'],
  no_coinbase: ['bad-cb-missing'],
  coinbase_not_first: ['bad-cb-missing'],
  two_coinbases: ['bad-cb-multiple'],
  coinbase_too_large: ['bad-cb-amount', 'bad-txns-vout-toolarge'],
  'coinbase_too_large: the sum of two outputs': ['bad-cb-amount'],
  'coinbase_too_large: outputs add up to the reward modulo 2^64': ['bad-txns-vout-toolarge'],
  'coinbase_shape: two null inputs': ['bad-cb-missing'],
  'coinbase_shape: null txid with index fffffffe': ['bad-cb-missing'],
  'coinbase_shape: null txid with index 0': ['bad-cb-missing'],
  'txid_already_unspent: coinbase repeats the txid of an earlier one whose outputs are still unspent': [
    'bad-cb-height', // which is what makes a repeated coinbase impossible
  ],
  double_spend_in_block: ['bad-txns-inputs-missingorspent'],
  'double_spend_in_block: the same transaction twice': ['bad-txns-inputs-missingorspent'],
  'double_spend_in_block: last transaction repeated; header, merkle root and hash are those of a valid block':
    ['bad-txns-duplicate'],
  missing_utxo: ['bad-txns-inputs-missingorspent'],
  'missing_utxo: txid exists, index does not': ['bad-txns-inputs-missingorspent'],
  'already_spent: spent in an earlier block': ['bad-txns-inputs-missingorspent'],
  'already_spent: a confirmed transaction once more': ['bad-txns-inputs-missingorspent'],
  'spends_later_output: child placed before its parent': ['bad-txns-inputs-missingorspent'],
  'spends_own_coinbase: spends the coinbase of the same block': ['bad-txns-premature-spend-of-coinbase'],
  'bad_signature: one bit changed': ['bad-signature', 'bad-signature-encoding', 'bad-signature-high-s'],
  'bad_signature: same block hash as the valid twin: a node must still take the twin afterwards': [
    ...(['bad-signature', 'bad-signature-encoding', 'bad-signature-high-s'] as const),
  ],
  'bad_signature: output changed after signing': ['bad-signature'],
  'bad_signature: payee changed after signing': ['bad-signature'],
  'bad_signature: locktime changed after signing': ['bad-signature'],
  'bad_signature: version changed after signing': ['bad-signature'],
  'bad_signature: empty': ['bad-signature-encoding'],
  'bad_signature: not hex': ['malformed-field'],
  'bad_signature: high s': ['bad-signature-high-s'],
  'bad_signature: byte after the end': ['bad-signature-encoding'],
  'bad_signature: sighash-type byte appended': ['bad-signature-encoding'],
  "bad_signature: the two inputs carry each other's signature and pubkey": ['bad-signature'], // both of one owner
  'bad_signature: second input signed with the digest of the first': ['bad-signature'],
  "wrong_pubkey: the two inputs carry each other's signature and pubkey": ['pubkey-hash-mismatch'],
  "wrong_pubkey: signed by a stranger, with the stranger's pubkey": ['pubkey-hash-mismatch'],
  'wrong_pubkey: a stranger signs the right digest': ['pubkey-hash-mismatch'],
  "wrong_pubkey: owner's signature, stranger's pubkey": ['pubkey-hash-mismatch'],
  'wrong_pubkey: no pubkey': ['pubkey-hash-mismatch'],
  'wrong_pubkey: pubkey not hex': ['malformed-field'],
  "wrong_pubkey: uncompressed form of the owner's pubkey": ['pubkey-hash-mismatch'],
  empty_inputs: ['bad-txns-vin-empty'],
  empty_outputs: ['bad-txns-vout-empty'],
  duplicate_input: ['bad-txns-inputs-duplicate'],
  'duplicate_input: even though one copy would cover the outputs': ['bad-txns-inputs-duplicate'],
  overspend: ['bad-txns-in-belowout'],
  'overspend: 2^63-1': ['bad-txns-vout-toolarge'],
  'overspend: outputs add up to inputs-10 modulo 2^64': ['bad-txns-vout-toolarge'],
  negative_amount: ['bad-txns-vout-negative'],
  amount_overflow: ['bad-txns-vout-toolarge'],
  'amount_overflow: equals 1 modulo 2^64': ['bad-txns-vout-toolarge'],
  'index_overflow: equals the right index modulo 2^32': ['malformed-field'],
  index_overflow: ['malformed-field'],
  version_overflow: ['malformed-field'],
  locktime_overflow: ['malformed-field'],
  'header_overflow: timestamp modulo 2^32 is fine': ['malformed-field'],
  'header_overflow: version modulo 2^32 is 1': ['malformed-field'],
  'header_overflow: nonce modulo 2^32 is right': ['malformed-field'],
  'target_overflow: 2^256': ['malformed-field'],
  'hex_form: pubkey_hash not hex': ['malformed-field'],
  'hex_form: pubkey_hash too short': ['malformed-field'],
  'hex_form: prev_hash too short': ['malformed-field'],
  'missing_field: merkle_root': ['malformed-field'],
  'missing_field: header': ['malformed-field'],
  'missing_field: amount': ['malformed-field'],
  'wrong_type: amount as text': ['malformed-field'],
  'wrong_type: amount with a fraction': ['malformed-field'],
};

type Deviation = { readonly verdict: 'taken' | 'side-branch' | readonly Reason[]; readonly because: string };

/** Where we judge otherwise than the original, or for another reason (PROTOCOL 8). */
const DEVIATIONS: Record<string, Deviation> = {
  'hex_form: merkle_root in capitals': {
    verdict: 'taken',
    because: 'letter case is normalised before comparing',
  },
  'hex_form: prev_txid in capitals': {
    verdict: 'taken',
    because: 'letter case is normalised before comparing',
  },
  second_genesis: {
    verdict: ['bad-cb-height'],
    because:
      'a second root is a fork like any other; but this one says height 25 in its coinbase, and stands at 0',
  },
  'unknown_parent: extends the block before the tip': {
    verdict: ['bad-cb-height'],
    because: 'a side branch is fine; but this block says height 25 in its coinbase, and stands at 24',
  },
};

/** What the original takes without thought, and what we make of it. */
const QUESTIONABLE: Record<string, Deviation> = {
  'target easier than the chain (2^256-1)': {
    verdict: ['bad-diffbits'],
    because: 'the target is computed, never believed',
  },
  'target harder than the chain': {
    verdict: ['bad-diffbits'],
    because: 'the target is computed, never believed',
  },
  'timestamp equal to the parent': {
    verdict: 'taken',
    because: 'only the median of the last 11 must be passed',
  },
  'timestamp before the parent': {
    verdict: 'taken',
    because: 'only the median of the last 11 must be passed',
  },
  'timestamp 0': { verdict: ['time-too-old'], because: 'a miner could drag time backwards' },
  'coinbase without outputs': {
    verdict: ['bad-txns-vout-empty'],
    because: 'as in Bitcoin: it would create nothing',
  },
  'coinbase locktime is not the height': {
    verdict: ['bad-cb-height'],
    because: 'two coinbases would be one txid',
  },
  'block version 0': { verdict: 'taken', because: 'versions mean nothing here' },
  'block version -1': { verdict: 'taken', because: 'versions mean nothing here' },
  'spends a one-block-old coinbase': { verdict: 'taken', because: 'COINBASE_MATURITY is 0' },
  'coinbase input carries a signature text': {
    verdict: ['bad-cb-length', 'malformed-field'],
    because: 'free bytes that no hash commits to',
  },
  'more than 100 transactions besides the coinbase': {
    verdict: 'taken',
    because: 'the limit of 100 is the policy of a miner; the rule is about bytes',
  },
  'locktime in the future on a payment': {
    verdict: 'taken',
    because: 'its locktime is 0xffffffff, which stands in the valid chains too and means "no lock" here',
  },
  'pubkey_hash in capitals in an output': { verdict: 'taken', because: 'letter case is normalised' },
  'signature in capitals': { verdict: 'taken', because: 'letter case is normalised' },
  'signature with a space in front': { verdict: ['malformed-field'], because: 'a space is no hex' },
  'block_hash field is wrong (header is fine)': {
    verdict: ['block-hash-mismatch'],
    because: 'whoever reads the text would be misled',
  },
  'txid field is wrong': { verdict: ['txid-mismatch'], because: 'whoever reads the text would be misled' },
  'target without 0x': { verdict: 'taken', because: 'it can be read in one way only' },
  'target as a JSON number': {
    verdict: 'taken',
    because: 'a reader that keeps it exact may hand it over as bigint',
  },
};

/** Judges a case on a fresh copy of the base. */
function judge(
  cases: BlockCases,
  one: BlockCase,
): { verdict: Verdict<{ movedTip: boolean }>; chain: ReferenceChain } {
  const base = readVectors<ChainVector>(cases.base);
  const chain = chainOf(base.blocks, one.current_time ?? cases.current_time);
  return { verdict: submit(chain, one.block), chain };
}

function expectVerdict(
  verdict: Verdict<{ movedTip: boolean }>,
  expected: Deviation['verdict'],
  name: string,
): void {
  if (expected === 'taken') expect(verdict, name).toEqual({ ok: true, value: { movedTip: true } });
  else if (expected === 'side-branch')
    expect(verdict, name).toEqual({ ok: true, value: { movedTip: false } });
  else
    expect(expected, `${name} is ${JSON.stringify(verdict)}`).toContain(
      verdict.ok ? 'taken' : verdict.reason,
    );
}

describe('invalid_blocks', () => {
  const cases = readVectors<BlockCases>('invalid_blocks');

  test('the controls are taken', () => {
    for (const one of cases.valid) expectVerdict(judge(cases, one).verdict, 'taken', named(one));
  });

  test('every invalid block is refused for the reason we think of, and its valid twin still taken', () => {
    for (const one of cases.invalid) {
      const name = named(one);
      const expected = DEVIATIONS[name]?.verdict ?? REFUSALS[name];
      if (expected === undefined) throw new Error(`the tables above do not know "${name}"`);
      const { verdict, chain } = judge(cases, one);
      expectVerdict(verdict, expected, name);
      if (one.valid_twin !== undefined)
        expectVerdict(submit(chain, one.valid_twin), 'taken', `twin of ${name}`);
    }
  });

  test('the tables say nothing about cases that do not exist', () => {
    const names = new Set(cases.invalid.map(named));
    expect([...Object.keys(DEVIATIONS), ...Object.keys(REFUSALS)].filter((name) => !names.has(name))).toEqual(
      [],
    );
  });
});

test('questionable_blocks: what the original takes without thought', () => {
  const cases = readVectors<BlockCases>('questionable_blocks');
  const names = new Set(cases.cases.map(named));
  expect(new Set(Object.keys(QUESTIONABLE))).toEqual(names);
  for (const one of cases.cases) {
    expectVerdict(judge(cases, one).verdict, QUESTIONABLE[named(one)]!.verdict, named(one));
  }
});

describe('invalid_chains', () => {
  const REASONS_OF_RULES: Record<string, Reason> = {
    coinbase_too_large: 'bad-cb-amount',
    bad_signature: 'bad-signature',
    broken_link: 'prev-blk-not-found',
    bad_pow: 'high-hash',
    bad_merkle_root: 'bad-txnmrklroot',
  };
  const chains = readVectors<{ rule: string; broken_at: number; blocks: unknown[] }[]>('invalid_chains');

  test.each(chains)(
    '$rule at height $broken_at: taken up to there, and no further',
    ({ rule, broken_at, blocks }) => {
      const chain = chainOf(blocks.slice(0, broken_at), LATER_S);
      expect(submit(chain, blocks[broken_at])).toMatchObject({ ok: false, reason: REASONS_OF_RULES[rule] });
      for (const block of blocks.slice(broken_at + 1)) submit(chain, block);
      expect(chain.tip?.height ?? -1).toBe(broken_at - 1);
    },
  );
});
