/**
 * What the API needs of a node. The composition root (`src/node`) fills it in; nothing here knows how it is made.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { ChainQueries, Chainstate, ChainStore, Clock, ReorgLog } from '../chainstate/index.ts';
import type { Verdict } from '../consensus/index.ts';
import type { Mempool } from '../mempool/index.ts';
import type { Miner, NextBlock } from '../mining/index.ts';
import type {
  MessageLog,
  NetworkCounters,
  PeerService,
  PeerStatus,
  SyncProgress,
  SyncResult,
} from '../network/index.ts';
import type { SandboxHost } from '../sandbox/index.ts';
import type { AccessOptions } from './access.ts';
import type { DashboardFiles } from './dashboard.ts';
import type { ApiLimits } from './limits.ts';

/** The network as its owner sees and steers it. All of it answers from memory; changes are kept before they resolve. */
export interface ApiPeers {
  /** All that are known, connected ones first. */
  list(): readonly PeerStatus[];
  /** Remembers a peer and tries it at once; lifts a ban. Fails with `too-many-peers` or `malformed-field`. */
  add(url: string): Promise<Verdict<{ readonly url: string }>>;
  /** Ends the connection and forgets it. Fails with `peer-unknown` or `malformed-field`. */
  remove(url: string): Promise<Verdict<{ readonly url: string }>>;
  /** Ends the connection and refuses it, both ways, also one that is not known yet. */
  ban(
    url: string,
    options: { readonly seconds: number; readonly reason: string },
  ): Promise<Verdict<{ readonly url: string; readonly untilMs: number }>>;
  /** Fails with `peer-unknown` where it is not banned. */
  unban(url: string): Promise<Verdict<{ readonly url: string }>>;
  /** @throws PeerFailedError */
  sync(url: string): Promise<SyncResult>;
  progress(): SyncProgress;
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
  readonly miner: Pick<Miner, 'mineMany' | 'start' | 'stop' | 'status' | 'found' | 'events'>;
  /** The block that would be mined now. */
  readonly nextBlock: Pick<NextBlock, 'templateFor'>;
  readonly peers: ApiPeers;
  /** What other nodes are answered. */
  readonly p2p: PeerService;
  readonly networkCounters: NetworkCounters;
  /** What was said to peers, and by them, lately. */
  readonly messages: MessageLog;
  /** Follows the chain's events, and is told of every change before the API is. */
  readonly reorgs: Pick<ReorgLog, 'latest'>;
  /** Undefined in a node of a sandbox, which starts none of its own. */
  readonly sandbox: Pick<SandboxHost, 'start' | 'state' | 'act' | 'end' | 'close' | 'isRunning'> | undefined;
  readonly info: NodeInfo;
  readonly clock: Clock;
}

export interface ApiOptions {
  readonly access: AccessOptions;
  readonly limits?: Partial<ApiLimits>;
  /** What `/` shows to people; a sentence when left out. */
  readonly dashboard?: DashboardFiles | undefined;
  /** A pino logger; silent when left out. */
  readonly logger?: FastifyBaseLogger;
}
