/**
 * Chains of headers without bodies, mined in a moment: thousands of them, for whatever reads headers first.
 *
 *   const chain = new HeaderChain(params).extend(2_500);
 *   const other = chain.fork(2_000, 'other').extend(600);   // the same up to height 2,000
 *   chain.headersAfter(locator)                             // as an honest node answers
 */
import {
  type BlockHash,
  blockHashOf,
  type BlockHeader,
  bytesToHex,
  type ChainParams,
  expectedTarget,
  NO_BLOCK,
  sha256,
  type Target,
  type TimedBlock,
  workOfTarget,
} from '../../src/consensus/index.ts';
import { GENESIS_TIME_S, grind } from './chain-builder.ts';

/** A header that was mined, with its ancestors. */
export class MinedHeader implements TimedBlock {
  readonly header: BlockHeader;
  readonly hash: BlockHash;
  readonly parent: MinedHeader | null;
  readonly height: number;
  /** Work of the chain up to here. */
  readonly work: bigint;

  constructor(header: BlockHeader, parent: MinedHeader | null) {
    this.header = header;
    this.hash = blockHashOf(header);
    this.parent = parent;
    this.height = (parent?.height ?? -1) + 1;
    this.work = (parent?.work ?? 0n) + workOfTarget(header.target);
  }

  get timestamp(): number {
    return this.header.timestamp;
  }

  get target(): Target {
    return this.header.target;
  }
}

/** A header on `parent` that passes every rule, unless `changes` spoil it. */
export function mineHeader(
  parent: MinedHeader | null,
  params: ChainParams,
  changes: Partial<BlockHeader> & { salt?: string } = {},
): MinedHeader {
  const { salt = '', ...rest } = changes;
  const height = (parent?.height ?? -1) + 1;
  const header: BlockHeader = {
    version: 1,
    prevHash: parent?.hash ?? NO_BLOCK,
    merkleRoot: bytesToHex(sha256(new TextEncoder().encode(`${salt} ${height}`))),
    timestamp: parent === null ? GENESIS_TIME_S : parent.timestamp + params.targetBlockTimeS,
    target: expectedTarget(parent, params),
    nonce: 0,
    ...rest,
  };
  return new MinedHeader(grind(header), parent);
}

export class HeaderChain {
  readonly params: ChainParams;
  private readonly salt: string;
  /** Genesis first. */
  readonly mined: MinedHeader[];
  /** Heights by hash; made when it is first needed. */
  private places: Map<BlockHash, number> | undefined = undefined;

  constructor(
    params: ChainParams,
    salt = 'main',
    mined: readonly MinedHeader[] = [mineHeader(null, params)],
  ) {
    this.params = params;
    this.salt = salt;
    this.mined = [...mined];
  }

  get tip(): MinedHeader {
    return this.mined.at(-1)!;
  }

  get headers(): BlockHeader[] {
    return this.mined.map(({ header }) => header);
  }

  /** Mines on. @param gapS seconds from block to block; on time when left out */
  extend(count: number, gapS: (height: number) => number = () => this.params.targetBlockTimeS): this {
    for (let left = count; left > 0; left--) {
      const { tip } = this;
      const timestamp = tip.timestamp + gapS(tip.height + 1);
      this.mined.push(mineHeader(tip, this.params, { salt: this.salt, timestamp }));
    }
    this.places = undefined;
    return this;
  }

  /** Another chain with the same blocks up to a height. */
  fork(height: number, salt: string): HeaderChain {
    return new HeaderChain(this.params, salt, this.mined.slice(0, height + 1));
  }

  /** What an honest node with this chain answers. */
  headersAfter(locator: readonly BlockHash[], most = 2_000): BlockHeader[] {
    this.places ??= new Map(this.mined.map(({ hash, height }) => [hash, height]));
    const known = locator.map((hash) => this.places?.get(hash)).find((height) => height !== undefined);
    const start = (known ?? -1) + 1;
    return this.headers.slice(start, start + most);
  }

  /** What an honest node claims in its handshake. */
  get claim(): { height: number; hash: string; chain_work: string } {
    return { height: this.tip.height, hash: this.tip.hash, chain_work: this.tip.work.toString() };
  }
}
