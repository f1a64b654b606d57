/** The thread of a sandbox: real nodes, started as any node is. Started by {@link ./sandbox.ts}. */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { serveSandbox, type SandboxThreadData } from '../sandbox/index.ts';
import { sandboxNodeStarter } from './sandbox-nodes.ts';

const port = parentPort;
if (port === null) throw new Error('sandbox-worker runs as a worker thread only');
const { params } = workerData as SandboxThreadData;
await serveSandbox(port, {
  startNode: sandboxNodeStarter(params, randomBytes(24).toString('hex')),
  nowMs: () => Date.now(),
  random: Math.random,
});
