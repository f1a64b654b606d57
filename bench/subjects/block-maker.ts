/** Blocks on top of one another, with or without proof of work. */
import {
  type Address,
  type Block,
  type BlockHash,
  blockHashOf,
  type BlockHeader,
  type ChainParams,
  encodeBlock,
  hashMeetsTarget,
  merkleRoot,
  NO_BLOCK,
  NO_TXID,
  NULL_INDEX,
  subsidyAt,
  type Transaction,
  txidOf,
} from '../../src/consensus/index.ts';

/** 2023. Blocks come every ten seconds from then on, in the past of every clock. */
const GENESIS_TIME_S = 1_700_000_000;
const BLOCK_TIME_S = 10;
const NOTHING = new Uint8Array();

export interface BlockMakerOptions {
  /** `retargetInterval` must be 0: nobody counts the time. */
  readonly params: ChainParams;
  /** False leaves the proof of work out: for chains that are written into a store and never checked. */
  readonly proofOfWork: boolean;
}

export interface MadeBlock {
  readonly bytes: Uint8Array;
  readonly coinbase: Transaction;
}

export class BlockMaker {
  private readonly options: BlockMakerOptions;
  private parent: BlockHash;
  private lastHeight: number;

  /** @param start what the first block stands on; nothing makes it a genesis block */
  constructor(options: BlockMakerOptions, start?: { hash: BlockHash; height: number }) {
    if (options.params.retargetInterval !== 0) throw new Error('blocks are made for a target that stays');
    this.options = options;
    this.parent = start?.hash ?? NO_BLOCK;
    this.lastHeight = start?.height ?? -1;
  }

  /** Of the last block; −1 before the first. */
  get height(): number {
    return this.lastHeight;
  }

  /** Of the last block. */
  get tip(): { hash: BlockHash; height: number } {
    return { hash: this.parent, height: this.lastHeight };
  }

  /** The next block. The miner does without the fees. */
  make(transactions: readonly Transaction[], miner: Address): MadeBlock {
    const { params, proofOfWork } = this.options;
    const height = ++this.lastHeight;
    const coinbase: Transaction = {
      version: 1,
      inputs: [{ prevTxid: NO_TXID, prevIndex: NULL_INDEX, signature: NOTHING, pubkey: NOTHING }],
      outputs: [{ amount: subsidyAt(height, params), pubkeyHash: miner }],
      locktime: height,
    };
    const body = [coinbase, ...transactions];
    const header: BlockHeader = {
      version: 1,
      prevHash: this.parent,
      merkleRoot: merkleRoot(body.map(txidOf)).root,
      timestamp: GENESIS_TIME_S + BLOCK_TIME_S * height,
      target: params.defaultTarget,
      nonce: 0,
    };
    const block: Block = { header: proofOfWork ? grind(header) : header, transactions: body };
    this.parent = blockHashOf(block.header);
    return { bytes: encodeBlock(block), coinbase };
  }
}

function grind(header: BlockHeader): BlockHeader {
  for (let nonce = 0; nonce <= 0xffffffff; nonce++) {
    const tried = { ...header, nonce };
    if (hashMeetsTarget(blockHashOf(tried), header.target)) return tried;
  }
  throw new Error('no nonce fits: the target is meant to be easy');
}
