/**
 * What goes wrong with a peer.
 */
import type { Offence } from './misbehaviour.ts';

/** The peer did not answer, or not in a way that we understand. The message is a sentence without a subject: "it …". */
export class PeerFailedError extends Error {
  override readonly name: string = 'PeerFailedError';
  /** Set where it did answer, but with a refusal. */
  readonly status: number | undefined;
  /** The reason code of that refusal. */
  readonly reason: string | undefined;

  constructor(
    message: string,
    options: {
      readonly status?: number;
      readonly reason?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.reason = options.reason;
  }
}

/** The peer did something that no honest peer does; see misbehaviour.ts. */
export class PeerMisbehavedError extends PeerFailedError {
  override readonly name = 'PeerMisbehavedError';
  readonly offence: Offence;

  constructor(offence: Offence, message: string) {
    super(message);
    this.offence = offence;
  }
}

/** It is of another network, speaks another version, or is ourselves: no use trying again soon. */
export class PeerRefusedError extends PeerFailedError {
  override readonly name = 'PeerRefusedError';
}

/** It took too long. Not misbehaviour by itself: machines sleep, networks break. */
export class PeerTimedOutError extends PeerFailedError {
  override readonly name = 'PeerTimedOutError';
}

/** @throws PeerFailedError where something went wrong with a peer in the meantime */
export function throwIfFailed({ lastError }: { readonly lastError: string | undefined }): void {
  if (lastError !== undefined) throw new PeerFailedError(lastError);
}
