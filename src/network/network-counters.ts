/**
 * Sums over the time since the node started, for metrics.
 */
import type { Offence } from './misbehaviour.ts';

export type Direction = 'sent' | 'received';
export type CompactOutcome = 'from-mempool' | 'some-fetched' | 'whole';

export class NetworkCounters {
  /** Bytes of bodies. */
  readonly bytesTotal: Record<Direction, number> = { sent: 0, received: 0 };
  /** By `message direction`, like `ping sent`. */
  readonly messages = new Map<string, number>();
  readonly offences = new Map<Offence, number>();
  /** How announced blocks came: rebuilt from the mempool alone, with some transactions fetched, or fetched whole. */
  readonly compactBlocks: Record<CompactOutcome, number> = { 'from-mempool': 0, 'some-fetched': 0, whole: 0 };
  bans = 0;

  bytes(direction: Direction, bytes: number): void {
    this.bytesTotal[direction] += bytes;
  }

  message(message: string, direction: Direction): void {
    const key = `${message} ${direction}`;
    this.messages.set(key, (this.messages.get(key) ?? 0) + 1);
  }

  offence(offence: Offence): void {
    this.offences.set(offence, (this.offences.get(offence) ?? 0) + 1);
  }

  compactBlock(outcome: CompactOutcome): void {
    this.compactBlocks[outcome]++;
  }

  ban(): void {
    this.bans++;
  }
}
