/**
 * Events get their numbers here, are kept for a while, and are handed to those who follow their topic.
 *
 * What is kept is bounded, and so is the work: while nobody listens, and nobody did lately, events are counted and forgotten.
 */
import type { EventData, EventMessage, Topic } from '../../protocol/index.ts';

export interface HubOptions {
  /** So many events are kept for those who come back. */
  readonly keptEvents: number;
  /** So many characters of them. */
  readonly keptCharacters: number;
  /** After the last listener has gone, events are kept for so long. */
  readonly lingerMs: number;
}

/** What is kept must fit into what a client may be behind (`eventBacklogBytes`): all of it is sent in one go. */
export const DEFAULT_HUB: HubOptions = { keptEvents: 2_000, keptCharacters: 2_000_000, lingerMs: 60_000 };

/** An event as it is sent: written out once, for all who get it. */
export interface SentEvent {
  readonly sequence: number;
  readonly topic: Topic;
  readonly text: string;
}

export interface HubListener {
  follows(topic: Topic): boolean;
  /** Called synchronously, in order. */
  take(event: SentEvent): void;
}

export class EventHub {
  /** Names this run: numbers of an earlier one mean nothing. */
  readonly run: string;
  private readonly options: HubOptions;
  private readonly nowMs: () => number;
  private readonly listeners = new Set<HubListener>();
  private kept: SentEvent[] = [];
  private keptCharacters = 0;
  private last = 0;
  /** The oldest number from which everything is kept. */
  private completeFrom = 1;
  private leftAtMs = -Infinity;

  constructor(run: string, nowMs: () => number, options: HubOptions = DEFAULT_HUB) {
    this.run = run;
    this.nowMs = nowMs;
    this.options = options;
  }

  /** Number of the latest event; 0 before the first. */
  get sequence(): number {
    return this.last;
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** Whether anybody listens, or did a moment ago. */
  get isWanted(): boolean {
    return this.listeners.size > 0 || this.nowMs() - this.leftAtMs < this.options.lingerMs;
  }

  /** Whether somebody follows a topic; for a moment after the last listener has gone, anybody may come back. */
  isFollowed(topic: Topic): boolean {
    if (this.listeners.size === 0) return this.isWanted;
    for (const listener of this.listeners) if (listener.follows(topic)) return true;
    return false;
  }

  /** @returns a function that ends it */
  add(listener: HubListener): () => void {
    // What happened while nobody listened was not even looked at, and may have got no number: it counts as one lost event.
    if (!this.isWanted && this.leftAtMs > -Infinity) {
      this.last++;
      this.forgetAll();
    }
    this.listeners.add(listener);
    return () => {
      if (this.listeners.delete(listener)) this.leftAtMs = this.nowMs();
    };
  }

  /** @param data a function where it takes work to find out: it is called when somebody wants to know */
  emit(topic: Topic, data: () => EventData): void {
    const sequence = ++this.last;
    if (!this.isWanted) {
      this.forgetAll();
      return;
    }
    const message: EventMessage = {
      type: 'event',
      sequence,
      topic,
      at: this.nowMs() / 1_000,
      data: data(),
    };
    const event = { sequence, topic, text: JSON.stringify(message) };
    this.keep(event);
    for (const listener of this.listeners) if (listener.follows(topic)) listener.take(event);
  }

  /**
   * The events after a number that a listener follows; undefined where some of them are forgotten, or the number is none of
   * this run.
   */
  since(sequence: number, listener: Pick<HubListener, 'follows'>): readonly SentEvent[] | undefined {
    if (sequence > this.last || sequence + 1 < this.completeFrom) return undefined;
    return this.kept.filter((event) => event.sequence > sequence && listener.follows(event.topic));
  }

  private keep(event: SentEvent): void {
    this.kept.push(event);
    this.keptCharacters += event.text.length;
    while (this.kept.length > this.options.keptEvents || this.keptCharacters > this.options.keptCharacters) {
      const oldest = this.kept.shift();
      if (oldest === undefined) break;
      this.keptCharacters -= oldest.text.length;
      this.completeFrom = oldest.sequence + 1;
    }
  }

  private forgetAll(): void {
    this.completeFrom = this.last + 1;
    if (this.kept.length === 0) return;
    this.kept = [];
    this.keptCharacters = 0;
  }
}
