/** What happens in a devnet, as a line for people and as fields for programs. */

export type DevnetEventKind =
  /** All nodes answer. */
  | 'ready'
  | 'node-started'
  | 'node-stopped'
  | 'node-killed'
  /** It ended, and nobody had asked for that. */
  | 'node-died'
  /** A node has another tip: the next block, usually. */
  | 'tip'
  /** A node's miner found a block. */
  | 'block-found'
  | 'reorg'
  | 'partitioned'
  | 'healed'
  /** All nodes have the same tip again after a split. */
  | 'agreed'
  | 'mining'
  | 'stopping'
  | 'stopped'
  | 'remark';

export interface DevnetEvent {
  /** Seconds since 1970. */
  readonly at: number;
  readonly event: DevnetEventKind;
  /** `node-2`; absent where it is about all. */
  readonly node?: string;
  /** One line. */
  readonly text: string;
  readonly [fact: string]: unknown;
}

export interface EventDetails {
  readonly node?: string;
  readonly [fact: string]: unknown;
}

/** Whether people want it among the last events: every node's every block would drown the rest. */
export function isNews({ event }: DevnetEvent): boolean {
  return event !== 'tip';
}

/** `12:04:31`, on the clock of whoever looks. */
export function clockText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
