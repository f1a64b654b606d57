/** The node as the page knows it: one connection for all pages, one view that they read. */
import { ApiError, NodeUnreachableError } from '../../../src/protocol/client-errors.ts';
import { ApiClient } from '../../../src/protocol/client.ts';
import { EventClient, type EventClientState } from '../../../src/protocol/event-client.ts';
import { applyEvent, applySnapshot, type ChainView, NOTHING_KNOWN } from './chain-view.ts';

class NodeStore {
  readonly api = new ApiClient({ baseUrl: location.origin });
  connection = $state.raw<EventClientState>({ name: 'connecting' });
  view = $state.raw<ChainView>(NOTHING_KNOWN);
  private readonly events = new EventClient({
    baseUrl: location.origin,
    topics: ['blocks', 'reorgs', 'mempool', 'mining'],
    maxRetryMs: 5_000,
    onSnapshot: (message) => (this.view = applySnapshot(this.view, message)),
    onEvent: (message) => (this.view = applyEvent(this.view, message)),
    onState: (state) => (this.connection = state),
  });

  open(): void {
    this.events.open();
  }
}

export const node = new NodeStore();

/** What went wrong, in the words of the node where it has some. */
export function problemText(error: unknown): string {
  if (error instanceof ApiError) return [error.detail, error.hint].filter(Boolean).join('. ');
  if (error instanceof NodeUnreachableError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
