/**
 * The composition root: here, and only here, the rooms meet.
 *
 * Reading it from top to bottom tells what a node is made of and in which order it comes to life; closing goes the other way.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type ApiLimits, type ApiServices, buildApi, readDashboard } from '../api/index.ts';
import { Chainstate, type Clock, ReorgLog, reorgOf } from '../chainstate/index.ts';
import {
  type Address,
  describeParams,
  earliestTimestamp,
  expectedTarget,
  NO_BLOCK,
} from '../consensus/index.ts';
import { Mempool, VerifiedTransactions } from '../mempool/index.ts';
import {
  type BlockTemplate,
  buildTemplate,
  HashWorkerPool,
  Miner,
  type MinerModules,
  NextBlock,
} from '../mining/index.ts';
import { Network, type NetworkOptions, type OwnAddress } from '../network/index.ts';
import { openStorage, type Storage } from '../storage/index.ts';
import { requireSameGenesisTarget, requireSameParams } from './chain-params-guard.ts';
import type { NodeConfig } from './config.ts';
import { createLogger, type Logger, withoutPassword } from './logging.ts';
import { createSandboxHost } from './sandbox.ts';
import { createVerifier } from './verifier.ts';

export interface StartOptions {
  /** Default: as the configuration says, to standard output. */
  readonly log?: Logger;
  /** Deadlines of the network that differ from the usual ones: for tests of bad peers, which would take minutes. */
  readonly network?: Pick<NetworkOptions, 'timeoutMs' | 'firstRetryMs' | 'blockSync'>;
  /** Bounds of the API that differ from the usual ones, for the same reason. */
  readonly limits?: Partial<ApiLimits>;
  /** A node of a sandbox shows no page, and starts no sandbox of its own. */
  readonly isOfSandbox?: boolean;
}

