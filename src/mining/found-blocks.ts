/** The blocks that a miner found lately, for those who ask. */
import type { Address } from '../consensus/index.ts';
import type { MinedBlock } from './mining-requests.ts';

/** A block that was found here. */
export interface FoundRecord extends Omit<MinedBlock, 'block'> {
  readonly address: Address;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** So many are remembered. */
export const MAX_FOUND = 50;

export class FoundBlocks {
  private readonly latest: FoundRecord[] = [];

  note({ block: _block, ...mined }: MinedBlock, address: Address, atMs: number): void {
    this.latest.unshift({ ...mined, address, atMs });
    if (this.latest.length > MAX_FOUND) this.latest.pop();
  }

  /** Latest first. */
  list(): readonly FoundRecord[] {
    return [...this.latest];
  }
}
