/**
 * A network of real nodes on this machine: started together, watched, split, healed and ended together.
 *
 * What people do to it goes through one queue, one thing at a time: a node that is started while the network is being split
 * would otherwise miss the split.
 */
import { CliError } from '../cli-errors.ts';
import { counted } from '../describe.ts';
import { DevnetNode, nodeName } from './devnet-node.ts';
import { type DevnetEvent, type DevnetEventKind, type EventDetails, isNews } from './events.ts';
import { dataDirOf, logFileOf } from './folder.ts';
import { type Shares, sharesNow } from './mining-plan.ts';
import type { DevnetParameters } from './parameters.ts';
import {
  groupName,
  type Groups,
  groupsText,
  type NetworkPlan,
  parseGroups,
  splitNetwork,
  wholeNetwork,
} from './partition.ts';
import { pauseFor } from './pause.ts';
import { shapeNetwork } from './shape-network.ts';
import { includesLink, type Link, linksOf, neighboursOf } from './topology.ts';
import type { DevnetView, NodeView } from './view.ts';

export interface DevnetOptions {
  readonly folder: string;
  readonly parameters: DevnetParameters;
  /** Ports, in the order of the nodes. */
  readonly ports: readonly number[];
  /** Addresses that the nodes mine for, in their order. */
  readonly minerAddresses: readonly string[];
  /** Further settings of all nodes, by the names of the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called for everything that happens. */
  readonly onEvent: (event: DevnetEvent) => void;
}

const HOST = '127.0.0.1';
const LOOK_EVERY_MS = 600;
/** Each start keeps a processor busy for a second or two. */
const STARTS_AT_ONCE = 3;
const EVENTS_KEPT = 30;
const MAX_PEERS = 64;
/** Missed announcements are made good so soon. */
const SYNC_INTERVAL_S = 2;

export class Devnet {
  readonly nodes: readonly DevnetNode[];
  private readonly options: DevnetOptions;
  private readonly topology: readonly Link[];
  private readonly formerUrls: ReadonlySet<string>;
  private readonly closing = new AbortController();
  private readonly events: DevnetEvent[] = [];
  private groups: Groups | undefined;
  private awaitsAgreement = false;
  private queue: Promise<unknown> = Promise.resolve();
  private watching: Promise<void> | undefined;
  private closed: Promise<void> | undefined;

  constructor(options: DevnetOptions) {
    const { parameters, ports, folder, env } = options;
    this.options = options;
    this.topology = linksOf(parameters.topology, parameters.nodes, parameters.seed);
    const urls = ports.map(urlAt);
    this.formerUrls = new Set(
      parameters.formerPortBases
        .flatMap((base) => ports.map((_, index) => urlAt(base + index)))
        .filter((url) => !urls.includes(url)),
    );
    this.nodes = ports.map(
      (port, index) =>
        new DevnetNode({
          number: index + 1,
          url: urlAt(port),
          settings: this.settingsOf(index + 1, port),
          env,
          cwd: folder,
          logFile: logFileOf(folder, index + 1),
          minerAddress: options.minerAddresses[index] ?? '',
          tell: (event, text, details) => this.tell(event, text, details),
        }),
    );
  }

  private settingsOf(number: number, port: number): Record<string, string> {
    const { parameters, folder, settings } = this.options;
    return {
      NODE_NAME: nodeName(number),
      NODE_HOST: HOST,
      NODE_PORT: String(port),
      PUBLIC_URL: urlAt(port),
      DATA_DIR: dataDirOf(folder, number),
      DATABASE_URL: parameters.storage === 'memory' ? 'memory:' : 'pglite:',
      DEFAULT_TARGET: parameters.defaultTarget,
      TARGET_BLOCK_TIME: String(parameters.blockTimeS),
      DISCOVER_PEERS: 'false', // or it would soon be everybody with everybody
      MAX_PEERS: String(MAX_PEERS),
      SYNC_INTERVAL: String(SYNC_INTERVAL_S),
      MINING_THREADS: '1',
      ...settings,
    };
  }

  // --- Life ---------------------------------------------------------------------------------------------------------

  /**
   * Starts all nodes, links them, and begins to watch. Whoever calls this calls {@link close} too, also when it fails.
   * @throws CliError when a node does not start
   */
  async start(): Promise<void> {
    await this.inTurn(async () => {
      await this.startAll(this.nodes);
      this.watching = this.watch();
      const whole = await this.shape();
      this.tell(
        'ready',
        `${counted(this.nodes.length, 'node')} up${whole ? '' : '; not all links are up yet'}`,
        {
          folder: this.options.folder,
          nodes: this.nodes.map(({ name, url, pid }) => ({ name, url, pid: pid ?? null })),
        },
      );
    });
  }