/** Where the page is: beside the built code, or in the build of a checkout whose sources run as they are. */
const DASHBOARD_FOLDERS = ['../dashboard', '../../dist/dashboard'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** A node at work. */
export interface RunningNode {
  /** Where its API is. */
  readonly url: string;
  readonly config: NodeConfig;
  readonly engine: Storage['engine'];
  /** Its parts, for programs that run a node inside themselves. */
  readonly services: ApiServices;
  /** Lets work under way finish, then stops. Idempotent. */
  close(): Promise<void>;
  /** Resolves when the node has ended; with the error where it could not go on. */
  readonly ended: Promise<Error | undefined>;
}

const systemClock: Clock = {
  nowS: () => Math.floor(Date.now() / 1000),
  nowMs: () => Date.now(),
};

/** What the owner reads where the native engine is missing. */
const SLOW_SIGNATURES =
  'signatures are checked in plain JavaScript, some 30 times slower than by libsecp256k1, which does not load here. ' +
  'For a small network that is fast enough. To speed it up, install the optional package with ' +
  '`npm install secp256k1`: it brings binaries for Linux x64, macOS arm64 and Windows x64; ' +
  'elsewhere it needs a C++ compiler and Python.';

/** Version of this package. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/**
 * Starts a node. When the promise resolves, its API answers.
 * @throws what storage throws when it cannot be opened (see `openStorage`), ChainParamsDifferError, and Node's own error when
 *         the port is taken; then nothing stays open
 */
export async function startNode(config: NodeConfig, options: StartOptions = {}): Promise<RunningNode> {
  const log = options.log ?? createLogger(config);
  const clock = systemClock;
  const startedAtMs = clock.nowMs();
  /** What has been opened, to be closed in reverse order. */
  const closers: (() => Promise<void>)[] = [];
  let state: 'starting' | 'running' | 'stopping' = 'starting';
  let reportEnd: (error: Error | undefined) => void = () => undefined;
  const ended = new Promise<Error | undefined>((resolve) => (reportEnd = resolve));
  let closing: Promise<void> | undefined;

  const close = (error?: Error): Promise<void> => {
    closing ??= (async () => {
      state = 'stopping';
      log.info({}, 'stopping');
      for (const closeOne of closers.toReversed()) {
        await closeOne().catch((cause: unknown) => log.error({ err: cause }, 'a part could not be closed'));
      }
      log.info({}, 'stopped');
      reportEnd(error);
    })();
    return closing;
  };
  const stopFor = (error: unknown): void => {
    const cause = error instanceof Error ? error : new Error(String(error));
    if (state !== 'stopping')
      log.fatal({ err: cause }, 'the node cannot go on; what was acknowledged is safe');
    // It never rejects: what cannot be closed is logged.
    close(cause).catch(() => undefined);
  };

  try {
    // 1. What it keeps.
    const storage = await openStorage({
      databaseUrl: config.databaseUrl,
      dataDir: config.dataDir,
      onFatal: stopFor,
      nowMs: () => clock.nowMs(),
    });
    closers.push(() => storage.close());
    requireSameParams(await storage.params.loadOrAdopt(describeParams(config.params)), config.params);

    // 2. The chain.
    const verifier = createVerifier({
      ...(config.verifyThreads === undefined ? {} : { threads: config.verifyThreads }),
      onThreadsGivenUp: (cause) =>
        log.warn(
          { err: cause },
          'the threads that check signatures keep dying: the node does it without them',
        ),
    });
    closers.push(() => verifier.close());
    if (verifier.engine.kind === 'portable') log.warn({ verifier: verifier.name }, SLOW_SIGNATURES);
    const verified = new VerifiedTransactions();
    const chain = await Chainstate.open(
      { params: config.params, coinsCacheSize: config.coinsCacheSize },
      { store: storage.chain, verifier, clock, verified },
    );
    closers.push(() => chain.close());
    requireSameGenesisTarget(chain, config.params);

    // 3. What waits.
    const mempool = new Mempool(
      {
        params: config.params,
        policy: {
          minRelayFeePerKb: config.minRelayFeePerKb,
          maxPoolBytes: config.mempoolMaxBytes,
          expiryMs: config.mempoolExpiryHours * 3_600_000,
        },
      },
      { chain, store: storage.mempool, verifier, clock, verified, onBackgroundError: stopFor },
    );
    chain.events.subscribe((event) => {
      if (event.type === 'tip-changed') mempool.onBlocksChanged(event);
    });
    closers.push(() => mempool.whenIdle());
    const waiting = await mempool.load();

    // 4. What works.
    const pool = new HashWorkerPool(
      config.miningThreads === undefined ? {} : { threads: config.miningThreads },
    );
    const makeTemplate = (minerAddress: Address): BlockTemplate =>
      buildTemplate({
        mempool,
        tip: {
          height: chain.height,
          hash: chain.tip?.hash ?? NO_BLOCK,
          medianTimePast: chain.medianTimePast,
          expectedTarget: expectedTarget(chain.tip, config.params),
          earliestTimestamp: earliestTimestamp(chain.tip, config.params),
        },
        params: config.params,
        minerAddress,
        maxBlockTxs: config.maxBlockTxs,
        nowS: clock.nowS(),
      });
    const changes: Pick<MinerModules, 'onTipChange' | 'onMempoolChange'> = {
      onTipChange: (listener) =>
        chain.events.subscribe((event) => event.type === 'tip-changed' && listener()),
      onMempoolChange: (listener) => mempool.events.subscribe(() => listener()),
    };
    const nextBlock = new NextBlock({ makeTemplate, ...changes, clock });
    const miner = new Miner(
      {},
      { pool, makeTemplate, submit: (block) => chain.acceptBlock(block), ...changes, clock, log },
    );
    closers.push(async () => {
      nextBlock.close();
      await miner.close();
      await pool.close();
    });

    // 5. Whom it talks to.
    const network = new Network(
      {
        maxPeers: config.maxPeers,
        syncIntervalS: config.syncIntervalS,
        discover: config.discoverPeers,
        minimumChainWork: config.minimumChainWork,
        nodeName: config.nodeName,
        agent: `mini-bitcoin/${VERSION}`,
        ...options.network,
      },
      {
        store: storage.peers,
        chain,
        chainStore: storage.chain,
        mempool,
        clock,
        random: Math.random,
        log,
        onBackgroundError: stopFor,
      },
    );
    await network.load();
    const reorgs = new ReorgLog(clock);
    chain.events.subscribe((event) => reorgs.note(event));
    logChainEvents(chain, log, clock, () => network.isFarBehind);

    // 6. Who may ask, and where experiments are made.
    const sandbox =
      options.isOfSandbox === true
        ? undefined
        : createSandboxHost(config.params, { nowMs: () => clock.nowMs(), log });
    if (sandbox !== undefined) closers.push(() => sandbox.close());
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
      info: {
        nodeName: config.nodeName,
        version: VERSION,
        verifierName: verifier.name,
        startedAtMs,
        state: () => state,
      },
      clock,
    };
    const api = await buildApi(services, {
      access: {
        adminAccess: config.adminAccess,
        apiToken: config.apiToken,
        allowedHosts: [...config.allowedHosts, config.host, ...hostOf(config.publicUrl)],
      },
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      dashboard:
        options.isOfSandbox === true
          ? undefined
          : DASHBOARD_FOLDERS.map(readDashboard).find((files) => files !== undefined),
      // Its own notices ("Server listening") say again what we say; what goes wrong in it is wanted.
      logger: log.child(
        {},
        { level: log.isLevelEnabled('debug') || !log.isLevelEnabled('warn') ? log.level : 'warn' },
      ),
    });
    closers.push(() => network.stop());
    closers.push(async () => {
      await api.close();
    });
    await api.listen({ host: config.host, port: config.port });
    const { port } = api.server.address() as AddressInfo;
    network.start(ownAddress(config, port), config.bootstrapPeers);
    state = 'running';

    const url = urlOf(config.host, port);
    log.info(
      {
        url,
        version: VERSION,
        engine: storage.engine,
        database: storage.engine === 'pglite' ? config.dataDir : withoutPassword(config.databaseUrl),
        verifier: verifier.name,
        height: chain.height,
        tip: chain.tip?.hash ?? null,
        mempool: waiting.restored,
        startupMs: clock.nowMs() - startedAtMs,
      },
      'ready',
    );
    if (waiting.dropped.length > 0) {
      log.info(
        { dropped: waiting.dropped.length },
        'transactions of the last run that are not valid any more were dropped',
      );
    }
    return { url, config, engine: storage.engine, services, close: () => close(), ended };
  } catch (error) {
    state = 'stopping';
    for (const closeOne of closers.toReversed()) await closeOne().catch(() => undefined);
    throw error;
  }
}

