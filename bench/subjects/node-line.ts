/**
 * Nodes in a line, each with lines to its neighbours only: what is handed to the first travels to the last, hop by hop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { blockHashOf, encodeTransaction, type Transaction, txidOf } from '../../src/consensus/index.ts';
import type { BenchmarkRun } from '../frame/benchmark.ts';
import { freshBlock } from './chain-forge.ts';
import type { DatabasePlace } from './databases.ts';
import { type BlockArrivals, WatchedNode } from './watched-node.ts';

/** A network counts as quiet when nothing was sent for so long; transactions are gathered for 25 ms at most. */
const QUIET_MS = 80;
const LETTERS = 'ABCDEFGH';

export interface Passage {
  /** From "the first has it" to "the last has it". */
  readonly ms: number;
  /** Bodies on one hop, both ways. */
  readonly bytesAHop: number;
}

export class NodeLine {
  private readonly nodes: readonly WatchedNode[];
  private readonly signal: AbortSignal;

  private constructor(nodes: readonly WatchedNode[], signal: AbortSignal) {
    this.nodes = nodes;
    this.signal = signal;
  }

  /** Starts a node on each database and waits until all are linked. */
  static async start(
    places: readonly DatabasePlace[],
    options: {
      readonly name: string;
      readonly settings: (index: number) => Readonly<Record<string, string>>;
    },
    bench: BenchmarkRun,
  ): Promise<NodeLine> {
    const nodes: WatchedNode[] = [];
    for (const [index, place] of places.entries()) {
      const before = nodes.at(-1);
      const settings = {
        ...(before === undefined ? {} : { BOOTSTRAP_PEERS: before.url }),
        ...options.settings(index),
      };
      const name = `${options.name} ${LETTERS[index] ?? String(index)}`;
      const node = await WatchedNode.start(place, { name, settings }, bench);
      nodes.push(node);
      if (before === undefined) continue;
      await node.linked(before);
      await before.linked(node);
    }
    return new NodeLine(nodes, bench.signal);
  }

  /**
   * Hands a block to the first and waits until the last has connected it.
   * @param hop the bytes are those of the hop to this node
   */
  async passBlock(bytes: Uint8Array, hop = 1): Promise<Passage> {
    const hash = blockHashOf(freshBlock(bytes).header);
    return this.pass(
      hop,
      () => this.first.client.submitBlock(bytes),
      (node) => node.blockConnected(hash),
    );
  }

  /** Hands a transaction to the first and waits until it is in the mempool of the last. */
  async passTransaction(transaction: Transaction, hop = 1): Promise<Passage> {
    const txid = txidOf(transaction);
    return this.pass(
      hop,
      () => this.first.client.submitTx(encodeTransaction(transaction)),
      (node) => node.transactionAccepted(txid),
    );
  }

  /** Puts transactions into the mempools of all nodes but one, which must not want them. */
  async spread(transactions: readonly Transaction[], without: number | undefined): Promise<void> {
    const ends = without === undefined ? [this.first] : [this.first, this.last];
    for (const node of ends)
      await Promise.all(transactions.map((tx) => node.client.submitTx(encodeTransaction(tx))));
    for (const [index, node] of this.nodes.entries()) {
      if (index === without) continue;
      for (const tx of transactions) await node.transactionAccepted(txidOf(tx));
    }
  }

  arrivalsAt(index: number): Promise<BlockArrivals> {
    return this.at(index).blockArrivals();
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop();
  }

  private async pass(
    hop: number,
    handIn: () => Promise<unknown>,
    timeAt: (node: WatchedNode) => Promise<number>,
  ): Promise<Passage> {
    const counted = this.at(hop);
    const before = await this.quiet();
    await handIn();
    const ms = (await timeAt(this.last)) - (await timeAt(this.first));
    const after = await this.quiet();
    // Calls are counted by the one that makes them: a node in the line makes all those of one hop, half of them to each side.
    return { ms, bytesAHop: (after.get(counted) ?? 0) - (before.get(counted) ?? 0) };
  }

  /** Waits until nothing is under way. @returns what each node has sent and received */
  private async quiet(): Promise<Map<WatchedNode, number>> {
    for (let last = await this.totals(); ;) {
      this.signal.throwIfAborted();
      await sleep(QUIET_MS);
      const now = await this.totals();
      if ([...now].every(([node, bytes]) => last.get(node) === bytes)) return now;
      last = now;
    }
  }

  private async totals(): Promise<Map<WatchedNode, number>> {
    const each = this.nodes.map(async (node) => {
      const { sent, received } = await node.wireBytes();
      return [node, sent + received] as const;
    });
    return new Map(await Promise.all(each));
  }

  private at(index: number): WatchedNode {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index} in the line`);
    return node;
  }

  private get first(): WatchedNode {
    return this.at(0);
  }

  private get last(): WatchedNode {
    return this.at(this.nodes.length - 1);
  }
}
