/**
 * What has happened in a sandbox: every block that a node connected, every payment, and the story. It only writes down what
 * the nodes' own events tell.
 */
import type { ChainEvent } from '../chainstate/index.ts';
import { type Block, type BlockHash, NO_BLOCK, type Txid, txidOf } from '../consensus/index.ts';
import type { SandboxNodeName, SandboxRole, SandboxStoryEntry } from '../protocol/index.ts';
import { MAX_SANDBOX_STORY } from '../protocol/index.ts';
import type { Payment as SignedPayment } from '../wallet/index.ts';
import type { Roles } from './roles.ts';

/** A block of the union tree. */
export interface LedgerBlock {
  readonly hash: BlockHash;
  readonly prevHash: BlockHash | undefined;
  readonly height: number;
  readonly timestamp: number;
  readonly miner: SandboxRole | undefined;
  /** Without the coinbase. */
  readonly txids: readonly Txid[];
}

export interface LedgerPayment {
  readonly txid: Txid;
  readonly from: SandboxNodeName;
  readonly to: SandboxRole;
  readonly amount: number;
  readonly fee: number;
  readonly conflictsWith: Txid | undefined;
  readonly spent: SignedPayment['spent'];
}

export class Ledger {
  readonly payments: LedgerPayment[] = [];
  private readonly blocksByHash = new Map<BlockHash, LedgerBlock>();
  private readonly told: SandboxStoryEntry[] = [];
  private toldCount = 0;
  private readonly roles: Roles;
  private readonly nowMs: () => number;

  constructor(roles: Roles, nowMs: () => number) {
    this.roles = roles;
    this.nowMs = nowMs;
  }

  /** Lowest first. */
  get blocks(): LedgerBlock[] {
    return [...this.blocksByHash.values()].sort((a, b) => a.height - b.height);
  }

  get blockCount(): number {
    return this.blocksByHash.size;
  }

  get story(): readonly SandboxStoryEntry[] {
    return this.told;
  }

  tell(
    kind: SandboxStoryEntry['kind'],
    text: string,
    { node = null, count = 0 }: { node?: SandboxNodeName | null; count?: number } = {},
  ): void {
    this.told.push({ number: ++this.toldCount, at: this.nowMs() / 1_000, kind, node, count, text });
    if (this.told.length > MAX_SANDBOX_STORY) this.told.shift();
  }

  /** To be told of each node's chain events. */
  note(node: SandboxNodeName, event: ChainEvent): void {
    if (event.type !== 'tip-changed') return;
    for (const { hash, height, block } of event.connected) this.add(hash, height, block);
    const { length: depth } = event.disconnected;
    if (depth === 0) return;
    const blocks = (count: number): string => `${count} ${count === 1 ? 'block' : 'blocks'}`;
    const text = `${node} took back ${blocks(depth)} and followed a chain with more work: ${blocks(event.connected.length)} from height ${event.forkHeight + 1} on.`;
    this.tell('reorg', text, { node, count: depth });
  }

  private add(hash: BlockHash, height: number, { header, transactions }: Block): void {
    if (this.blocksByHash.has(hash)) return;
    this.blocksByHash.set(hash, {
      hash,
      prevHash: header.prevHash === NO_BLOCK ? undefined : header.prevHash,
      height,
      timestamp: header.timestamp,
      miner: this.roles.ownerOf(transactions[0]?.outputs[0]?.pubkeyHash),
      txids: transactions.slice(1).map(txidOf),
    });
  }
}
