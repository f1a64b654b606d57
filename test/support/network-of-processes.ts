/**
 * A network of real nodes, each in a process and on a database of its own: start them, join them, cut and heal the lines,
 * kill them. Whatever happens in between, all of them are stopped at the end, and when a test fails, its message has the last
 * lines that each of them logged.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, StoredPeer } from '../../src/protocol/index.ts';
import { FrontOfNode } from './front-of-node.ts';
import { NodeProcess } from './node-process.ts';
import { createTestDatabase } from './postgres-server.ts';

/** The databases that keep what a killed node acknowledged. */
export type ProcessEngine = 'pglite' | 'postgresql';

/** Starting is hard work for a moment: all at once would only take turns. */
const STARTED_AT_ONCE = 3;
const LOG_LINES_SHOWN = 12;
const POLL_MS = 50;
/** A wait in which nothing changes for so long, in milliseconds, is in vain, also on a slow machine with much to do. */
const PATIENCE_MS = 120_000;

export class ProcessNode {
  readonly name: string;
  /** Settings of all its lives; they name its database, too. */
  readonly env: Readonly<Record<string, string>>;
  /** Its present life, or the last one. */
  process: NodeProcess;
  /** It has been stopped or killed on purpose. */
  isDown = false;

  constructor(name: string, env: Readonly<Record<string, string>>, process: NodeProcess) {
    this.name = name;
    this.env = env;
    this.process = process;
  }

  get client(): ApiClient {
    return this.process.client;
  }

  /** Where other nodes reach it; another port after each restart, unless it has a front. */
  get url(): string {
    return this.env['PUBLIC_URL'] ?? this.process.url;
  }

  /** How this node sees another one; undefined where it has not heard of it. */
  async peer(url: string): Promise<StoredPeer | undefined> {
    const { stored_peers: peers } = await this.client.peers();
    return peers.find((peer) => peer.url === url);
  }

  /** How many messages of a kind it has sent to peers, or has been sent by peers. */
  async messages(message: string, direction: 'sent' | 'received'): Promise<number> {
    const metrics = await (await fetch(`${this.process.url}/metrics`)).text();
    const start = `mini_bitcoin_p2p_messages_total{message="${message}",direction="${direction}"} `;
    const line = metrics.split('\n').find((text) => text.startsWith(start));
    return line === undefined ? 0 : Number(line.slice(start.length));
  }
}

export class ProcessNetwork {
  readonly nodes: ProcessNode[] = [];
  private readonly engine: ProcessEngine;
  private readonly settings: Readonly<Record<string, string>>;
  private readonly folders: string[] = [];
  private readonly fronts: FrontOfNode[] = [];
  private readonly unstored = new Set<string>();

  /** @param settings of all nodes */
  constructor(engine: ProcessEngine, settings: Readonly<Record<string, string>> = {}) {
    this.engine = engine;
    this.settings = settings;
  }

  // --- Lives ----------------------------------------------------------------------------------------------------------

  /**
   * Names nodes whose own database is not in question. Where it is embedded, which takes seconds of a processor to start, they
   * keep their chain in memory.
   */
  bystanders(...names: string[]): void {
    if (this.engine === 'pglite') for (const name of names) this.unstored.add(name);
  }

  /** Starts a node on an empty database: one of the network's engine, unless `settings` name another. */
  async startOne(name: string, settings: Readonly<Record<string, string>> = {}): Promise<ProcessNode> {
    const database = this.unstored.has(name)
      ? { DATABASE_URL: 'memory:' }
      : settings['DATABASE_URL'] === undefined
        ? await this.emptyDatabase(name)
        : {};
    const env = { NODE_NAME: name, ...this.settings, ...settings, ...database };
    const node = new ProcessNode(name, env, await NodeProcess.start({ env }));
    this.nodes.push(node);
    return node;
  }

