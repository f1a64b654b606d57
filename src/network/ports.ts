/**
 * What the network needs from the outside world.
 */

/** A peer as it is kept over restarts (table `peers`, as the original's users know it). */
export interface StoredPeer {
  /** Normalised base URL without a slash at the end, at most 255 characters. */
  readonly url: string;
  readonly isActive: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Milliseconds since 1970 of the last answer; undefined when it never answered. */
  readonly lastSeenMs: number | undefined;
}

/** Keeps known peers. */
export interface PeerStore {
  load(): Promise<StoredPeer[]>;
  save(peer: StoredPeer): Promise<void>;
  remove(url: string): Promise<void>;
}
