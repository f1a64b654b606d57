/**
 * What the API needs of a node. The composition root (`src/node`) fills it in; nothing here knows how it is made.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { ChainQueries, Chainstate, ChainStore, Clock } from '../chainstate/index.ts';
import type { Verdict } from '../consensus/index.ts';
import type { Mempool } from '../mempool/index.ts';
import type { Miner } from '../mining/index.ts';
import type { StoredPeer } from '../network/index.ts';
import type { AccessOptions } from './access.ts';
import type { ApiLimits } from './limits.ts';

export interface ApiPeers {
  list(): { readonly peers: readonly string[]; readonly stored: readonly StoredPeer[] };
  add(url: string): Promise<Verdict<{ readonly url: string }>>;
  /** @throws PeerFailedError */
  sync(
    url: string,
  ): Promise<{ readonly synced: boolean; readonly message: string; readonly newHeight: number }>;
}

export interface NodeInfo {
  readonly nodeName: string;
  readonly version: string;
  /** Which engine verifies signatures. */
  readonly verifierName: string;
  readonly startedAtMs: number;
  /** `/ready` says 503 in all states but `running`. */
  state(): 'starting' | 'running' | 'stopping';
}

export interface ApiServices {
  readonly chain: Chainstate;
  readonly store: Pick<ChainStore, 'readBlock' | 'readUndo'> & ChainQueries;
  readonly mempool: Mempool;
  readonly miner: Pick<Miner, 'mineMany' | 'start' | 'stop' | 'status'>;
  readonly peers: ApiPeers;
  readonly info: NodeInfo;
  readonly clock: Clock;
}

export interface ApiOptions {
  readonly access: AccessOptions;
  readonly limits?: Partial<ApiLimits>;
  /** A pino logger; silent when left out. */
  readonly logger?: FastifyBaseLogger;
}
