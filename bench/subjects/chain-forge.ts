/**
 * Makes chains to measure with: real transactions with real signatures, the same bytes for the same seed.
 *
 *   fund(100_000)        blocks whose only payment splits the reward before into many coins
 *   payments(100)        signed payments of 2 inputs and 2 outputs, the coins chosen at random among all
 *   mine(payments)       a block of them; what it creates can be spent by the next payments
 *
 * Blocks are handed out as bytes. Whoever measures decodes them afresh: objects remember their hashes, and a block from the
 * network has none to remember.
 */
import {
  type Address,
  type Block,
  type BlockHash,
  blockHashOf,
  type BlockHeader,
  type ChainParams,
  decodeBlock,
  decodeTransaction,
  encodeBlock,
  encodeTransaction,
  hashMeetsTarget,
  merkleRoot,
  NO_BLOCK,
  NO_TXID,
  NULL_INDEX,
  type Outpoint,
  sighash,
  subsidyAt,
  type Transaction,
  type TransactionInput,
  type TransactionOutput,
  txidOf,
} from '../../src/consensus/index.ts';
import { seededRandom } from './seeded-random.ts';
import { type SigningKey, signingKey } from './signing.ts';

/** 2023. Blocks come every ten seconds from then on, in the past of every clock. */
const GENESIS_TIME_S = 1_700_000_000;
const OWNERS = 16;
/** Of a funding transaction: 28 bytes each, well below the largest block. */
const MOST_COINS_PER_BLOCK = 20_000;
/** Base units for 2 inputs and 2 outputs (about 350 bytes): well above what mempools ask for. */
const FEE = 1_000;
const NOTHING = new Uint8Array();

interface OwnedCoin extends Outpoint {
  readonly amount: number;
  readonly owner: SigningKey;
}

export interface ForgeOptions {
  readonly seed: number;
  /** `retargetInterval` must be 0: the forge does not count the time. */
  readonly params: ChainParams;
  /** False leaves the proof of work out: for chains that are written into a store and never checked. */
  readonly proofOfWork: boolean;
}

export class ChainForge {
  /** Addresses that all coins belong to. */
  readonly addresses: readonly Address[];
  private readonly params: ChainParams;
  private readonly proofOfWork: boolean;
  private readonly random: () => number;
  private readonly owners: readonly SigningKey[];
  private readonly ownerOf: ReadonlyMap<Address, SigningKey>;
  private coins: OwnedCoin[] = [];
  private parent: BlockHash = NO_BLOCK;
  private height = -1;
  private lastCoinbase: OwnedCoin | undefined = undefined;

  constructor({ seed, params, proofOfWork }: ForgeOptions) {
    if (params.retargetInterval !== 0) throw new Error('the forge makes chains whose target stays');
    this.params = params;
    this.proofOfWork = proofOfWork;
    this.random = seededRandom(seed);
    this.owners = Array.from({ length: OWNERS }, (_, index) => signingKey(`bench ${seed} owner ${index}`));
    this.ownerOf = new Map(this.owners.map((owner) => [owner.address, owner]));
    this.addresses = this.owners.map(({ address }) => address);
  }

  /** Coins that payments can choose from. */
  get coinCount(): number {
    return this.coins.length;
  }

  /** Blocks after which there are `count` more coins. Begins with a genesis block where there is none. */
  fund(count: number): Uint8Array[] {
    const blocks = this.lastCoinbase === undefined ? [this.mine([])] : [];
    for (let left = count; left > 0; left -= MOST_COINS_PER_BLOCK) {
      const coin = this.lastCoinbase;
      if (coin === undefined) throw new Error('there is no coinbase to split');
      const outputs = Math.min(left, MOST_COINS_PER_BLOCK);
      const amount = Math.floor(coin.amount / outputs);
      const split = this.sign(
        [coin],
        Array.from({ length: outputs }, (_, index) => ({ amount, pubkeyHash: this.owner(index).address })),
      );
      blocks.push(this.mine([split]));
    }
    return blocks;
  }

