/**
 * Makes chains to measure with: real transactions with real signatures, the same bytes for the same seed.
 *
 *   fund(100_000)        blocks whose only payment splits the reward before into many coins
 *   payments(100)        signed payments of 2 inputs and 2 outputs, the coins chosen at random among all
 *   mine(payments)       a block of them; what it creates can be spent by the next payments
 *   scatter(1e6, owners) blocks that give strangers coins
 *   families(50_000)     payments some of which spend what others of them create
 *
 * Blocks are handed out as bytes. Whoever measures decodes them afresh: objects remember their hashes, and a block from the
 * network has none to remember.
 */
import {
  type Address,
  type Block,
  decodeBlock,
  decodeTransaction,
  encodeTransaction,
  type Outpoint,
  sighash,
  type Transaction,
  type TransactionInput,
  type TransactionOutput,
  txidOf,
} from '../../src/consensus/index.ts';
import { BlockMaker, type BlockMakerOptions } from './block-maker.ts';
import { seededRandom } from './seeded-random.ts';
import { type SigningKey, signingKey } from './signing.ts';

const OWNERS = 16;
/** Of a funding transaction: 28 bytes each, well below the largest block. */
const MOST_COINS_PER_BLOCK = 20_000;
/** Base units for 2 inputs and 2 outputs (about 350 bytes): well above what mempools ask for. */
const FEE = 1_000;
const NOTHING = new Uint8Array();
/** Of the payments of {@link ChainForge.families}: base units, most of them near the lower end. */
const LOWEST_FEE = 200;
const FEE_RANGE = 20_000;
const CHILDREN = 0.2;

interface OwnedCoin extends Outpoint {
  readonly amount: number;
  readonly owner: SigningKey;
}

export interface ForgeOptions extends BlockMakerOptions {
  readonly seed: number;
}

export class ChainForge {
  /** Addresses that all coins belong to. */
  readonly addresses: readonly Address[];
  private readonly maker: BlockMaker;
  private readonly random: () => number;
  private readonly owners: readonly SigningKey[];
  private readonly ownerOf: ReadonlyMap<Address, SigningKey>;
  private coins: OwnedCoin[] = [];
  private lastCoinbase: OwnedCoin | undefined = undefined;

  constructor({ seed, ...options }: ForgeOptions) {
    this.maker = new BlockMaker(options);
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
    return this.split(count, (index) => this.owner(index).address);
  }

  /** Blocks after which strangers have `count` more coins, in turn. The forge cannot spend them. */
  scatter(count: number, addresses: readonly Address[]): Uint8Array[] {
    return this.split(count, (index) => addresses[index % addresses.length] ?? this.owner(index).address);
  }

  /** Signed payments of 2 inputs and 2 outputs each. @param fee of each, in base units */
  payments(count: number, fee = FEE): Transaction[] {
    return Array.from({ length: count }, () => this.pay([this.takeCoin(), this.takeCoin()], fee));
  }

  /**
   * Signed payments at different rates, every fifth of which spends what an earlier one of them creates: what a mempool looks
   * like. For mempools only: nothing that they create is counted among the coins.
   */
  families(count: number): Transaction[] {
    const waiting: OwnedCoin[] = [];
    return Array.from({ length: count }, () => {
      const parent = this.random() < CHILDREN ? takeRandom(waiting, this.random) : undefined;
      const fee = LOWEST_FEE + Math.floor(this.random() ** 3 * FEE_RANGE);
      const payment = this.pay([parent ?? this.takeCoin(), this.takeCoin()], fee);
      const [first] = payment.outputs;
      const owner = first && this.ownerOf.get(first.pubkeyHash);
      if (first !== undefined && owner !== undefined)
        waiting.push({ txid: txidOf(payment), index: 0, amount: first.amount, owner });
      return payment;
    });
  }

  /** The next block, with a coinbase and these. */
  mine(transactions: readonly Transaction[]): Uint8Array {
    const miner = this.owner(this.maker.height + 1);
    const { bytes, coinbase } = this.maker.make(transactions, miner.address);
    const amount = coinbase.outputs[0]?.amount ?? 0;
    this.lastCoinbase = { txid: txidOf(coinbase), index: 0, amount, owner: miner };
    for (const tx of transactions) this.addCoins(tx);
    return bytes;
  }

  /** What the next block will stand on. */
  get tip(): BlockMaker['tip'] {
    return this.maker.tip;
  }

  /** Blocks whose only payment splits the reward before into many coins. */
  private split(count: number, ownerOf: (index: number) => Address): Uint8Array[] {
    const blocks = this.lastCoinbase === undefined ? [this.mine([])] : [];
    for (let done = 0; done < count; done += MOST_COINS_PER_BLOCK) {
      const coin = this.lastCoinbase;
      if (coin === undefined) throw new Error('there is no coinbase to split');
      const outputs = Math.min(count - done, MOST_COINS_PER_BLOCK);
      const amount = Math.floor(coin.amount / outputs);
      const split = this.sign(
        [coin],
        Array.from({ length: outputs }, (_, index) => ({ amount, pubkeyHash: ownerOf(done + index) })),
      );
      blocks.push(this.mine([split]));
    }
    return blocks;
  }

  /** Two outputs for two owners, chosen by chance. */
  private pay(coins: readonly OwnedCoin[], fee: number): Transaction {
    const rest = coins.reduce((sum, { amount }) => sum + amount, 0) - fee;
    const first = Math.floor(rest / 2);
    if (first < 1) throw new Error('the coins have become too small to pay with');
    return this.sign(coins, [
      { amount: first, pubkeyHash: this.anyOwner().address },
      { amount: rest - first, pubkeyHash: this.anyOwner().address },
    ]);
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
    const taken = takeRandom(this.coins, this.random);
    if (taken === undefined) throw new Error('there are no coins left: fund() more');
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

/** Takes one out; the last one moves into its place. */
function takeRandom<T>(from: T[], random: () => number): T | undefined {
  const last = from.pop();
  const at = Math.floor(random() * (from.length + 1));
  const taken = from[at];
  if (taken === undefined || last === undefined) return last;
  from[at] = last;
  return taken;
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
