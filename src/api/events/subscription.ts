/**
 * One client that follows events: what it wants, what it has got, and whether it keeps up.
 *
 * A snapshot takes a while (it asks the database); events that happen meanwhile wait until it is sent. A client that does not
 * take what it is sent is not waited for: beyond a bound its connection is ended, and it may come back and go on from the last
 * number that it saw.
 */
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
  send(text: string, sequence: number): void;
  /** What has been sent and not been taken, in bytes or so. */
  waitingBytes(): number;
  end(reason: EndReason, detail: string): void;
}

export interface SubscriptionModules {
  readonly hub: EventHub;
  readonly snapshot: (topics: readonly Topic[]) => Promise<TopicSnapshots>;
  readonly sink: ClientSink;
  /** Beyond this the client is too slow. */
  readonly maxWaitingBytes: number;
  /** A snapshot could not be made. */
  readonly onError: (error: unknown) => void;
}

export interface Since {
  readonly run: string;
  readonly sequence: number;
}

/** Events that wait for a snapshot; more, and the snapshot is made anew. */
const MAX_HELD = 5_000;

export class Subscription implements HubListener {
  private readonly modules: SubscriptionModules;
  private readonly topics = new Set<Topic>();
  private readonly leave: () => void;
  /** Set while a snapshot is being made: what happens meanwhile. */
  private held: SentEvent[] | undefined;
  /** Snapshots are made one after the other. */
  private work: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(modules: SubscriptionModules) {
    this.modules = modules;
    this.leave = modules.hub.add(this);
  }

  get followed(): Iterable<Topic> {
    return this.topics;
  }

  follows(topic: Topic): boolean {
    return this.topics.has(topic);
  }

  take(event: SentEvent): void {
    if (this.held === undefined) this.send(event.text, event.sequence);
    else if (this.held.length < MAX_HELD) this.held.push(event);
  }

  /**
   * Follows topics from now on; those that it follows already stay as they are. Answered by a snapshot of the new ones, or by
   * what was missed since.
   */
  subscribe(topics: readonly Topic[], since?: Since): void {
    const fresh = [...new Set(topics)].filter((topic) => !this.topics.has(topic));
    if (this.topics.size + fresh.length > MAX_TOPICS) {
      this.refuse('too-many-topics', `at most ${MAX_TOPICS} topics can be followed at once`);
      return;
    }
    this.inTurn(async () => {
      const { hub } = this.modules;
      for (const topic of fresh) this.topics.add(topic);
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
    for (const topic of topics) this.topics.delete(topic);
  }

  /** Everything that it follows, as it stands. */
  refresh(): void {
    this.inTurn(() => this.sendSnapshot([...this.topics]));
  }

  /** After everything before it: snapshots that were asked for included. */
  pong(): void {
    this.inTurn(async () => {
      const { run, sequence } = this.modules.hub;
      this.sendMessage({ type: 'pong', run, sequence }, sequence);
    });
  }

  refuse(reason: string, detail: string): void {
    this.sendMessage({ type: 'error', reason, detail }, this.modules.hub.sequence);
  }

  close(): void {
    this.closed = true;
    this.leave();
  }

  private inTurn(work: () => Promise<void>): void {
    this.work = this.work.then(async () => {
      if (this.closed) return;
      try {
        await work();
      } catch (error) {
        this.modules.onError(error);
        this.refuse('internal-error', 'the snapshot could not be made; ask again');
      }
    });
  }

  private async sendSnapshot(topics: readonly Topic[]): Promise<void> {
    const { hub } = this.modules;
    this.held = [];
    try {
      const { run, sequence } = hub;
      const data = await this.modules.snapshot(topics);
      if (this.closed) return;
      const message: SnapshotMessage = { type: 'snapshot', run, sequence, topics: [...topics], data };
      this.sendMessage(message, sequence);
      const { held } = this;
      if (held.length >= MAX_HELD)
        this.refuse('missed-events', 'more happened than could be kept; ask for a snapshot');
      else for (const event of held) this.send(event.text, event.sequence);
    } finally {
      this.held = undefined;
    }
  }

  private sendMessage(message: NodeMessage, sequence: number): void {
    this.send(JSON.stringify(message), sequence);
  }

  private send(text: string, sequence: number): void {
    if (this.closed) return;
    const { sink, maxWaitingBytes } = this.modules;
    sink.send(text, sequence);
    const waiting = sink.waitingBytes();
    if (waiting <= maxWaitingBytes) return;
    this.close();
    sink.end('too-slow', `${waiting} bytes were sent and not taken; come back and go on from the last event`);
  }
}
