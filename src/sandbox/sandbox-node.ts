/** What a sandbox needs of a node: the real one, started by the composition root, which hands this in. */
import type { ChainQueries, Chainstate } from '../chainstate/index.ts';
import type { Mempool } from '../mempool/index.ts';
import type { Miner } from '../mining/index.ts';
import type { Network } from '../network/index.ts';
import type { SandboxNodeName } from '../protocol/index.ts';

export interface SandboxNode {
  /** Where the others reach it, on this machine. */
  readonly url: string;
  readonly services: {
    readonly chain: Chainstate;
    readonly store: ChainQueries;
    readonly mempool: Mempool;
    readonly miner: Pick<Miner, 'mineMany'>;
    readonly peers: Pick<Network, 'list' | 'add' | 'ban' | 'unban'>;
  };
  close(): Promise<void>;
  /** Resolves when it has ended; with the error where it could not go on. */
  readonly ended: Promise<Error | undefined>;
}

/** Starts one, in memory, that knows nobody and looks for nobody. */
export type StartSandboxNode = (name: SandboxNodeName) => Promise<SandboxNode>;
