/** The nodes of a sandbox: the whole composition, in memory, on this machine only. */
import type { ChainParams } from '../consensus/index.ts';
import type { StartSandboxNode } from '../sandbox/index.ts';
import type { NodeConfig } from './config.ts';
import { startNode } from './node.ts';

/** @param apiToken what their own API asks for: nobody but the sandbox steers them */
export function sandboxNodeStarter(params: ChainParams, apiToken: string): StartSandboxNode {
  const common: Omit<NodeConfig, 'nodeName'> = {
    ...{ params, apiToken },
    databaseUrl: 'memory:',
    dataDir: '',
    host: '127.0.0.1',
    port: 0,
    maxBlockTxs: 100,
    bootstrapPeers: [],
    maxPeers: 4,
    // News comes at once; nobody has to ask for it.
    syncIntervalS: 0,
    publicUrl: undefined,
    discoverPeers: false,
    minimumChainWork: 0n,
    adminAccess: 'token',
    allowedHosts: [],
    miningThreads: 1,
    verifyThreads: 0,
    minRelayFeePerKb: 100,
    mempoolMaxBytes: 1_000_000,
    mempoolExpiryHours: 1,
    coinsCacheSize: 1_000,
    logLevel: 'silent',
    logFormat: 'json',
  };
  return (name) =>
    startNode({ ...common, nodeName: name }, { isOfSandbox: true, network: { firstRetryMs: 50 } });
}
