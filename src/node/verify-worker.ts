/** A thread that checks signatures. Started by {@link ./verify-worker-pool.ts}. */
import { parentPort, workerData } from 'node:worker_threads';
import { nativeEngine } from './native-engine.ts';
import { SignatureBatch } from './signature-batch.ts';
import {
  END,
  type VerifyReport,
  type VerifyRequest,
  type VerifyWorkerData,
} from './verify-worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('verify-worker runs as a worker thread only');
const { thread, engine: kind } = workerData as VerifyWorkerData;
// The portable engine brings half of the program with it, so it is loaded only where it is needed.
const engine = kind === 'native' ? nativeEngine() : (await import('./portable-engine.ts')).portableEngine();
if (engine === undefined) throw new Error('the native signature engine loads in the main thread only');

const tell = (report: VerifyReport): void => port.postMessage(report);
port.on('message', (request: VerifyRequest | typeof END) => {
  if (request === END) {
    port.close();
    return;
  }
  const { batch, memory } = request;
  const done = new SignatureBatch(memory).verify(thread, engine.verify);
  if (done > 0) tell({ kind: 'done', batch });
});
tell({ kind: 'ready' });
