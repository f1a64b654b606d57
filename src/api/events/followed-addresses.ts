/** Addresses that clients follow, counted: whether anybody follows one is asked for every transaction that comes or goes. */
import type { Address } from '../../consensus/index.ts';
import { ADDRESS_TOPIC, type Topic } from '../../protocol/index.ts';

/** The address of an `address:` topic; undefined for other topics. */
export function addressOfTopic(topic: Topic): Address | undefined {
  return ADDRESS_TOPIC.exec(topic)?.[1] as Address | undefined;
}

export class FollowedAddresses {
  /** How many clients follow each. */
  private readonly counts = new Map<Address, number>();

  get size(): number {
    return this.counts.size;
  }

  has(address: Address): boolean {
    return this.counts.has(address);
  }

  /** One more client follows a topic, of whatever kind. */
  add(topic: Topic): void {
    const address = addressOfTopic(topic);
    if (address !== undefined) this.counts.set(address, (this.counts.get(address) ?? 0) + 1);
  }

  /** One client fewer does. */
  remove(topic: Topic): void {
    const address = addressOfTopic(topic);
    if (address === undefined) return;
    const left = (this.counts.get(address) ?? 0) - 1;
    if (left > 0) this.counts.set(address, left);
    else this.counts.delete(address);
  }
}
