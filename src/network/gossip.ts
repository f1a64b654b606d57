/**
 * Hearing of other nodes from those that we know (Core: addr messages and AddrMan, much simplified).
 *
 * Nothing is believed: an address goes into the book as `gossip`, is called when a line is wanted, and counts for something
 * only when it has answered. See address-policy.ts for what a peer may tell of, and peer-book.ts for how much room it gets.
 */
import { mayTellOf, nearnessOf } from './address-policy.ts';
import type { Peer } from './peer.ts';
import type { PeerBook } from './peer-book.ts';
import { PeerMisbehavedError } from './peer-errors.ts';
import { normalisePeerUrl } from './peer-url.ts';

/** New addresses taken from one answer. */
const ADDRESSES_PER_PEER = 50;

/**
 * Asks a peer for addresses and remembers those that are new.
 * @param ownUrl where others reach us: no news
 * @throws PeerFailedError; PeerMisbehavedError for what it may not tell
 */
export async function askForAddresses(peer: Peer, book: PeerBook, ownUrl: string | null): Promise<void> {
  const { link } = peer;
  if (link === undefined) return;
  const own = nearnessOf(new URL(peer.url).hostname);
  // A name may have led anywhere; as a teller it counts as one of our own network.
  const teller = own === 'name' ? 'private' : own;
  let taken = 0;
  for (const text of await link.addresses()) {
    const url = normalisePeerUrl(text);
    if (!url.ok || !mayTellOf(teller, nearnessOf(new URL(url.value).hostname)))
      throw new PeerMisbehavedError('address-spam', 'it told of an address that it may not tell of');
    if (url.value === ownUrl || book.get(url.value) !== undefined) continue;
    if (++taken > ADDRESSES_PER_PEER) return;
    book.learn(url.value, 'gossip', teller);
  }
}
