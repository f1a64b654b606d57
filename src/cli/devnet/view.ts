/** A devnet at one moment, as JSON: what the live table draws and what `devnet status --json` prints. */
import type { DevnetEvent } from './events.ts';
import type { Topology } from './topology.ts';

/** - `died`: it ended, and nobody had asked for that. */
export type NodeState = 'starting' | 'running' | 'stopping' | 'stopped' | 'died';

export interface NodeView {
  readonly name: string;
  readonly url: string;
  readonly state: NodeState;
  readonly pid: number | null;
  /** Why it is not running, where that needs to be said. */
  readonly note: string | null;
  /** −1 for an empty chain; null while it was never seen. So are the others. Of a stopped node: as it was seen last. */
  readonly height: number | null;
  readonly tip_hash: string | null;
  readonly mempool: number | null;
  /** Peers in use. */
  readonly peers: number | null;
  /** Peers that it should have. */
  readonly links: number;
  /** Hashes a second. */
  readonly hash_rate: number | null;
  /** The part of a thread that it mines with, 0 … 1. */
  readonly share: number;
  readonly sync_state: 'idle' | 'headers' | 'blocks' | null;
  readonly sync_percent: number | null;
  /** `A`, `B`, …; null while the network is whole. */
  readonly group: string | null;
}

export interface DevnetView {
  readonly folder: string;
  readonly topology: Topology;
  readonly storage: 'embedded' | 'memory';
  /** Seconds. */
  readonly block_time: number;
  /** Node numbers; null while the network is whole. */
  readonly groups: readonly (readonly number[])[] | null;
  readonly nodes: readonly NodeView[];
  /** The last ones, latest last. */
  readonly events: readonly DevnetEvent[];
}
