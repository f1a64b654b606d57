/** One node of a devnet: its process, what was last seen of it, and how it should mine. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ApiClient } from '../../protocol/client.ts';
import { ApiError, type StoredPeer } from '../../protocol/index.ts';
import { CliError } from '../cli-errors.ts';
import type { DevnetEventKind, EventDetails } from './events.ts';
import { NodeRunner, type NodeExit } from './node-runner.ts';
import { changesOf, type Observation, observe } from './observation.ts';
import type { PeerAction } from './peer-plan.ts';
import type { NodeState } from './view.ts';

export interface DevnetNodeOptions {
  readonly number: number;
  readonly url: string;
  /** All settings but BOOTSTRAP_PEERS. */
  readonly settings: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly logFile: string;
  /** Who gets what it mines. */
  readonly minerAddress: string;
  readonly tell: (event: DevnetEventKind, text: string, details: EventDetails) => void;
}

/** The longest that a ban can be: a split ends when somebody heals it. */
const BAN_SECONDS = 31_536_000;
const BAN_REASON = 'partition of the devnet';
const CALL_TIMEOUT_MS = 5_000;

export class DevnetNode {
  readonly number: number;
  readonly name: string;
  readonly url: string;
  readonly client: ApiClient;
  state: NodeState = 'stopped';
  /** Why it is not running, where that needs to be said. */
  note: string | undefined;
  /** Of this run or, when it is stopped, of the last one. */
  seen: Observation | undefined;
  /** Part of a thread that it should mine with, 0 … 1. */
  share = 0;
  private readonly options: DevnetNodeOptions;
  private runner: NodeRunner | undefined;
  private isFreshRun = true;
  /** What it was told in this run. */
  private toldShare = 0;

  constructor(options: DevnetNodeOptions) {
    this.options = options;
    this.number = options.number;
    this.name = nodeName(options.number);
    this.url = options.url;
    this.client = new ApiClient({ baseUrl: options.url, timeoutMs: CALL_TIMEOUT_MS });
    mkdirSync(dirname(options.logFile), { recursive: true });
  }

  get pid(): number | undefined {
    return this.runner?.isRunning === true ? this.runner.pid : undefined;
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  // --- Its process --------------------------------------------------------------------------------------------------

  /**
   * Starts it and waits until it answers.
   * @throws CliError with its last words when it ends before that; the signal's reason when that aborts (it still runs then)
   */
  async start(bootstrapPeers: readonly string[], signal: AbortSignal): Promise<void> {
    const { settings, env, cwd, logFile, url } = this.options;
    this.state = 'starting';
    this.note = undefined;
    this.isFreshRun = true;
    this.toldShare = 0;
    const runner = new NodeRunner({
      url,
      env,
      cwd,
      logFile,
      settings: { ...settings, BOOTSTRAP_PEERS: bootstrapPeers.join(',') },
    });
    this.runner = runner;
    const exit = await runner.ready(signal);
    if (exit !== undefined) {
      this.state = 'died';
      this.note = exitText(exit);
      throw new CliError(`${this.name} did not start: ${exit.lastWords ?? exit.how}`, {
        reason: 'devnet-node-failed',
        hint: `All that it said is in ${logFile}.`,
      });
    }
    if (!this.isStarting()) return; // asked to stop meanwhile
    this.state = 'running';
    runner.ended.then((ended) => this.onEnd(runner, ended)).catch(() => undefined); // it never rejects
  }

  private isStarting(): boolean {
    return this.state === 'starting';
  }

  /** It ended. When it was asked to, whoever asked says so. */
  private onEnd(runner: NodeRunner, exit: NodeExit): void {
    if (this.runner !== runner || this.state !== 'running') return;
    this.state = 'died';
    this.note = exitText(exit);
    this.options.tell('node-died', `${this.name} died: ${this.note}`, {
      node: this.name,
      how: exit.how,
      last_words: exit.lastWords ?? null,
    });
  }

  /** Lets it finish its work. Does nothing when it does not run. */
  async stop(): Promise<void> {
    await this.end((runner) => runner.stop(), 'stopped');
  }

  /** Ends it in mid-work. Does nothing when it does not run. */
  async kill(): Promise<void> {
    await this.end((runner) => runner.kill(), 'killed with SIGKILL');
  }

  private async end(how: (runner: NodeRunner) => Promise<NodeExit>, note: string): Promise<void> {
    const { runner } = this;
    if (runner?.isRunning !== true) return;
    this.state = 'stopping';
    const exit = await how(runner);
    this.state = 'stopped';
    this.note = note === 'stopped' && exit.how !== 'exit code 0' ? exitText(exit) : note;
  }

  // --- What it says -------------------------------------------------------------------------------------------------

  /** Looks at it and tells what has changed. A node that does not answer just now is looked at the next time. */
  async look(signal: AbortSignal): Promise<void> {
    if (!this.isRunning) return;
    const before = this.isFreshRun ? undefined : this.seen;
    let after: Observation;
    try {
      after = await observe(this.client, before, { signal });
    } catch {
      return; // busy, or about to be seen dying
    }
    this.seen = after;
    this.isFreshRun = false;
    for (const { event, text, details } of changesOf(this.name, before, after))
      this.options.tell(event, text, details);
  }

  async peers(signal: AbortSignal): Promise<readonly StoredPeer[]> {
    return (await this.client.peers({ signal })).stored_peers;
  }

  /** Does to its peers what a plan says. */
  async obey(actions: readonly PeerAction[], signal: AbortSignal): Promise<void> {
    const call = { signal };
    for (const { do: what, url } of actions) {
      switch (what) {
        case 'ban':
          await this.client.banPeer(url, { seconds: BAN_SECONDS, reason: BAN_REASON }, call);
          break;
        case 'unban':
          await unlessUnknown(this.client.unbanPeer(url, call));
          break;
        case 'remove':
          await unlessUnknown(this.client.removePeer(url, call));
          break;
        case 'add':
          await this.client.addPeer(url, call);
          break;
      }
    }
  }

  /** Makes it mine with a share of a thread, 0 … 1, if it does not yet. */
  async mineWith(share: number, signal: AbortSignal): Promise<void> {
    if (!this.isRunning || share === this.toldShare) return;
    if (share === 0) await this.client.miningStop({ signal });
    else await this.client.miningStart(this.options.minerAddress, { threads: 1, share }, { signal });
    this.toldShare = share;
  }
}

export function nodeName(number: number): string {
  return `node-${number}`;
}

function exitText({ how, lastWords }: NodeExit): string {
  return lastWords === undefined ? how : `${how}; last words: ${lastWords}`;
}

/** The node forgot the peer between our question and this: as good as done. */
async function unlessUnknown(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'peer-unknown')) throw error;
  }
}
