/** A thread that checks its own signatures in a loop and has nothing to do with any other: see signature-loops.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SignatureCheck } from '../../src/consensus/index.ts';
import { nativeEngine } from '../../src/node/native-engine.ts';
import { portableEngine } from '../../src/node/portable-engine.ts';

const checks = workerData as readonly SignatureCheck[];
const engine = nativeEngine() ?? portableEngine();
parentPort?.on('message', () => {
  for (const check of checks) if (!engine.verify(check)) throw new Error('a good signature was refused');
  parentPort?.postMessage('done');
});
