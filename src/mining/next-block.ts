/**
 * The block that would be mined now, for those who ask: people who look at it, and miners outside of the node.
 *
 * It is the miner's own template, made by the same function. Many look at it many times between two changes, so it is kept
 * until other transactions wait or the chain has another tip.
 */
import type { Address } from '../consensus/index.ts';
import type { Clock } from '../chainstate/index.ts';
import type { BlockTemplate } from './block-template.ts';

export interface NextBlockModules {
  /** Builds on the present tip. */
  readonly makeTemplate: (minerAddress: Address) => BlockTemplate;
  /** Calls back after every change of the tip. @returns a function that ends the subscription */
  readonly onTipChange: (listener: () => void) => () => void;
  /** Calls back when other transactions wait than before. @returns a function that ends the subscription */
  readonly onMempoolChange: (listener: () => void) => () => void;
  readonly clock: Clock;
}

/** Templates differ in the address that the coinbase pays. So many are kept. */
const MAX_KEPT = 8;

export class NextBlock {
  private readonly modules: NextBlockModules;
  private readonly kept = new Map<Address, BlockTemplate>();
  private readonly unsubscribe: readonly (() => void)[];

  constructor(modules: NextBlockModules) {
    this.modules = modules;
    const forget = (): void => this.kept.clear();
    this.unsubscribe = [modules.onTipChange(forget), modules.onMempoolChange(forget)];
  }

  /** Ends the subscriptions. */
  close(): void {
    for (const end of this.unsubscribe) end();
  }

  /** The template that pays to `minerAddress`, with the time of now. */
  templateFor(minerAddress: Address): BlockTemplate {
    const kept = this.kept.get(minerAddress);
    if (kept === undefined) {
      const oldest = this.kept.size < MAX_KEPT ? undefined : this.kept.keys().next().value;
      if (oldest !== undefined) this.kept.delete(oldest);
      const fresh = this.modules.makeTemplate(minerAddress);
      this.kept.set(minerAddress, fresh);
      return fresh;
    }
    const timestamp = Math.max(kept.header.timestamp, this.modules.clock.nowS());
    return { ...kept, header: { ...kept.header, timestamp } };
  }
}
