/** What random blocks are made of: parameters, owners, signed transactions, and drafts of blocks that a fault may spoil. */
import { createRequire } from 'node:module';
import {
  type Address,
  type BlockHash,
  type ChainParams,
  type Coin,
  type CoinEntry,
  type OutpointKey,
  parseOutpointKey,
  sighash,
  type Target,
  type Transaction,
  type TransactionOutput,
} from '../../src/consensus/index.ts';
import {
  type BuiltBlock,
  EASY_PARAMS,
  GENESIS_TIME_S,
  key,
  mineBlock,
  type TestKey,
} from '../support/chain-builder.ts';
import { signDigest } from '../support/keys.ts';

/** Small numbers, so that every limit is met: few blocks to a halving, a retarget, a mature reward, a full block. */
export const PARAMS: ChainParams = {
  ...EASY_PARAMS,
  defaultTarget: (2n ** 254n) as Target,
  halvingInterval: 6,
  retargetInterval: 4,
  targetBlockTimeS: 10,
  coinbaseMaturity: 2,
  maxBlockSizeBytes: 2_500,
  // A reward and a fifth: two rewards in one transaction are more than may exist.
  maxMoney: 6_000_000_000,
};

export const OWNERS: readonly TestKey[] = ['alice', 'bob', 'carol'].map(key);

/** What our clock says, seconds. Chains that run ahead of it meet the rule about that. */
export const NOW_S = GENESIS_TIME_S + 3_600;

/** An address that nobody has the key of. */
export const NOBODY = 'ee'.repeat(20) as Address;
/** A parent that nobody has seen. */
export const NOWHERE = 'cd'.repeat(32) as BlockHash;

interface NativeSigner {
  ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { readonly signature: Uint8Array };
  signatureExport(compact: Uint8Array): Uint8Array;
}

function loadNative(): NativeSigner | undefined {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings') as NativeSigner;
  } catch {
    return undefined;
  }
}

const native = loadNative();

/** The same bytes from either engine (RFC 6979, low S). */
export function sign(digest: Uint8Array, { privateKey }: TestKey): Uint8Array {
  return native === undefined
    ? signDigest(digest, privateKey)
    : native.signatureExport(native.ecdsaSign(digest, privateKey).signature);
}

/** Who owns a coin; nobody may, where a fault paid into the blue. */
export function ownerOf({ coin }: CoinEntry): TestKey {
  return OWNERS.find(({ address }) => address === coin.pubkeyHash) ?? OWNERS[0]!;
}

/** Spends coins of any owners into these outputs, every input signed by the owner of its coin. */
export function transfer(
  coins: readonly CoinEntry[],
  outputs: readonly TransactionOutput[],
  locktime = 0,
): Transaction {
  const nothing = new Uint8Array();
  const bare: Transaction = {
    version: 1,
    inputs: coins.map(({ outpoint }) => ({
      prevTxid: outpoint.txid,
      prevIndex: outpoint.index,
      signature: nothing,
      pubkey: nothing,
    })),
    outputs,
    locktime,
  };
  return {
    ...bare,
    inputs: bare.inputs.map((input, index) => {
      const owner = ownerOf(coins[index]!);
      const signature = sign(sighash(bare, index, owner.address), owner);
      return { ...input, signature, pubkey: owner.pubkey };
    }),
  };
}

export const sumOf = (coins: readonly CoinEntry[]): number =>
  coins.reduce((sum, { coin }) => sum + coin.amount, 0);

/** Coins that a block at this height may spend, in a fixed order. */
export function spendable(coins: ReadonlyMap<OutpointKey, Coin>, height: number): CoinEntry[] {
  return (
    [...coins]
      .filter(([, coin]) => !coin.coinbase || height - coin.height >= PARAMS.coinbaseMaturity)
      // On a bad block there may be coins that cannot be.
      .filter(([, { amount }]) => amount >= 0 && amount <= PARAMS.maxMoney)
      .filter(([, coin]) => OWNERS.some(({ address }) => address === coin.pubkeyHash))
      .map(([name, coin]) => ({ outpoint: parseOutpointKey(name), coin }))
  );
}

// --- Blocks --------------------------------------------------------------------------------------------------------

/** What a fault may work with. */
export interface Draft {
  readonly parent: BuiltBlock | null;
  readonly height: number;
  readonly timestamp: number;
  readonly miner: TestKey;
  readonly payments: readonly Transaction[];
  /** Coins that there are on other branches only. */
  readonly elsewhere: readonly CoinEntry[];
  /** Makes the coinbases of all blocks different. */
  readonly extraNonce: number;
  /** A number that picks a place. */
  readonly at: number;
}

/** Mines a draft as it is, or with what the options change. */
export function mineDraft(draft: Draft, options: Partial<Parameters<typeof mineBlock>[0]> = {}): BuiltBlock {
  const { parent, timestamp, miner, payments, extraNonce } = draft;
  return mineBlock({
    ...{ parent, timestamp, extraNonce, minerAddress: miner, transactions: payments, params: PARAMS },
    ...options,
  });
}
