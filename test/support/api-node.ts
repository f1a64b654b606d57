/**
 * A whole node without processes: the real chain state, mempool, miner, peers and API over a store in memory. Only the clock
 * and the search for nonces are stand-ins: time stands still until somebody moves it, and nonces are tried on the spot.
 */
import type { FastifyInstance } from 'fastify';
import {
  type AccessOptions,
  type ApiLimits,
  type ApiOptions,
  type ApiServices,
  buildApi,
} from '../../src/api/index.ts';
import { Chainstate, ReorgLog } from '../../src/chainstate/index.ts';
import {
  type Address,
  type ChainParams,
  earliestTimestamp,
  expectedTarget,
  NO_BLOCK,
  type SignatureCheck,
} from '../../src/consensus/index.ts';
import { Mempool, type MempoolPolicy, VerifiedTransactions } from '../../src/mempool/index.ts';
import {
  type BlockTemplate,
  buildTemplate,
  Miner,
  type MinerModules,
  midstateKernel,
  NextBlock,
  type NonceSearch,
  type NonceSearchResult,
  type ProofOfWork,
} from '../../src/mining/index.ts';
import { Network } from '../../src/network/index.ts';
import { createSandboxHost } from '../../src/node/sandbox.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { EASY_PARAMS, GENESIS_TIME_S } from './chain-builder.ts';
import { verifySignature } from './keys.ts';

export interface ApiNodeOptions {
  readonly params?: Partial<ChainParams>;
  readonly policy?: Partial<MempoolPolicy>;
  readonly access?: Partial<AccessOptions>;
  readonly limits?: Partial<ApiLimits>;
  readonly state?: () => 'starting' | 'running' | 'stopping';
  readonly maxBlockTxs?: number;
  readonly logger?: ApiOptions['logger'];
  readonly dashboard?: ApiOptions['dashboard'];
}

/** Tries nonces in portions, and looks at the signal in between. */
class HereAndNow implements ProofOfWork {
  readonly threads = 1;
  readonly kernel = midstateKernel.name;

  async search({ signal, firstNonce = 0, onProgress, ...job }: NonceSearch): Promise<NonceSearchResult> {
    for (let nonce = firstNonce; !signal.aborted; nonce = (nonce + 2_000) % 0xffff_0000) {
      const { nonce: found, hashesDone } = midstateKernel.scan(job, nonce, 2_000);
      onProgress?.({ hashes: hashesDone, busyMs: 1 });
      if (found !== undefined) return { kind: 'found', nonce: found };
      await new Promise((resume) => setImmediate(resume));
    }
    return { kind: 'aborted' };
  }
}

export class ApiNode {
  readonly app: FastifyInstance;
  readonly services: ApiServices;
  readonly clock: { ms: number; nowS(): number; nowMs(): number };
  private readonly end: () => Promise<void>;

  private constructor(
    app: FastifyInstance,
    services: ApiServices,
    clock: ApiNode['clock'],
    end: () => Promise<void>,
  ) {
    this.app = app;
    this.services = services;
    this.clock = clock;
    this.end = end;
  }

  static async start(options: ApiNodeOptions = {}): Promise<ApiNode> {
    const params: ChainParams = { ...EASY_PARAMS, ...options.params };
    const clock = {
      ms: (GENESIS_TIME_S + 3_600) * 1_000,
      nowMs(): number {
        return this.ms;
      },
      nowS(): number {
        return Math.floor(this.ms / 1_000);
      },
    };
    const storage = createMemoryStorage({ nowMs: () => clock.ms });
    const verifier = {
      name: 'test',
      firstInvalid: async (checks: readonly SignatureCheck[]) =>
        checks.findIndex((check) => !verifySignature(check)),
      close: async () => {},
    };
    const verified = new VerifiedTransactions();
    const chain = await Chainstate.open({ params }, { store: storage.chain, verifier, clock, verified });
    const mempool = new Mempool(
      { params, ...(options.policy === undefined ? {} : { policy: options.policy }) },
      {
        chain,
        store: storage.mempool,
        verifier,
        clock,
        verified,
        onBackgroundError: (error) => {
          throw error;
        },
      },
    );
    chain.events.subscribe((event) => {
      if (event.type === 'tip-changed') mempool.onBlocksChanged(event);
    });
    const log = { info() {}, warn() {} };
    const makeTemplate = (minerAddress: Address): BlockTemplate =>
      buildTemplate({
        mempool,
        params,
        minerAddress,
        maxBlockTxs: options.maxBlockTxs ?? 100,
        nowS: clock.nowS(),
        tip: {
          height: chain.height,
          hash: chain.tip?.hash ?? NO_BLOCK,
          medianTimePast: chain.medianTimePast,
          expectedTarget: expectedTarget(chain.tip, params),
          earliestTimestamp: earliestTimestamp(chain.tip, params),
        },
      });
    const changes: Pick<MinerModules, 'onTipChange' | 'onMempoolChange'> = {
      onTipChange: (listener) =>
        chain.events.subscribe((event) => {
          if (event.type === 'tip-changed') listener();
        }),
      onMempoolChange: (listener) => mempool.events.subscribe(listener),
    };
    const nextBlock = new NextBlock({ makeTemplate, ...changes, clock });
    const miner = new Miner(
      {},
      {
        pool: new HereAndNow(),
        makeTemplate,
        submit: (block) => chain.acceptBlock(block),
        ...changes,
        clock,
        log,
        firstNonce: () => 0,
      },
    );
    const network = new Network(
      {
        maxPeers: 8,
        syncIntervalS: 0,
        discover: false,
        minimumChainWork: 0n,
        nodeName: 'api',
        agent: 'mini-bitcoin/0.0.0-test',
      },
      {
        store: storage.peers,
        chain,
        chainStore: storage.chain,
        mempool,
        clock,
        random: () => 0.5,
        log: { debug() {}, ...log },
        onBackgroundError: (error) => {
          throw error;
        },
      },
    );
    network.start({ url: null, port: null }, []);
    const reorgs = new ReorgLog(clock);
    chain.events.subscribe((event) => reorgs.note(event));
    const sandbox = createSandboxHost(params, { nowMs: () => clock.ms, log });
    const services: ApiServices = {
      chain,
      store: storage.chain,
      mempool,
      miner,
      nextBlock,
      peers: network,
      p2p: network.service,
      networkCounters: network.counters,
      messages: network.messages,
      reorgs,
      sandbox,
      clock,
      info: {
        nodeName: 'api',
        version: '0.0.0-test',
        verifierName: verifier.name,
        startedAtMs: clock.ms,
        state: options.state ?? (() => 'running'),
      },
    };
    const app = await buildApi(services, {
      access: { adminAccess: 'loopback', apiToken: undefined, allowedHosts: [], ...options.access },
      dashboard: options.dashboard,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.logger === undefined ? {} : { logger: options.logger }),
    });
    return new ApiNode(app, services, clock, async () => {
      await sandbox.close();
      await network.stop();
      nextBlock.close();
      await miner.close();
      await mempool.whenIdle();
      await chain.close();
      await storage.close();
    });
  }

  /** Moves the clock. */
  wait(seconds: number): void {
    this.clock.ms += seconds * 1_000;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.end();
  }

  /** Listens on a free port of this machine. @returns the base URL */
  listen(): Promise<string> {
    return this.app.listen({ host: '127.0.0.1', port: 0 });
  }
}
