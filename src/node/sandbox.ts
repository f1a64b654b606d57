/** The sandbox of a node: its thread is started when somebody wants one. */
import { Worker } from 'node:worker_threads';
import type { ChainParams } from '../consensus/index.ts';
import {
  SandboxHost,
  type SandboxHostOptions,
  sandboxParams,
  type SandboxThreadData,
} from '../sandbox/index.ts';

/** Three nodes with short chains need some 40 MB; one that wants more than this is broken, and ends alone. */
const MAX_HEAP_MB = 256;

/**
 * A worker of Node 20 loads JavaScript only. From `dist/` it is the neighbouring file; from TypeScript source (vitest) it
 * is the twin in `dist/`, which `npm run build` must have made.
 */
function workerUrl(): URL {
  const here = import.meta.url;
  return new URL(here.endsWith('.ts') ? '../../dist/node/sandbox-worker.js' : './sandbox-worker.js', here);
}

/** @param own parameters of the node's chain, which those of the sandbox must differ from */
export function createSandboxHost(
  own: ChainParams,
  options: Omit<SandboxHostOptions, 'startThread'>,
): SandboxHost {
  const workerData: SandboxThreadData = { params: sandboxParams(own) };
  return new SandboxHost({
    ...options,
    startThread: () =>
      new Worker(workerUrl(), {
        name: 'sandbox',
        workerData,
        resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
        // The flags of the process are for its own thread (loaders, test runners), not for this one.
        execArgv: [],
      }),
  });
}
