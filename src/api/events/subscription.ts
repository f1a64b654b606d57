/**
 * One client that follows events: what it wants, what it has got, and whether it keeps up.
 *
 * A snapshot takes a while (it asks the database); events that happen meanwhile wait until it is sent. All that a client asks for
 * is done in turn, so what it says last holds. A client that does not take what it is sent is not waited for: beyond a bound its
 * connection is ended, and it may come back and go on from the last number that it saw.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MAX_TOPICS,
  type NodeMessage,
  type SnapshotMessage,
  type Topic,
  type TopicSnapshots,
} from '../../protocol/index.ts';
import type { EventHub, HubListener, SentEvent } from './event-hub.ts';

export type EndReason = 'stopping' | 'too-slow' | 'too-many-messages';

/** The way to the client. */
export interface ClientSink {
  /** @param sequence what the client has seen then; not given where that does not change */
  send(text: string, sequence?: number): void;
  /** What has been sent and not been taken, in bytes or so. */
  waitingBytes(): number;
  end(reason: EndReason, detail: string): void;
  /** For clients that cannot ask for a snapshot: something is lost, and they have to come back for it. Others are told. */
  endBecauseLost?(reason: LossReason, detail: string): void;
}

/** Why something did not get to the client. */
export type LossReason = 'internal-error' | 'missed-events';

export interface SubscriptionModules {
  readonly hub: EventHub;
  readonly snapshot: (topics: readonly Topic[]) => Promise<TopicSnapshots>;
  readonly sink: ClientSink;
  /** Who follows what is counted for all clients. */
  readonly followed: { add(topic: Topic): void; remove(topic: Topic): void };
  /** Beyond this the client is too slow. */
  readonly maxWaitingBytes: number;
  /** A snapshot could not be made. */
  readonly onError: (error: unknown) => void;
  readonly bounds?: Partial<SubscriptionBounds>;
}

export interface SubscriptionBounds {
  /** Events that wait for a snapshot; more, and the snapshot is made anew. */
  readonly heldEvents: number;
  /** So many snapshots are made for it before the client is told that something is missing. */
  readonly snapshotTries: number;
  /** Of what a client asks for, so much may wait for its turn. */
  readonly waitingTurns: number;
  /** After a snapshot that was asked for by itself, the next one waits so long: each asks the database for everything. */
  readonly snapshotPauseMs: number;
}

const DEFAULT_BOUNDS: SubscriptionBounds = {
  heldEvents: 5_000,
  snapshotTries: 3,
  waitingTurns: 64,
  snapshotPauseMs: 1_000,
};

export interface Since {
  readonly run: string;
  readonly sequence: number;
}

/** More happened while a snapshot was made than was kept. */
class MissedEvents extends Error {}

export class Subscription implements HubListener {
  private readonly modules: SubscriptionModules;
  private readonly bounds: SubscriptionBounds;
  private readonly topics = new Set<Topic>();
  private readonly leave: () => void;
  /** Set while a snapshot is being made: what happens meanwhile. */
  private held: SentEvent[] | undefined;
  /** What the client asks for is done one after the other. */
  private work: Promise<void> = Promise.resolve();
  private waitingTurns = 0;
  /** A snapshot of everything waits for its turn: who asks again meanwhile gets the same. */
  private refreshWaits = false;
  /** Whoever asks once is served at once; who asks all the time waits. */
  private refreshPause: Promise<void> = Promise.resolve();
  private readonly ended = new AbortController();

  constructor(modules: SubscriptionModules) {
    this.modules = modules;
    this.bounds = { ...DEFAULT_BOUNDS, ...modules.bounds };
    this.leave = modules.hub.add(this);
  }

  follows(topic: Topic): boolean {
    return this.topics.has(topic);
  }

  take(event: SentEvent): void {
    if (this.held === undefined) this.send(event.text, event.sequence);
    else if (this.held.length <= this.bounds.heldEvents) this.held.push(event);
  }

  /**
   * Follows topics from now on; those that it follows already stay as they are. Answered by a snapshot of the new ones, or by
   * what was missed since.
   */
  subscribe(topics: readonly Topic[], since?: Since): void {
    this.inTurn(async () => {
      const { hub } = this.modules;
      // What it follows is known when its turn has come, and not before.
      const fresh = [...new Set(topics)].filter((topic) => !this.topics.has(topic));
      if (this.topics.size + fresh.length > MAX_TOPICS) {
        this.refuse('too-many-topics', `at most ${MAX_TOPICS} topics can be followed at once`);
        return;
      }
      for (const topic of fresh) this.follow(topic);
      // Of an address nothing is written down while nobody follows it.
      const plain = fresh.filter((topic) => !topic.startsWith('address:'));
      const missed = since?.run === hub.run && plain.length > 0 ? hub.since(since.sequence, this) : undefined;
      if (since === undefined || missed === undefined) {
        await this.sendSnapshot(fresh);
        return;
      }
      const { run, sequence } = hub;
      // The number is that of the client: what follows brings it up to date.
      this.sendMessage({ type: 'resumed', run, sequence, topics: plain }, since.sequence);
      for (const event of missed) this.send(event.text, event.sequence);
      const addresses = fresh.filter((topic) => topic.startsWith('address:'));
      if (addresses.length > 0) await this.sendSnapshot(addresses);
    });
  }

