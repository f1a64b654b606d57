/** Mining in the page as people see it: how it stands, and what can be asked of it. */

export interface PageEffort {
  readonly address: string;
  /** From 1. */
  readonly threads: number;
  /** > 0 … 1. */
  readonly share: number;
}

/** A block that the page found. */
export interface PageBlock {
  readonly hash: string;
  readonly height: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** False: another block came first. */
  readonly isActive: boolean;
}

export interface PageMining {
  readonly running: boolean;
  readonly height: number | undefined;
  readonly target: string | undefined;
  /** Lowest hash of the search on this tip, in hex. */
  readonly bestHash: string | undefined;
  readonly hashes: number;
  /** A second, lately. */
  readonly hashRate: number;
  readonly kernel: string | undefined;
  readonly threads: number;
  /** Latest first. */
  readonly found: readonly PageBlock[];
  readonly error: unknown;
}

export const NOT_MINING: PageMining = {
  ...{ running: false, height: undefined, target: undefined, bestHash: undefined, hashes: 0, hashRate: 0 },
  ...{ kernel: undefined, threads: 0, found: [], error: undefined },
};
