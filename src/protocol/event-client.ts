/**
 * Follows a node's events, and goes on doing so: after a break it connects again and asks for what it missed.
 *
 *   const events = new EventClient({
 *     baseUrl: 'http://localhost:8000',
 *     topics: ['blocks', 'mempool'],
 *     onSnapshot: ({ data }) => show(data),
 *     onEvent: ({ topic, data }) => change(topic, data),
 *     onState: (state) => tell(state),
 *   });
 *   events.open();
 *
 * Runs in browsers, and wherever there is a WebSocket (Node 22; in Node 20 hand in the one of `undici`).
 */
import type { ClientMessage, EventMessage, NodeMessage, SnapshotMessage, Topic } from './events.ts';
import { MAX_TOPICS } from './topics.ts';
import { normaliseBaseUrl } from './transport.ts';

/** As much of a WebSocket as is used. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
}

export type EventClientState =
  | { readonly name: 'connecting' }
  /** `resumed` after a break: nothing was missed, or what was missed follows. Otherwise a snapshot follows. */
  | { readonly name: 'live'; readonly resumed: boolean }
  /** The line is broken; what is known is from `sinceMs`. */
  | {
      readonly name: 'reconnecting';
      readonly sinceMs: number;
      readonly attempt: number;
      readonly nextAttemptMs: number;
      readonly reason: string;
    }
  | { readonly name: 'closed' };

export interface EventClientOptions {
  /** `http://localhost:8000`; the page's own origin in a browser. */
  readonly baseUrl: string;
  readonly topics: readonly Topic[];
  /** How everything stands: at the beginning, for topics that were added, and where too much was missed. */
  readonly onSnapshot: (message: SnapshotMessage) => void;
  /** In order, each once. It may tell what a snapshot contained already. */
  readonly onEvent: (message: EventMessage) => void;
  readonly onState?: (state: EventClientState) => void;
  /** The node refused something that we asked. */
  readonly onProblem?: (problem: { readonly reason: string; readonly detail: string }) => void;
  /** Default: the platform's. */
  readonly connect?: (url: string) => Socket;
  /** First wait before another attempt; it doubles up to {@link maxRetryMs}. Default 500 and 15,000 ms. */
  readonly firstRetryMs?: number;
  readonly maxRetryMs?: number;
  /** After so long without a word the node is asked whether it is there; after as long again the line is broken. Default 20,000 ms. */
  readonly silenceMs?: number;
}

export class EventClient {
  private readonly options: EventClientOptions;
  private readonly url: string;
  private readonly topics: Set<Topic>;
  private readonly connect: (url: string) => Socket;
  private readonly firstRetryMs: number;
  private readonly maxRetryMs: number;
  private readonly silenceMs: number;
  private socket: Socket | undefined;
  private isOpen = false;
  private seen: { readonly run: string; sequence: number } | undefined;
  private isLive = false;
  private attempt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private heardAtMs = 0;

  /** @throws TypeError when the base URL is none */
  constructor(options: EventClientOptions) {
    this.options = options;
    this.url = `${normaliseBaseUrl(options.baseUrl).replace(/^http/, 'ws')}/ws`;
    this.topics = new Set(options.topics);
    this.connect = options.connect ?? ((url) => new WebSocket(url) as unknown as Socket);
    this.firstRetryMs = options.firstRetryMs ?? 500;
    this.maxRetryMs = options.maxRetryMs ?? 15_000;
    this.silenceMs = options.silenceMs ?? 20_000;
  }

  /** Begins, or tries again at once. */
  open(): void {
    if (this.socket !== undefined) return;
    clearTimeout(this.retryTimer);
    const socket = this.connect(this.url);
    this.socket = socket;
    const isCurrent = (): boolean => this.socket === socket;
    socket.onopen = () => {
      if (!isCurrent()) return;
      this.isOpen = true;
      this.hear();
      if (this.topics.size > 0) this.subscribe([...this.topics], this.seen);
      else this.live(false);
    };
    socket.onmessage = ({ data }) => {
      if (!isCurrent() || typeof data !== 'string') return;
      this.hear();
      this.take(JSON.parse(data) as NodeMessage);
    };
    socket.onerror = () => undefined; // `close` follows
    socket.onclose = ({ code, reason }) => {
      if (isCurrent()) this.broken(reason === '' ? `the connection ended (${code})` : reason);
    };
    // Last, as in `broken`: who is told may close.
    if (this.attempt === 0) this.options.onState?.({ name: 'connecting' });
  }

