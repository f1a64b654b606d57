/** All that follow events, and what they share: numbers, snapshots, bounds. */
import { randomUUID } from 'node:crypto';
import type { ApiLimits } from '../limits.ts';
import type { ServedBlocks } from '../served-blocks.ts';
import type { ApiServices } from '../services.ts';
import { EventHub } from './event-hub.ts';
import { FollowedAddresses } from './followed-addresses.ts';
import { NodeEvents } from './node-events.ts';
import { snapshotOf } from './snapshots.ts';
import { type ClientSink, Subscription } from './subscription.ts';

export interface EventClient {
  readonly subscription: Subscription;
  readonly sink: ClientSink;
}

export class EventService {
  readonly hub: EventHub;
  private readonly services: ApiServices;
  private readonly servedBlocks: ServedBlocks;
  private readonly limits: ApiLimits;
  private readonly onError: (error: unknown) => void;
  private readonly nodeEvents: NodeEvents;
  private readonly clients = new Set<EventClient>();
  private readonly followed = new FollowedAddresses();

  constructor(
    services: ApiServices,
    servedBlocks: ServedBlocks,
    limits: ApiLimits,
    onError: (error: unknown) => void,
  ) {
    this.services = services;
    this.servedBlocks = servedBlocks;
    this.limits = limits;
    this.onError = onError;
    this.hub = new EventHub(randomUUID(), () => services.clock.nowMs());
    this.nodeEvents = new NodeEvents({
      services,
      hub: this.hub,
      followed: this.followed,
    });
  }

  get clientCount(): number {
    return this.clients.size;
  }

  get isFull(): boolean {
    return this.clients.size >= this.limits.eventClients;
  }

  /** @returns the subscription, and what ends it */
  add(sink: ClientSink): { subscription: Subscription; leave: () => void } {
    const subscription = new Subscription({
      hub: this.hub,
      snapshot: (topics) =>
        snapshotOf(topics, this.services, this.servedBlocks, () => this.nodeEvents.lookAtPeers()),
      sink,
      followed: this.followed,
      maxWaitingBytes: this.limits.eventBacklogBytes,
      onError: this.onError,
    });
    const client = { subscription, sink };
    this.clients.add(client);
    return {
      subscription,
      leave: () => {
        subscription.close();
        this.clients.delete(client);
      },
    };
  }

  /** Ends all: the node is stopping. */
  close(): void {
    this.nodeEvents.close();
    for (const { subscription, sink } of this.clients) {
      subscription.close();
      sink.end('stopping', 'the node is stopping');
    }
    this.clients.clear();
  }
}