  /** Starts nodes, a few at a time. @returns them in the order of their names */
  async start<N extends readonly string[]>(...names: N): Promise<{ [K in keyof N]: ProcessNode }> {
    const started = new Map<string, ProcessNode>();
    await inTurns(names, STARTED_AT_ONCE, async (name) => {
      started.set(name, await this.startOne(name));
    });
    return names.map((name) => started.get(name)) as { [K in keyof N]: ProcessNode };
  }

  /** Starts a node behind a {@link FrontOfNode}, which lets everything pass at first. */
  async startBehindFront(name: string): Promise<{ node: ProcessNode; front: FrontOfNode }> {
    const front = await FrontOfNode.listen();
    this.fronts.push(front);
    const node = await this.startOne(name, { PUBLIC_URL: front.url });
    front.target = node.process.url;
    return { node, front };
  }

  /** `kill -9`. */
  async kill(node: ProcessNode): Promise<void> {
    node.isDown = true;
    await node.process.stop('SIGKILL');
  }

  /** Another life on the same database, with the same settings. */
  async restart(node: ProcessNode): Promise<void> {
    node.process = await NodeProcess.start({ env: node.env });
    node.isDown = false;
  }

  /** Asks nodes to stop, and waits for it. @throws Error when one does not end well */
  async stop(nodes: readonly ProcessNode[] = this.nodes): Promise<void> {
    await Promise.all(
      nodes.map(async (node) => {
        if (node.isDown) return;
        node.isDown = true;
        const end = await node.process.stop();
        if (end !== 0) throw new Error(`${node.name} ended with ${end} when it was asked to stop`);
      }),
    );
  }

