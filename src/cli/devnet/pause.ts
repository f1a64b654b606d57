/** Waiting that ends early, with the signal's own reason: Node's timer would throw an AbortError of its own instead. */
import { setTimeout as sleep } from 'node:timers/promises';

/** @throws the signal's reason */
export async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
