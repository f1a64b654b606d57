/**
 * What is to be told to one peer: headers at once, transactions gathered for a moment, one announcement after the other.
 *
 * A peer that can call us is *told of* things and fetches what it lacks. One that cannot (it has no address that we know, or a
 * firewall is in front of it) is handed them whole, and so is a plain MiniBitcoinPy node.
 */
import type { Block, BlockHash, BlockHeader, Transaction, Wtxid } from '../consensus/index.ts';
import { blockHashOf, wtxidOf } from '../consensus/index.ts';
import { MAX_ANNOUNCED_HEADERS, MAX_ANNOUNCED_TRANSACTIONS } from './messages.ts';
import type { Peer } from './peer.ts';

/** Transactions are gathered for so long: one message for many. */
const GATHER_MS = 25;
/** Of a busy moment, more than this is left to the next exchange of mempools. */
const MAX_WAITING = 20_000;
const MAX_WAITING_PUSHES = 200;
/** A peer has so long after the handshake to say hello itself, before it counts as unable to. */
export const CALL_BACK_GRACE_MS = 5_000;

export class Outbox {
  private readonly peer: Peer;
  private readonly failed: (error: unknown) => void;
  private readonly nowMs: () => number;
  private readonly headers = new Map<BlockHash, BlockHeader>();
  private readonly wtxids = new Set<Wtxid>();
  private readonly pushes: (() => Promise<void>)[] = [];
  private isSending = false;
  private isClosed = false;
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(peer: Peer, options: { failed: (error: unknown) => void; nowMs: () => number }) {
    this.peer = peer;
    this.failed = options.failed;
    this.nowMs = options.nowMs;
  }

  /** A block that we follow now, unless the peer has it. */
  block(block: Block): void {
    const hash = blockHashOf(block.header);
    if (!this.peer.knownBlocks.add(hash)) return;
    if (!this.mustPush()) {
      this.headers.set(hash, block.header);
      this.send();
      return;
    }
    const { connection } = this.peer;
    if (connection?.kind === 'original') this.push(() => connection.original.sendBlock(block));
    else if (connection !== undefined) this.push(() => connection.link.pushBlock(block));
  }

  /** Hands over a block that the peer lacks, and waits until it is through. */
  async handOver(block: Block): Promise<void> {
    if (!this.peer.knownBlocks.add(blockHashOf(block.header))) return;
    const { connection } = this.peer;
    if (connection?.kind === 'original') await connection.original.sendBlock(block);
    else await connection?.link.pushBlock(block);
  }

  /** A transaction that came into our mempool, unless the peer has it. */
  transaction(tx: Transaction): void {
    const wtxid = wtxidOf(tx);
    if (!this.peer.knownTransactions.add(wtxid)) return;
    if (this.mustPush()) {
      const { connection } = this.peer;
      if (connection?.kind === 'original') this.push(() => connection.original.sendTransaction(tx));
      else if (connection !== undefined) this.push(() => connection.link.pushTransaction(tx));
      return;
    }
    if (this.wtxids.size >= MAX_WAITING) return;
    this.wtxids.add(wtxid);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.send();
    }, GATHER_MS).unref();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.headers.clear();
    this.wtxids.clear();
    this.pushes.length = 0;
  }

  private mustPush(): boolean {
    const { connection, callsUs } = this.peer;
    if (connection?.kind !== 'mini-bitcoin') return true;
    return !callsUs && this.nowMs() - connection.sinceMs > CALL_BACK_GRACE_MS;
  }

  private push(work: () => Promise<void>): void {
    if (this.pushes.length >= MAX_WAITING_PUSHES) this.pushes.shift(); // syncing brings it anyway
    this.pushes.push(work);
    this.send();
  }

  private send(): void {
    if (this.isSending || this.isClosed) return;
    this.isSending = true;
    this.sendAll()
      .catch((error: unknown) => this.failed(error))
      .finally(() => {
        this.isSending = false;
        // Something may have come in the moment between the last look and this line.
        if (this.headers.size > 0 || this.pushes.length > 0) this.send();
      });
  }

  private async sendAll(): Promise<void> {
    // What was put in by the same turn of the event loop goes along.
    await Promise.resolve();
    while (!this.isClosed) {
      const push = this.pushes.shift();
      if (push !== undefined) {
        await push();
        continue;
      }
      const headers = takeLast(this.headers, MAX_ANNOUNCED_HEADERS);
      // Transactions that are still being gathered wait for their moment.
      const wtxids = this.timer === undefined ? takeFirst(this.wtxids, MAX_ANNOUNCED_TRANSACTIONS) : [];
      if (headers.length === 0 && wtxids.length === 0) return;
      await this.peer.link?.announce({ headers, wtxids });
    }
  }
}

/**
 * Takes all, and gives the last so many that follow one another: whoever is further behind asks for headers. Where one between
 * is left out because the peer has it, the peer has those before it as well.
 */
function takeLast(headers: Map<BlockHash, BlockHeader>, most: number): BlockHeader[] {
  const last = [...headers.values()].slice(-most);
  headers.clear();
  const gap = last.findLastIndex((header, i) => {
    const before = last[i - 1];
    return before !== undefined && header.prevHash !== blockHashOf(before);
  });
  return gap < 0 ? last : last.slice(gap);
}

function takeFirst(wtxids: Set<Wtxid>, most: number): Wtxid[] {
  const taken: Wtxid[] = [];
  for (const wtxid of wtxids) {
    if (taken.length >= most) break;
    taken.push(wtxid);
    wtxids.delete(wtxid);
  }
  return taken;
}