  /** Follows more topics; a problem where they would be too many, and then none of them. */
  follow(topics: readonly Topic[]): void {
    const fresh = topics.filter((topic) => !this.topics.has(topic));
    // The node would refuse them, and all together after the next break.
    if (this.topics.size + fresh.length > MAX_TOPICS) {
      this.options.onProblem?.({
        reason: 'too-many-topics',
        detail: `there are at most ${MAX_TOPICS} topics`,
      });
      return;
    }
    for (const topic of fresh) this.topics.add(topic);
    if (this.isOpen && fresh.length > 0) this.subscribe(fresh);
  }

  unfollow(topics: readonly Topic[]): void {
    const known = topics.filter((topic) => this.topics.delete(topic));
    if (this.isOpen && known.length > 0) this.say({ type: 'unsubscribe', topics: known });
  }

  /** Asks how everything stands. */
  refresh(): void {
    if (this.isOpen) this.say({ type: 'snapshot' });
  }

  close(): void {
    const { socket } = this;
    this.leave();
    clearTimeout(this.retryTimer);
    socket?.close();
    this.options.onState?.({ name: 'closed' });
  }

  private subscribe(topics: Topic[], since?: { run: string; sequence: number }): void {
    this.say({ type: 'subscribe', topics, ...(since === undefined ? {} : { since: { ...since } }) });
  }

  private say(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }

  private take(message: NodeMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.note(message.run, message.sequence);
        this.live(false);
        if (this.isOpen) this.options.onSnapshot(message);
        return;
      case 'resumed':
        this.live(true);
        return;
      case 'event':
        if (this.seen !== undefined) this.note(this.seen.run, message.sequence);
        this.options.onEvent(message);
        // What changed was too much to list.
        if (message.data.type === 'mempool-changed' && !message.data.complete) this.refresh();
        return;
      case 'pong':
        return;
      case 'error':
        this.options.onProblem?.(message);
        if (message.reason === 'missed-events') this.refresh();
        // The node has no snapshot at the moment; what it tells meanwhile goes on.
        else if (message.reason === 'internal-error') {
          clearTimeout(this.refreshTimer);
          this.refreshTimer = setTimeout(() => this.refresh(), this.firstRetryMs * 4);
        }
    }
  }

  private note(run: string, sequence: number): void {
    const before = this.seen?.run === run ? this.seen.sequence : 0;
    this.seen = { run, sequence: Math.max(before, sequence) };
  }

  private live(resumed: boolean): void {
    this.attempt = 0;
    if (this.isLive) return;
    this.isLive = true;
    this.options.onState?.({ name: 'live', resumed });
  }

  private broken(reason: string): void {
    const { socket } = this;
    const sinceMs = this.heardAtMs;
    this.leave();
    socket?.close();
    const waitMs = Math.min(this.maxRetryMs, this.firstRetryMs * 2 ** this.attempt);
    // Spread out, so that the clients of a node that comes back do not all come at once.
    const spreadMs = waitMs * (0.75 + Math.random() / 2);
    this.attempt++;
    this.retryTimer = setTimeout(() => this.open(), spreadMs);
    this.options.onState?.({
      name: 'reconnecting',
      sinceMs,
      attempt: this.attempt,
      nextAttemptMs: Date.now() + spreadMs,
      reason,
    });
  }

  private leave(): void {
    this.socket = undefined;
    this.isOpen = false;
    this.isLive = false;
    clearTimeout(this.silenceTimer);
    clearTimeout(this.refreshTimer);
  }

  /** Something came: the line is good for now. */
  private hear(): void {
    this.heardAtMs = Date.now();
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => {
      this.say({ type: 'ping' });
      this.silenceTimer = setTimeout(() => this.broken('the node is silent'), this.silenceMs);
    }, this.silenceMs);
  }
}
