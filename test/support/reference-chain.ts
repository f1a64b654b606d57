/**
 * The rules put together in the plainest way: one block after the other, everything in memory, every signature at once.
 *
 * It shows in one screen in which order the checks of `src/consensus` belong, and it is what the real chain state is
 * compared with: same blocks, same verdicts, same tip, same coins.
 */
import {
  asBlockFailure,
  type Block,
  type BlockHash,
  blockHashOf,
  type ChainParams,
  checkBlock,
  checkHeader,
  type Coin,
  type CoinChanges,
  type CoinsView,
  connectBlock,
  disconnectBlock,
  fail,
  type Failure,
  type HeaderNode,
  HeaderTree,
  medianTimePast,
  OK,
  ok,
  type OutpointKey,
  outpointKey,
  pathBetween,
  type SpentCoin,
  type Verdict,
  type Work,
} from '../../src/consensus/index.ts';
import { verifySignature } from './keys.ts';

/** Coins in a Map. */
export class MemoryCoins implements CoinsView {
  readonly map: Map<OutpointKey, Coin>;

  constructor(entries: Iterable<readonly [OutpointKey, Coin]> = []) {
    this.map = new Map(entries);
  }

  get(key: OutpointKey): Coin | undefined {
    return this.map.get(key);
  }

  connect({ created, spent }: CoinChanges): void {
    for (const { outpoint, coin } of created) this.map.set(outpointKey(outpoint.txid, outpoint.index), coin);
    for (const { outpoint } of spent) this.map.delete(outpointKey(outpoint.txid, outpoint.index));
  }

  disconnect({ created, spent }: CoinChanges): void {
    for (const { outpoint, coin } of spent) this.map.set(outpointKey(outpoint.txid, outpoint.index), coin);
    for (const { outpoint } of created) this.map.delete(outpointKey(outpoint.txid, outpoint.index));
  }
}

export class ReferenceChain {
  readonly tree = new HeaderTree();
  readonly coins = new MemoryCoins();
  readonly params: ChainParams;
  /** Our clock, in seconds. */
  nowS: number;
  private readonly bodies = new Map<BlockHash, Block>();
  private readonly undo = new Map<BlockHash, readonly SpentCoin[]>();

  constructor(params: ChainParams, nowS: number) {
    this.params = params;
    this.nowS = nowS;
  }

  get tip(): HeaderNode | null {
    return this.tree.tip;
  }

  get work(): Work {
    return (this.tip?.chainWork ?? 0n) as Work;
  }

  /** Takes a block, on the tip or on a branch; the value tells whether the tip moved. */
  accept(block: Block): Verdict<{ movedTip: boolean }> {
    const hash = blockHashOf(block.header);
    const known = this.tree.get(hash);
    if (known?.invalid === true)
      return fail('duplicate-invalid', `${hash} breaks ${known.invalidReason ?? '?'}`);
    if (known?.hasBody === true) return fail('duplicate', hash);

    const parent = this.tree.parentOf(block.header);
    if (parent === undefined) return fail('prev-blk-not-found', block.header.prevHash);
    if (parent?.invalid === true) return fail('bad-prevblk', block.header.prevHash);
    const header = checkHeader(block.header, hash, parent, this.params, this.nowS);
    if (!header.ok) return header;

    const height = parent === null ? 0 : parent.height + 1;
    const body = checkBlock(block, height, this.params);
    // What lies in bytes that the hash does not cover says nothing about the hash: the true block may still come.
    if (!body.ok && body.class === 'mutated') return body;
    const node = this.tree.addHeader(block.header, hash);
    if (!body.ok) {
      this.tree.markInvalid(node, body.reason);
      return body;
    }
    this.bodies.set(hash, block);
    this.tree.addBody(node);

    const before = this.tip;
    const failure = this.activateBestChain(node);
    return failure ?? ok({ movedTip: this.tip !== before });
  }

  /** Moves to the chain with most work; what turns out wrong on the way is left out. The failure of `fresh`, if it fails. */
  private activateBestChain(fresh: HeaderNode): Failure | undefined {
    let freshFailure: Failure | undefined;
    for (let best = this.tree.bestCandidate(); best !== undefined; best = this.tree.bestCandidate()) {
      const failed = this.tryTip(best);
      if (failed === undefined) this.tree.setActiveTip(best);
      else {
        if (failed.failure.class === 'mutated') this.drop(failed.node);
        else this.tree.markInvalid(failed.node, failed.failure.reason);
        if (failed.node === fresh) freshFailure = failed.failure;
        else if (fresh.invalid) freshFailure = fail('bad-prevblk', failed.failure.detail);
      }
    }
    return freshFailure;
  }

  private drop(node: HeaderNode): void {
    this.tree.dropBody(node);
    this.bodies.delete(node.hash);
  }

  /** Disconnects down to the fork, connects up to `target`; on failure everything is as it was. */
  private tryTip(target: HeaderNode): { node: HeaderNode; failure: Failure } | undefined {
    const fork = this.tree.forkFromActive(target);
    const left = pathBetween(fork, this.tip).reverse();
    const joined: HeaderNode[] = [];
    for (const node of left) this.disconnect(node);
    for (const node of pathBetween(fork, target)) {
      const verdict = this.connect(node);
      if (!verdict.ok) {
        for (const done of joined.reverse()) this.disconnect(done);
        for (const node of left.reverse()) this.connect(node);
        return { node, failure: verdict };
      }
      joined.push(node);
    }
    return undefined;
  }

  private connect(node: HeaderNode): Verdict {
    const connected = connectBlock(this.bodyOf(node), this.coins, {
      height: node.height,
      medianTimePast: medianTimePast(node.parent),
      params: this.params,
    });
    if (!connected.ok) return connected;
    for (const { transactionIndex, checks } of connected.value.pendingSignatures) {
      const wrong = checks.findIndex((check) => !verifySignature(check));
      if (wrong >= 0) {
        return asBlockFailure(fail('bad-signature', `input ${wrong}`), `transaction ${transactionIndex}`);
      }
    }
    this.coins.connect(connected.value);
    this.undo.set(node.hash, connected.value.spent);
    return OK;
  }

  private disconnect(node: HeaderNode): void {
    this.coins.disconnect(disconnectBlock(this.bodyOf(node), node.height, this.undo.get(node.hash) ?? []));
  }

  private bodyOf(node: HeaderNode): Block {
    const body = this.bodies.get(node.hash);
    if (body === undefined) throw new Error(`no body of ${node.hash}`);
    return body;
  }
}
