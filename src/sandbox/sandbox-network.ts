/** The nodes of a sandbox and the lines between them. */
import { SANDBOX_NODES, type SandboxNodeName } from '../protocol/index.ts';
import { type Groups, groupOf, mayTalk, pairs, WHOLE } from './groups.ts';
import type { SandboxNode, StartSandboxNode } from './sandbox-node.ts';

/** Nodes that talk should agree after so long; a sandbox that is slow shows what it has. */
const SETTLE_MS = 10_000;
const LOOK_EVERY_MS = 5;
/** Longer than any sandbox lives. */
const BAN_SECONDS = 86_400;

export class SandboxNetwork {
  groups: Groups = WHOLE;
  private readonly nodes: ReadonlyMap<SandboxNodeName, SandboxNode>;

  private constructor(nodes: ReadonlyMap<SandboxNodeName, SandboxNode>) {
    this.nodes = nodes;
  }

  /** Starts all nodes and connects each with each. When one does not start, none stays. */
  static async start(startNode: StartSandboxNode): Promise<SandboxNetwork> {
    const nodes = new Map<SandboxNodeName, SandboxNode>();
    try {
      for (const name of SANDBOX_NODES) nodes.set(name, await startNode(name));
      const network = new SandboxNetwork(nodes);
      for (const [a, b] of pairs()) {
        await network.node(a).services.peers.add(network.node(b).url);
        await network.node(b).services.peers.add(network.node(a).url);
      }
      await network.settle();
      return network;
    } catch (error) {
      await Promise.allSettled([...nodes.values()].map((node) => node.close()));
      throw error;
    }
  }

  node(name: SandboxNodeName): SandboxNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`invariant: no node ${name}`);
    return node;
  }

  entries(): readonly [SandboxNodeName, SandboxNode][] {
    return [...this.nodes];
  }

  /** Nodes that this one has a line to, whoever called whom. */
  connectedTo(name: SandboxNodeName): SandboxNodeName[] {
    return SANDBOX_NODES.filter(
      (other) => other !== name && (this.hasCalled(name, other) || this.hasCalled(other, name)),
    );
  }

  /** Cuts and opens lines until the network is as these groups say, and those who talk agree. */
  async regroup(groups: Groups): Promise<void> {
    const before = this.groups;
    this.groups = groups;
    for (const [a, b] of pairs()) {
      const talks = mayTalk(groups, a, b);
      if (talks === mayTalk(before, a, b)) continue;
      for (const [from, to] of [[a, b] as const, [b, a] as const]) {
        const { peers } = this.node(from).services;
        const { url } = this.node(to);
        if (talks) await peers.unban(url);
        else await peers.ban(url, { seconds: BAN_SECONDS, reason: 'the sandbox is split' });
      }
    }
    await this.settle();
  }

  /**
   * Waits until the lines are as the groups say, and nodes that talk have chains of as much work. (Not the same tip: of two
   * branches with as much work, each node keeps the one that it saw first.)
   */
  async settle(): Promise<void> {
    await this.until(() => this.areLinesReady() && this.groups.every((group) => this.agree(group)));
  }

  /** Waits until the nodes of a group have a transaction in their mempools, or in a block. */
  async spread(txid: string, from: SandboxNodeName): Promise<void> {
    const group = groupOf(this.groups, from);
    await this.until(() => group.every((name) => this.mempoolOf(name).includes(txid)));
  }

  mempoolOf(name: SandboxNodeName): string[] {
    return [...this.node(name).services.mempool.entries()].map(({ txid }) => txid);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.nodes.values()].map((node) => node.close()));
  }

  private async until(isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + SETTLE_MS;
    while (!isSo() && performance.now() < deadline)
      await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
  }

  private areLinesReady(): boolean {
    return pairs().every(([a, b]) => {
      const talks = mayTalk(this.groups, a, b);
      // Both ways: news of a node goes along its own line.
      return talks
        ? this.hasCalled(a, b) && this.hasCalled(b, a)
        : !this.hasCalled(a, b) && !this.hasCalled(b, a);
    });
  }

  private agree(group: readonly SandboxNodeName[]): boolean {
    const works = group.map((name) => this.node(name).services.chain.tip?.chainWork ?? 0n);
    return works.every((work) => work === works[0]);
  }

  private hasCalled(from: SandboxNodeName, to: SandboxNodeName): boolean {
    const { url } = this.node(to);
    return this.node(from)
      .services.peers.list()
      .some((peer) => peer.url === url && peer.state === 'connected');
  }
}