  /** Stops all nodes in order and resolves when they are gone. Idempotent. */
  async close(): Promise<void> {
    this.closed ??= (async () => {
      this.closing.abort(new CliError('The devnet is stopping.', { reason: 'devnet-stopping' }));
      await Promise.all(this.nodes.map((node) => node.stop()));
      await this.watching;
    })();
    return this.closed;
  }

  private async watch(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await Promise.all(this.nodes.map((node) => node.look(signal)));
      await this.mineAsWanted(signal);
      this.noticeAgreement();
      await pauseFor(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  }

  // --- What people do to it -----------------------------------------------------------------------------------------

  /** Splits the network. @returns a sentence. @throws CliError (usage) for groups that are none */
  async partition(words: readonly string[]): Promise<string> {
    const { groups, unnamed } = parseGroups(words, this.nodes.length);
    return this.inTurn(async () => {
      this.groups = groups;
      this.awaitsAgreement = false;
      const done = await this.shape();
      const names = groups.map((group, index) => `${groupName(index)} (${group.join(',')})`).join(' and ');
      const lent = this.plan().links.filter((each) => !includesLink(this.topology, each));
      const remarks = [
        unnamed.length > 0 ? ` ${unnamed.join(', ')} had not been named and form a group of their own.` : '',
        lent.length > 0 ? ` To hang together, links were lent: ${linksText(lent)}.` : '',
        done ? '' : ' Not all links are as they should be yet; the nodes go on trying.',
      ];
      this.tell('partitioned', `split into ${groupsText(groups)}`, { groups });
      return `The network is split into ${names}.${remarks.join('')}`;
    });
  }

  /** Makes the network whole again. @returns a sentence */
  async heal(): Promise<string> {
    return this.inTurn(async () => {
      if (this.groups === undefined) return 'The network is whole already.';
      this.groups = undefined;
      const done = await this.shape();
      this.awaitsAgreement = true;
      this.tell('healed', 'whole again', {});
      return done
        ? `The network is whole again: ${counted(this.topology.length, 'link')} as before. The chain with the most work wins now.`
        : 'The network is being made whole: not all links are up yet; the nodes go on trying.';
    });
  }

  /** Starts nodes that do not run. @throws CliError when one does not start; the others go on */
  async startNodes(numbers: readonly number[]): Promise<string> {
    return this.inTurn(async () => {
      const idle = this.pick(numbers).filter(({ state }) => state === 'stopped' || state === 'died');
      await this.startAll(idle);
      await this.shape();
      for (const { name } of idle) this.tell('node-started', `${name} started`, { node: name });
      return this.sentence(numbers, idle, 'started', 'ran already');
    });
  }

  async stopNodes(numbers: readonly number[], how: 'stop' | 'kill' = 'stop'): Promise<string> {
    return this.inTurn(async () => {
      const live = this.pick(numbers).filter(({ pid }) => pid !== undefined);
      await Promise.all(live.map((node) => (how === 'stop' ? node.stop() : node.kill())));
      const [event, done] =
        how === 'stop' ? (['node-stopped', 'stopped'] as const) : (['node-killed', 'killed'] as const);
      for (const { name } of live) this.tell(event, `${name} ${done}`, { node: name });
      return this.sentence(numbers, live, done, 'did not run');
    });
  }

  /** Sets how nodes mine, by their place; 0 stops one. Undefined leaves one as it is. */
  async mine(shares: readonly (number | undefined)[]): Promise<string> {
    return this.inTurn(async () => {
      this.setShares(this.nodes.map(({ share }, index) => shares[index] ?? share));
      await this.mineAsWanted(this.closing.signal);
      const text = this.nodes
        .map(({ name, share }) => `${name} ${share === 0 ? 'off' : `${Number((share * 100).toFixed(1))} %`}`)
        .join(', ');
      this.tell('mining', `mining: ${text}`, { shares: this.nodes.map(({ share }) => share) });
      return `Mining, in percent of one thread: ${text}.`;
    });
  }

  /** How nodes mine from now on. They are told when they are looked at next. */
  setShares(shares: Shares): void {
    for (const [index, node] of this.nodes.entries()) node.share = shares[index] ?? 0;
  }

  // --- What it looks like -------------------------------------------------------------------------------------------

  view(): DevnetView {
    const { folder, parameters } = this.options;
    const { links } = this.plan();
    return {
      folder,
      topology: parameters.topology,
      storage: parameters.storage,
      block_time: parameters.blockTimeS,
      groups: this.groups ?? null,
      nodes: this.nodes.map((node) => this.viewOf(node, links)),
      events: [...this.events],
    };
  }

  private viewOf(node: DevnetNode, links: readonly Link[]): NodeView {
    const { name, url, state, pid, note, seen, share, number, isRunning } = node;
    const group = this.groups?.findIndex((each) => each.includes(number)) ?? -1;
    return {
      name,
      url,
      state,
      pid: pid ?? null,
      note: note ?? null,
      height: seen?.height ?? null,
      tip_hash: seen?.tip ?? null,
      mempool: seen?.mempool ?? null,
      peers: isRunning ? (seen?.peers ?? null) : null,
      links: neighboursOf(links, number).length,
      hash_rate: isRunning ? (seen?.hashRate ?? null) : null,
      share,
      sync_state: isRunning ? (seen?.syncState ?? null) : null,
      sync_percent: isRunning ? (seen?.syncPercent ?? null) : null,
      group: group < 0 ? null : groupName(group),
    };
  }

  /** Tells what happened to whoever listens, and remembers it for those who ask later. */
  tell(event: DevnetEventKind, text: string, details: EventDetails): void {
    const told: DevnetEvent = { at: Date.now() / 1000, event, text, ...details };
    if (isNews(told)) {
      this.events.push(told);
      if (this.events.length > EVENTS_KEPT) this.events.shift();
    }
    this.options.onEvent(told);
  }

  // --- How ----------------------------------------------------------------------------------------------------------

  private plan(): NetworkPlan {
    return this.groups === undefined ? wholeNetwork(this.topology) : splitNetwork(this.topology, this.groups);
  }

  private shape(): Promise<boolean> {
    const { signal } = this.closing;
    return shapeNetwork({ nodes: this.nodes, plan: this.plan(), formerUrls: this.formerUrls, signal });
  }

  /** Each node is given its links to lower nodes; the other ends link back when they hear of it. */
  private async startAll(nodes: readonly DevnetNode[]): Promise<void> {
    const waiting = [...nodes];
    const startSome = async (): Promise<void> => {
      for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
        const { number } = node;
        const lower = neighboursOf(this.plan().links, number).filter((other) => other < number);
        const peers = lower.map((other) => this.nodes[other - 1]?.url ?? '');
        await node.start(peers, this.closing.signal);
      }
    };
    const workers = await Promise.allSettled(Array.from({ length: STARTS_AT_ONCE }, startSome));
    for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  }

