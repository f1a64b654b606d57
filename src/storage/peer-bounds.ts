/** What a row of `peers` can hold; the store in memory keeps to it as well. */
import type { StoredPeer } from '../network/ports.ts';

const MAX_URL_CHARACTERS = 255;
const MAX_REASON_CHARACTERS = 500;
const MAX_INTEGER = 2 ** 31 - 1;
/** The last millisecond of the year 9999. */
const MAX_TIME_MS = 253_402_300_799_999;

/** @throws RangeError naming what does not fit */
export function checkStoredPeer(peer: StoredPeer): void {
  // A normalised URL is ASCII, so units and characters are the same; PostgreSQL's texts cannot contain U+0000.
  if (peer.url.length > MAX_URL_CHARACTERS || peer.url.includes('\0')) {
    throw new RangeError(`a peer's URL has at most ${MAX_URL_CHARACTERS} characters`);
  }
  const { banReason = '' } = peer;
  if (banReason.length > MAX_REASON_CHARACTERS || banReason.includes('\0')) {
    throw new RangeError(`the reason of a ban has at most ${MAX_REASON_CHARACTERS} characters`);
  }
  checkWhole(peer.failures, 'failures', 0, MAX_INTEGER);
  checkWhole(peer.misbehaviour, 'misbehaviour', 0, MAX_INTEGER);
  checkWhole(peer.height, 'height', -1, MAX_INTEGER);
  checkWhole(peer.lastSeenMs, 'lastSeenMs', 0, MAX_TIME_MS);
  checkWhole(peer.bannedUntilMs, 'bannedUntilMs', 0, MAX_TIME_MS);
  checkWhole(peer.bytesReceived, 'bytesReceived', 0, Number.MAX_SAFE_INTEGER);
  checkWhole(peer.bytesSent, 'bytesSent', 0, Number.MAX_SAFE_INTEGER);
  const { latencyMs = 0 } = peer;
  if (!(latencyMs >= 0 && latencyMs < Infinity)) {
    throw new RangeError(`a peer's latencyMs is a number from 0 up, not ${latencyMs}`);
  }
}

function checkWhole(value: number | undefined, name: string, least: number, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
  throw new RangeError(`a peer's ${name} is a whole number from ${least} to ${most}, not ${value}`);
}
