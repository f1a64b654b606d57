/**
 * Hearing of other nodes from those that we know (Core: addr messages and AddrMan, much simplified).
 *
 * Nothing is believed: an address goes into the book as `gossip`, is called when a line is wanted, and counts for something
 * only when it has answered. See address-policy.ts for what a peer may tell of, and peer-book.ts for how much room it gets.
 */
import { farthestNearnessOf, mayTellOf, nearnessOf } from './address-policy.ts';
import type { Peer } from './peer.ts';
import type { PeerBook } from './peer-book.ts';
import { PeerMisbehavedError } from './peer-errors.ts';
import { normalisePeerUrl } from './peer-url.ts';

/** New addresses taken from one answer. */
const ADDRESSES_PER_PEER = 50;

/**
 * Asks a peer for addresses and remembers those that are new.
 * @param ownUrl where others reach us: no news
 * @throws PeerFailedError; PeerMisbehavedError where a peer on the Internet tells of our own network
 */
export async function askForAddresses(peer: Peer, book: PeerBook, ownUrl: string | null): Promise<void> {
  const { link } = peer;
  if (link === undefined) return;
  const teller = await farthestNearnessOf(new URL(peer.url).hostname);
  let taken = 0;
  for (const text of await link.addresses()) {
    const url = normalisePeerUrl(text);
    if (!url.ok) throw new PeerMisbehavedError('address-spam', 'it told of what is no address');
    if (!mayTellOf(teller, nearnessOf(new URL(url.value).hostname))) {
      if (teller === 'public')
        throw new PeerMisbehavedError('address-spam', 'it told of an address that it may not tell of');
      continue; // to it we may look nearer than it does to us
    }
    if (url.value === ownUrl || book.get(url.value) !== undefined) continue;
    if (++taken > ADDRESSES_PER_PEER) return;
    book.learn(url.value, 'gossip', teller);
  }
}