  unsubscribe(topics: readonly Topic[]): void {
    this.inTurn(async () => {
      for (const topic of topics) this.unfollow(topic);
    });
  }

  /** Everything that it follows, as it stands. */
  refresh(): void {
    if (this.refreshWaits) return;
    this.refreshWaits = true;
    this.inTurn(async () => {
      await this.refreshPause;
      if (this.isClosed) return;
      this.refreshWaits = false;
      const { signal } = this.ended;
      const pause = sleep(this.bounds.snapshotPauseMs, undefined, { signal, ref: false });
      this.refreshPause = pause.catch(() => undefined);
      await this.sendSnapshot([...this.topics]);
    });
  }

  /** After everything before it: snapshots that were asked for included. */
  pong(): void {
    this.inTurn(async () => {
      const { run, sequence } = this.modules.hub;
      this.sendMessage({ type: 'pong', run, sequence }, sequence);
    });
  }

  refuse(reason: string, detail: string): void {
    this.sendMessage({ type: 'error', reason, detail });
  }

  close(): void {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    for (const topic of [...this.topics]) this.unfollow(topic);
    this.leave();
  }

  private follow(topic: Topic): void {
    this.topics.add(topic);
    this.modules.followed.add(topic);
  }

  private unfollow(topic: Topic): void {
    if (this.topics.delete(topic)) this.modules.followed.remove(topic);
  }

  private get isClosed(): boolean {
    return this.ended.signal.aborted;
  }

  private inTurn(work: () => Promise<void>): void {
    if (this.waitingTurns >= this.bounds.waitingTurns) {
      this.close();
      this.modules.sink.end('too-many-messages', 'too much is waiting that was asked for before');
      return;
    }
    this.waitingTurns++;
    this.work = this.work.then(async () => {
      this.waitingTurns--;
      if (this.isClosed) return;
      try {
        await work();
      } catch (error) {
        if (error instanceof MissedEvents) {
          this.lose('missed-events', 'more happened than could be kept; ask for a snapshot');
          return;
        }
        this.modules.onError(error);
        this.lose('internal-error', 'the snapshot could not be made; ask for a snapshot');
      }
    });
  }

  /** Tells the client that it has not got all that it should know. */
  private lose(reason: LossReason, detail: string): void {
    const { sink } = this.modules;
    if (this.isClosed) return;
    if (sink.endBecauseLost === undefined) {
      this.refuse(reason, detail);
      return;
    }
    this.close();
    sink.endBecauseLost(reason, detail);
  }

  /** @throws MissedEvents */
  private async sendSnapshot(topics: readonly Topic[]): Promise<void> {
    for (let tries = 0; tries < this.bounds.snapshotTries; tries++)
      if (await this.trySnapshot(topics)) return;
    throw new MissedEvents();
  }

  /** @returns whether nothing is missing after it */
  private async trySnapshot(topics: readonly Topic[]): Promise<boolean> {
    const { hub } = this.modules;
    const held: SentEvent[] = [];
    this.held = held;
    const isComplete = (): boolean => held.length <= this.bounds.heldEvents;
    try {
      const { run, sequence } = hub;
      const data = await this.modules.snapshot(topics);
      const message: SnapshotMessage = { type: 'snapshot', run, sequence, topics: [...topics], data };
      if (isComplete()) this.sendMessage(message, sequence);
    } finally {
      this.held = undefined;
      // Also where there is no snapshot: of the topics that it follows already nothing may be left out.
      if (isComplete()) for (const event of held) this.send(event.text, event.sequence);
    }
    return isComplete();
  }

  private sendMessage(message: NodeMessage, sequence?: number): void {
    this.send(JSON.stringify(message), sequence);
  }

  private send(text: string, sequence?: number): void {
    if (this.isClosed) return;
    const { sink, maxWaitingBytes } = this.modules;
    sink.send(text, sequence);
    const waiting = sink.waitingBytes();
    if (waiting <= maxWaitingBytes) return;
    this.close();
    sink.end('too-slow', `${waiting} bytes were sent and not taken; come back and go on from the last event`);
  }
}
