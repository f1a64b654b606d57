/** The node as the page knows it: one connection for all pages, one view that they read. */
import { ApiError, NodeUnreachableError } from '../../../src/protocol/client-errors.ts';
import { ApiClient } from '../../../src/protocol/client.ts';
import { EventClient, type EventClientState } from '../../../src/protocol/event-client.ts';
import type { AddressTopic } from '../../../src/protocol/events.ts';
import type { EventMessage, SnapshotMessage, Topic } from '../../../src/protocol/schemas.ts';
import { apiToken } from './api-token.svelte.ts';
import { applyEvent, applySnapshot, type ChainView, NOTHING_KNOWN } from './chain-view.ts';

type Listener = (message: SnapshotMessage | EventMessage) => void;

const TOPICS: readonly Topic[] = ['blocks', 'reorgs', 'mempool', 'mining'];
/** A node that catches up has hundreds of blocks a second: they are shown so often. */
const SHOW_EVERY_MS = 50;

/** A signal for each field: what reads one of them does not run again when another changes. */
class ShownView implements ChainView {
  height = $state.raw(NOTHING_KNOWN.height);
  tipHash = $state.raw(NOTHING_KNOWN.tipHash);
  blocks = $state.raw(NOTHING_KNOWN.blocks);
  reorgs = $state.raw(NOTHING_KNOWN.reorgs);
  mempool = $state.raw(NOTHING_KNOWN.mempool);
  mempoolNews = $state.raw(NOTHING_KNOWN.mempoolNews);
  mining = $state.raw(NOTHING_KNOWN.mining);
}

class NodeStore {
  readonly api = new ApiClient({ baseUrl: location.origin, token: () => apiToken.value });
  connection = $state.raw<EventClientState>({ name: 'connecting' });
  readonly view: ChainView = new ShownView();
  private readonly events = new EventClient({
    baseUrl: location.origin,
    topics: TOPICS,
    maxRetryMs: 5_000,
    onSnapshot: (message) => {
      this.take(applySnapshot(this.heard, message));
      for (const { listener } of this.followers) listener(message);
    },
    onEvent: (message) => {
      this.take(applyEvent(this.heard, message));
      for (const { listener } of this.followers) listener(message);
    },
    onState: (state) => (this.connection = state),
  });

  /** What the next look will show. */
  private heard: ChainView = NOTHING_KNOWN;
  private shownAtMs = -Infinity;
  private showTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly followers = new Set<{ readonly topics: readonly Topic[]; readonly listener: Listener }>();

  open(): void {
    this.events.open();
  }

  /**
   * Calls back when a transaction that touches an address arrives, is confirmed, or goes; and when something may have been
   * missed. For an effect: what is returned ends it.
   */
  followAddress(address: string, changed: () => void): () => void {
    const topic: AddressTopic = `address:${address}`;
    return this.follow([topic], ({ data }) => {
      const touches =
        'type' in data
          ? data.type === 'address-changed' && data.address === address
          : address in (data.addresses ?? {});
      if (touches) changed();
    });
  }

  /**
   * Follows more topics, for a page that wants them: they do not go into the view.
   * @returns a function that ends it
   */
  follow(topics: readonly Topic[], listener: Listener): () => void {
    const follower = { topics, listener };
    this.followers.add(follower);
    this.events.follow(topics);
    return () => {
      this.followers.delete(follower);
      const others = new Set([...TOPICS, ...[...this.followers].flatMap((other) => other.topics)]);
      this.events.unfollow(topics.filter((topic) => !others.has(topic)));
    };
  }

  /** The first change is shown at once; what follows it closely, together. */
  private take(view: ChainView): void {
    if (view === this.heard) return;
    this.heard = view;
    if (this.showTimer !== undefined) return;
    const waitMs = this.shownAtMs + SHOW_EVERY_MS - performance.now();
    if (waitMs <= 0) this.show();
    else this.showTimer = setTimeout(() => this.show(), waitMs);
  }

  private show(): void {
    this.showTimer = undefined;
    this.shownAtMs = performance.now();
    Object.assign(this.view, this.heard);
  }
}

export const node = new NodeStore();

/** What went wrong, in the words of the node where it has some. */
export function problemText(error: unknown): string {
  if (error instanceof ApiError) {
    // Its hint is for programs; the page has a form for that.
    const hint = error.status === 401 ? undefined : error.hint;
    return [error.detail, hint].filter(Boolean).join('. ');
  }
  if (error instanceof NodeUnreachableError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
