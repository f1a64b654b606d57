/** What `peers.url` can hold; the store in memory keeps to it as well. */
const MAX_URL_CHARACTERS = 255;

/** @throws RangeError for a URL that does not fit */
export function checkPeerUrl(url: string): void {
  // A normalised URL is ASCII, so units and characters are the same; PostgreSQL's texts cannot contain U+0000.
  if (url.length > MAX_URL_CHARACTERS || url.includes('\0')) {
    throw new RangeError(`a peer's URL has at most ${MAX_URL_CHARACTERS} characters`);
  }
}
