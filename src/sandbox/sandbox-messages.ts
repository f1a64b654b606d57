/** What the node's thread and that of its sandbox say to each other. All of it is plain data. */
import type { ChainParams } from '../consensus/index.ts';
import type { SandboxAction } from '../protocol/index.ts';
import type { SandboxReason } from './sandbox-error.ts';
import type { SandboxState } from './sandbox-state.ts';

/** What the thread is started with. */
export interface SandboxThreadData {
  readonly params: ChainParams;
}

/** Without an action it asks how things stand. */
export interface SandboxCall {
  readonly number: number;
  readonly action: SandboxAction | undefined;
}

export type SandboxReport =
  | { readonly kind: 'ready' }
  /** It can not go on, or could not start. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly number: number; readonly state: SandboxState }
  | {
      readonly kind: 'refused';
      readonly number: number;
      readonly reason: SandboxReason;
      readonly message: string;
    };
