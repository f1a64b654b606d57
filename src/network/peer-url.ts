/**
 * Addresses of peers, in one spelling.
 */
import { fail, ok, type Verdict } from '../consensus/index.ts';
import { MAX_PEER_URL_LENGTH } from '../protocol/index.ts';

/**
 * Normalises the base URL of a peer: http or https, no user, query or fragment, no slash at the end.
 * What is no such address is refused; the original stored "not a url" as a peer.
 */
export function normalisePeerUrl(text: string): Verdict<string> {
  const refuse = (why: string): Verdict<string> =>
    fail('malformed-field', `url: ${why}, like http://127.0.0.1:8001`);
  const trimmed = text.trim();
  if (trimmed.length > MAX_PEER_URL_LENGTH)
    return refuse(`at most ${MAX_PEER_URL_LENGTH} characters are expected`);
  if (!URL.canParse(trimmed)) return refuse('an address is expected');
  const url = new URL(trimmed);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse('http:// or https:// is expected');
  if (url.username !== '' || url.password !== '')
    return refuse('an address without user and password is expected');
  if (url.search !== '' || url.hash !== '') return refuse('an address without ? and # is expected');
  const normalised = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  return normalised.length > MAX_PEER_URL_LENGTH
    ? refuse(`at most ${MAX_PEER_URL_LENGTH} characters are expected`)
    : ok(normalised);
}
