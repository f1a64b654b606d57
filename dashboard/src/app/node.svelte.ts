/** The node as the page knows it: one connection for all pages, one view that they read. */
import { ApiError, NodeUnreachableError } from '../../../src/protocol/client-errors.ts';
import { ApiClient } from '../../../src/protocol/client.ts';
import { EventClient, type EventClientState } from '../../../src/protocol/event-client.ts';
import type { AddressTopic } from '../../../src/protocol/events.ts';
import { apiToken } from './api-token.svelte.ts';
import { applyEvent, applySnapshot, type ChainView, NOTHING_KNOWN } from './chain-view.ts';

class NodeStore {
  readonly api = new ApiClient({ baseUrl: location.origin, token: () => apiToken.value });
  connection = $state.raw<EventClientState>({ name: 'connecting' });
  view = $state.raw<ChainView>(NOTHING_KNOWN);
  private readonly addresses = new Map<string, Set<() => void>>();
  private readonly events = new EventClient({
    baseUrl: location.origin,
    topics: ['blocks', 'reorgs', 'mempool', 'mining'],
    maxRetryMs: 5_000,
    onSnapshot: (message) => {
      this.view = applySnapshot(this.view, message);
      for (const address of Object.keys(message.data.addresses ?? {})) this.tellOf(address);
    },
    onEvent: (message) => {
      this.view = applyEvent(this.view, message);
      if (message.data.type === 'address-changed') this.tellOf(message.data.address);
    },
    onState: (state) => (this.connection = state),
  });

  open(): void {
    this.events.open();
  }

  /**
   * Calls back when a transaction that touches an address arrives, is confirmed, or goes; and when something may have been
   * missed. For an effect: what is returned ends it.
   */
  followAddress(address: string, changed: () => void): () => void {
    const topic: AddressTopic = `address:${address}`;
    const followers = this.addresses.get(address) ?? new Set();
    this.addresses.set(address, followers.add(changed));
    this.events.follow([topic]);
    return () => {
      followers.delete(changed);
      if (followers.size > 0 || this.addresses.get(address) !== followers) return;
      this.addresses.delete(address);
      this.events.unfollow([topic]);
    };
  }

  private tellOf(address: string): void {
    for (const changed of this.addresses.get(address) ?? []) changed();
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
