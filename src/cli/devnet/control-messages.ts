/** What a command in another terminal says to a running devnet, and what it hears back. */
import type { ExitCode } from '../exit-codes.ts';
import type { DevnetView } from './view.ts';

export type ControlRequest =
  | { readonly command: 'status' | 'heal' }
  /** Words as they were typed: the devnet knows how many nodes it has. */
  | { readonly command: 'partition' | 'start' | 'stop' | 'kill'; readonly words: readonly string[] }
  | { readonly command: 'mine'; readonly words: readonly string[]; readonly share?: string };

export interface ControlAnswer {
  /** What happened, a sentence; empty for `status`. */
  readonly message: string;
  readonly devnet: DevnetView;
}

/** An error as it travels. */
export interface ControlFailure {
  readonly error: {
    readonly message: string;
    readonly reason: string;
    readonly hint?: string;
    readonly exit_code: ExitCode;
  };
}

/** Where they are posted. */
export const CONTROL_PATH = '/command';