  /** Takes everything away, however it stands. */
  async close(): Promise<void> {
    for (const front of this.fronts) front.close();
    await Promise.all(this.nodes.map((node) => this.kill(node)));
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  // --- Lines ----------------------------------------------------------------------------------------------------------

  /** Tells one node of another, and waits until the two are connected both ways. */
  async link(from: ProcessNode, to: ProcessNode): Promise<void> {
    await from.client.addPeer(to.url);
    await this.linked(from, to);
  }

  /** Waits until two nodes have a line in each direction, and each believes the other that it is who it says. */
  async linked(one: ProcessNode, other: ProcessNode): Promise<void> {
    await this.until(
      `${one.name} and ${other.name} are connected`,
      async () => [await one.peer(other.url), await other.peer(one.url)],
      (ends) => ends.every((peer) => peer?.state === 'connected' && peer.calls_us),
    );
  }

  /** Joins nodes one after the other: A–B–C–… */
  async linkInLine(nodes: readonly ProcessNode[]): Promise<void> {
    for (const [i, node] of nodes.entries()) {
      const next = nodes[i + 1];
      if (next !== undefined) await this.link(node, next);
    }
  }

  /** Cuts the line between two nodes: each bans the other. */
  async partition(one: ProcessNode, other: ProcessNode): Promise<void> {
    await one.client.banPeer(other.url, { reason: 'the line is cut' });
    await other.client.banPeer(one.url, { reason: 'the line is cut' });
    await this.until(
      `${one.name} and ${other.name} are apart`,
      async () => [await one.peer(other.url), await other.peer(one.url)],
      (ends) => ends.every((peer) => peer?.state === 'banned'),
    );
  }

  /** Joins two nodes again that were {@link partition}ed. */
  async heal(one: ProcessNode, other: ProcessNode): Promise<void> {
    await one.client.unbanPeer(other.url);
    await other.client.unbanPeer(one.url);
    await one.client.addPeer(other.url);
    await other.client.addPeer(one.url);
    await this.linked(one, other);
  }

  // --- Waiting --------------------------------------------------------------------------------------------------------

  /**
   * Looks again and again until what is seen is as it should be.
   * @returns what was seen then
   * @throws Error that says what was waited for and what was seen last, when that does not change any more or a node has died
   */
  async until<T>(
    what: string,
    look: () => Promise<T>,
    isDone: (seen: T) => boolean,
    // Many nodes would have little else to do than to answer.
    { pollMs = POLL_MS * Math.ceil(this.nodes.length / 4) }: { readonly pollMs?: number } = {},
  ): Promise<T> {
    let deadlineMs = 0;
    for (let before: string | undefined; ;) {
      const seen = await look();
      if (isDone(seen)) return seen;
      const now = JSON.stringify(seen, undefined, 1);
      if (now !== before) deadlineMs = Date.now() + PATIENCE_MS;
      before = now;
      const dead = this.nodes.find(({ isDown, process: { process } }) => !isDown && hasEnded(process));
      const inVain = dead === undefined ? Date.now() > deadlineMs : `${dead.name} has died`;
      if (inVain !== false)
        throw new Error(
          `waited in vain until ${what}${inVain === true ? '' : `: ${inVain}`}; seen last: ${now}`,
        );
      await sleep(pollMs);
    }
  }

  /** Waits until all of these nodes have this tip. */
  async untilTip(hash: string | null, nodes: readonly ProcessNode[] = this.nodes): Promise<void> {
    await this.until(
      `all of ${namesOf(nodes)} are at ${String(hash)}`,
      () => each(nodes, async ({ client }) => (await client.health()).tip_hash),
      (tips) => Object.values(tips).every((tip) => tip === hash),
    );
  }

  /** Waits until exactly these transactions wait at each of these nodes. */
  async untilWaiting(txids: readonly string[], nodes: readonly ProcessNode[] = this.nodes): Promise<void> {
    const wanted = [...txids].sort().join();
    await this.until(
      `${txids.length} transactions (${wanted}) wait at all of ${namesOf(nodes)}`,
      () => each(nodes, waitingAt),
      (waiting) => Object.values(waiting).every((found) => found.join() === wanted),
    );
  }

  /** The last lines that each node logged. */
  dump(): string {
    return this.nodes
      .map((node) => {
        const { output, process } = node.process;
        const state = hasEnded(process) ? `ended: ${String(process.exitCode ?? process.signalCode)}` : 'runs';
        return [`--- ${node.name} (${node.url}, ${state})`, ...output.slice(-LOG_LINES_SHOWN)].join('\n');
      })
      .join('\n');
  }

  private async emptyDatabase(name: string): Promise<Record<string, string>> {
    if (this.engine === 'postgresql') return { DATABASE_URL: await createTestDatabase() };
    const folder = await mkdtemp(join(tmpdir(), `mini-bitcoin-network-${name}-`));
    this.folders.push(folder);
    return { DATABASE_URL: 'pglite:', DATA_DIR: folder };
  }
}

/** Runs a test with a network that is gone afterwards. A failure's message gets the last log lines of its nodes. */
export async function withNetwork(
  engine: ProcessEngine,
  settings: Readonly<Record<string, string>>,
  test: (network: ProcessNetwork) => Promise<void>,
): Promise<void> {
  const network = new ProcessNetwork(engine, settings);
  try {
    await test(network);
  } catch (error) {
    if (error instanceof Error) error.message = `${error.message}\n\n${network.dump()}`;
    throw error;
  } finally {
    await network.close();
  }
}

/** The txids that wait at a node, sorted. */
export async function waitingAt({ client }: ProcessNode): Promise<string[]> {
  const { transactions } = await client.mempool();
  return transactions.map(({ txid }) => txid).sort();
}

/** Asks each node something. @returns the answers by the nodes' names */
export async function each<T>(
  nodes: readonly ProcessNode[],
  ask: (node: ProcessNode) => Promise<T>,
): Promise<Record<string, T>> {
  return Object.fromEntries(
    await Promise.all(nodes.map(async (node) => [node.name, await ask(node)] as const)),
  );
}

/** Does something with each of many, so many at a time. @throws the first failure, when nothing is under way any more */
export async function inTurns<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const workers = Array.from({ length: atOnce }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  });
  const failure = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}

function hasEnded(process: { exitCode: number | null; signalCode: string | null }): boolean {
  return process.exitCode !== null || process.signalCode !== null;
}

function namesOf(nodes: readonly ProcessNode[]): string {
  return nodes.map(({ name }) => name).join(', ');
}