/** The address to type into a browser: "all interfaces" is no address. */
function urlOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}

/** Where other nodes reach this one. Of "all interfaces" only the port is known: others see the address that we call from. */
function ownAddress({ publicUrl, host }: NodeConfig, port: number): OwnAddress {
  if (publicUrl !== undefined) return { url: publicUrl, port: null };
  if (host === '0.0.0.0' || host === '::') return { url: null, port };
  return { url: urlOf(host, port), port: null };
}

function hostOf(url: string | undefined): string[] {
  return url === undefined ? [] : [new URL(url).host];
}

/** The story of the chain, a line for each block and a sentence for each reorg. */
function logChainEvents(chain: Chainstate, log: Logger, clock: Clock, isFarBehind: () => boolean): void {
  chain.events.subscribe((event) => {
    switch (event.type) {
      case 'tip-changed': {
        const { tip, forkHeight, disconnected, connected, returned } = event;
        const details = { height: tip.height, hash: tip.hash, blocks: connected.length };
        const reorg = reorgOf(event, clock.nowMs());
        if (reorg === undefined) {
          const transactions = connected.reduce((sum, { block }) => sum + block.transactions.length, 0);
          // Hundreds a second while catching up: the network tells of that in one line now and then.
          log[isFarBehind() ? 'debug' : 'info']({ ...details, transactions }, 'block connected');
        } else {
          const { length: depth } = disconnected;
          log.info({ ...details, forkHeight, depth, returned: returned.length }, `reorg: ${reorg.story}`);
        }
        break;
      }
      case 'block-stored':
        log.info(
          { height: event.height, hash: event.hash, status: event.status },
          'block stored beside the active chain',
        );
        break;
      case 'block-invalid':
        log.warn(
          { height: event.height, hash: event.hash, reason: event.failure.reason },
          `block refused: ${event.failure.detail}`,
        );
        break;
    }
  });
}