  private async mineAsWanted(signal: AbortSignal): Promise<void> {
    const running = this.nodes.filter(({ isRunning }) => isRunning);
    const shares = sharesNow(
      running.map(({ number, share, seen }) => ({
        share,
        hasBlocks: (seen?.height ?? -1) >= 0,
        group: this.groups?.findIndex((group) => group.includes(number)) ?? 0,
      })),
    );
    await Promise.all(
      running.map(
        (node, index) => node.mineWith(shares[index] ?? 0, signal).catch(() => undefined), // asked again at the next look
      ),
    );
  }

  private noticeAgreement(): void {
    if (!this.awaitsAgreement) return;
    const running = this.nodes.filter(({ isRunning }) => isRunning);
    const tips = new Set(running.map(({ seen }) => seen?.tip));
    const seen = running[0]?.seen;
    if (tips.size !== 1 || seen === undefined || seen.tip === null) return;
    this.awaitsAgreement = false;
    const { height, tip } = seen;
    this.tell('agreed', `all agree again: block ${height}`, { height, block_hash: tip });
  }

  private pick(numbers: readonly number[]): DevnetNode[] {
    return this.nodes.filter(({ number }) => numbers.includes(number));
  }

  private sentence(
    asked: readonly number[],
    done: readonly DevnetNode[],
    doneText: string,
    elseText: string,
  ): string {
    const others = this.pick(asked).filter((node) => !done.includes(node));
    const list = (nodes: readonly DevnetNode[]): string => nodes.map(({ name }) => name).join(', ');
    return [
      done.length > 0 ? `${list(done)} ${doneText}.` : '',
      others.length > 0 ? `${list(others)} ${elseText}.` : '',
    ]
      .filter((part) => part !== '')
      .join(' ');
  }

  /** Runs the work when what was asked for before is done. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => {
      this.closing.signal.throwIfAborted();
      return work();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }
}

function urlAt(port: number): string {
  return `http://${HOST}:${port}`;
}

function linksText(links: readonly Link[]): string {
  return links.map(([lower, higher]) => `${lower}–${higher}`).join(', ');
}