  /** Signed payments of 2 inputs and 2 outputs each. @param fee of each, in base units */
  payments(count: number, fee = FEE): Transaction[] {
    return Array.from({ length: count }, () => {
      const coins = [this.takeCoin(), this.takeCoin()];
      const rest = coins.reduce((sum, { amount }) => sum + amount, 0) - fee;
      const first = Math.floor(rest / 2);
      if (first < 1) throw new Error('the coins have become too small to pay with');
      return this.sign(coins, [
        { amount: first, pubkeyHash: this.anyOwner().address },
        { amount: rest - first, pubkeyHash: this.anyOwner().address },
      ]);
    });
  }

  /** The next block, with a coinbase and these. */
  mine(transactions: readonly Transaction[]): Uint8Array {
    this.height++;
    const reward = subsidyAt(this.height, this.params);
    const miner = this.owner(this.height);
    const coinbase: Transaction = {
      version: 1,
      inputs: [{ prevTxid: NO_TXID, prevIndex: NULL_INDEX, signature: NOTHING, pubkey: NOTHING }],
      outputs: [{ amount: reward, pubkeyHash: miner.address }],
      locktime: this.height,
    };
    const body = [coinbase, ...transactions];
    const header: BlockHeader = {
      version: 1,
      prevHash: this.parent,
      merkleRoot: merkleRoot(body.map(txidOf)).root,
      timestamp: GENESIS_TIME_S + 10 * this.height,
      target: this.params.defaultTarget,
      nonce: 0,
    };
    const block: Block = { header: this.proofOfWork ? grind(header) : header, transactions: body };
    this.parent = blockHashOf(block.header);
    this.lastCoinbase = { txid: txidOf(coinbase), index: 0, amount: reward, owner: miner };
    for (const tx of transactions) this.addCoins(tx);
    return encodeBlock(block);
  }

  private sign(coins: readonly OwnedCoin[], outputs: readonly TransactionOutput[]): Transaction {
    const unsigned: Transaction = {
      version: 1,
      inputs: coins.map(({ txid, index }) => ({
        prevTxid: txid,
        prevIndex: index,
        signature: NOTHING,
        pubkey: NOTHING,
      })),
      outputs,
      locktime: 0,
    };
    const inputs = unsigned.inputs.map((input, index): TransactionInput => {
      const owner = coins[index]?.owner ?? this.owner(0);
      const signature = owner.sign(sighash(unsigned, index, owner.address));
      return { ...input, signature, pubkey: owner.pubkey };
    });
    return { ...unsigned, inputs };
  }

  private addCoins(tx: Transaction): void {
    for (const [index, { amount, pubkeyHash }] of tx.outputs.entries()) {
      const owner = this.ownerOf.get(pubkeyHash);
      if (owner !== undefined) this.coins.push({ txid: txidOf(tx), index, amount, owner });
    }
  }

  private takeCoin(): OwnedCoin {
    const last = this.coins.pop();
    const at = Math.floor(this.random() * (this.coins.length + 1));
    const taken = this.coins[at] ?? last;
    if (taken === undefined || last === undefined) throw new Error('there are no coins left: fund() more');
    if (taken !== last) this.coins[at] = last;
    return taken;
  }

  private owner(index: number): SigningKey {
    const owner = this.owners[index % OWNERS];
    if (owner === undefined) throw new Error(`there is no owner ${index}`);
    return owner;
  }

  private anyOwner(): SigningKey {
    return this.owner(Math.floor(this.random() * OWNERS));
  }
}

function grind(header: BlockHeader): BlockHeader {
  for (let nonce = 0; nonce <= 0xffffffff; nonce++) {
    const tried = { ...header, nonce };
    if (hashMeetsTarget(blockHashOf(tried), header.target)) return tried;
  }
  throw new Error('no nonce fits: the target is meant to be easy');
}

/** Blocks as if they had just come over the network. */
export function freshBlock(bytes: Uint8Array): Block {
  const decoded = decodeBlock(bytes);
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.value;
}

/** Likewise for a transaction. */
export function freshTransaction(tx: Transaction): Transaction {
  const decoded = decodeTransaction(encodeTransaction(tx));
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.value;
}
