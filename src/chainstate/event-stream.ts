/**
 * Events with numbers: whoever missed some can see that they did.
 */

/** An event and its place in the order of events of this run of the node, from 1 up. */
export type Numbered<Event> = Event & { readonly sequence: number };

/** Tells listeners, synchronously and in the order in which they subscribed. */
export class EventStream<Event> {
  private readonly listeners = new Set<(event: Numbered<Event>) => void>();
  private lastSequence = 0;

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: Numbered<Event>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Number of the latest event; 0 before the first. */
  get sequence(): number {
    return this.lastSequence;
  }

  emit(event: Event): void {
    const numbered = { ...event, sequence: ++this.lastSequence };
    for (const listener of this.listeners) {
      try {
        listener(numbered);
      } catch (error) {
        // What was told is committed already. A listener that breaks is a bug: let it end the process instead of leaving
        // the rooms in disagreement, but not in the middle of telling the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
