/**
 * Work on blocks that are here and wait their turn: what needs no coins is done ahead, while the blocks before are committed.
 *
 *     arrives ──► checkBlock ──► signatures, in other threads ─ ─ ─ ─ ─ ─ ┐
 *                                                                        ▼
 *     its turn comes ────────────────────────► connect ──► wait for the signatures ──► commit
 *
 * A signature can be checked before anybody knows the coin: the digest wants the hash of the owner's key, and an input brings
 * its key along. Whether the coin belongs to that key is seen at connecting, as always. (This needs a digest that commits to
 * nothing else of the coin; Bitcoin's BIP143 commits to the amount as well.)
 *
 * Nothing here decides anything: what was not prepared, or failed, is checked again in the ordinary way, which finds the reason.
 */
import {
  type Block,
  type ChainParams,
  checkBlock,
  checkSignaturesOfKeys,
  isCoinbase,
  type Verdict,
  type Wtxid,
  wtxidOf,
} from '../consensus/index.ts';
import type { Verifier } from './ports.ts';

export interface PreparedBlocksModules {
  readonly verifier: Verifier;
  readonly verified: { has(wtxid: Wtxid): boolean; add(wtxid: Wtxid): void };
}

interface Prepared {
  readonly height: number;
  readonly body: Verdict;
  /** Resolves when the signatures are done, well or badly. */
  readonly signatures: Promise<void>;
}

export class PreparedBlocks {
  private readonly params: ChainParams;
  private readonly modules: PreparedBlocksModules;
  private readonly prepared = new WeakMap<Block, Prepared>();

  constructor(params: ChainParams, modules: PreparedBlocksModules) {
    this.params = params;
    this.modules = modules;
  }

  /** Begins. @param height at which the block will stand */
  begin(block: Block, height: number): void {
    if (this.prepared.has(block)) return;
    const body = checkBlock(block, height, this.params);
    // Signatures of a body that is not the one of its header would be work for whoever sent it.
    const signatures = body.ok ? this.checkSignatures(block) : Promise.resolve();
    this.prepared.set(block, { height, body, signatures });
  }

  /** The result of checkBlock: the one found ahead, or a fresh one. */
  bodyVerdict(block: Block, height: number): Verdict {
    const known = this.prepared.get(block);
    return known?.height === height ? known.body : checkBlock(block, height, this.params);
  }

  /** Waits for signatures that are being checked; at once where there are none. */
  async signaturesDone(block: Block): Promise<void> {
    await this.prepared.get(block)?.signatures;
  }

  private async checkSignatures(block: Block): Promise<void> {
    const { verifier, verified } = this.modules;
    const wanted = block.transactions.filter((tx) => !isCoinbase(tx) && !verified.has(wtxidOf(tx)));
    const checks = wanted.map((tx) => checkSignaturesOfKeys(tx));
    if (!checks.every((found) => found.ok)) return;
    try {
      const bad = await verifier.firstInvalid(checks.flatMap(({ value }) => value));
      if (bad < 0) for (const tx of wanted) verified.add(wtxidOf(tx));
    } catch {
      // The verifier was closed, or broke: connecting asks it again, and hears why.
    }
  }
}
