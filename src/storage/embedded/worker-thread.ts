/** Starting the database's thread. */
import { Worker } from 'node:worker_threads';
import { EmbeddedStartError } from './errors.ts';
import type { WorkerReport, WorkerTask } from './worker-messages.ts';
import { compiledUrl } from './worker-url.ts';

/**
 * PostgreSQL refuses a statement that nests too deeply when *its* stack (in WebAssembly memory) reaches 2 MB. The
 * machine's stack under it must be the larger one: with the 4 MB of a worker thread it overflows first, which kills the
 * engine instead of the statement.
 */
const STACK_SIZE_MB = 64;

/** Starts a worker thread of the database. */
export function startWorker(task: WorkerTask): Worker {
  return new Worker(compiledUrl('embedded-worker'), {
    workerData: task,
    name: `postgres-${task.kind}`,
    // No inherited flags: loaders and inspectors of the main program have no business here.
    execArgv: [],
    resourceLimits: { stackSizeMb: STACK_SIZE_MB },
  });
}

/**
 * Waits for a started worker's report of success.
 *
 * @throws EmbeddedStartError when it reports a failure, or ends
 */
export function firstReport<K extends 'ready' | 'initialised'>(
  worker: Worker,
  expected: K,
): Promise<Extract<WorkerReport, { kind: K }>> {
  return new Promise((resolvePromise, reject) => {
    const onMessage = (report: WorkerReport): void => {
      if (report.kind === expected) {
        settle();
        resolvePromise(report as Extract<WorkerReport, { kind: K }>);
      } else if (report.kind === 'fatal') {
        settle();
        reject(new EmbeddedStartError(`The embedded database did not start: ${report.reason}`));
      }
    };
    const onError = (error: Error): void => {
      settle();
      reject(
        new EmbeddedStartError(`The embedded database did not start: ${error.message}`, { cause: error }),
      );
    };
    const onExit = (code: number): void => {
      settle();
      reject(
        new EmbeddedStartError(`The embedded database did not start: its thread ended with code ${code}.`),
      );
    };
    const settle = (): void => {
      worker.off('message', onMessage);
      worker.off('exit', onExit);
    };
    worker.on('message', onMessage);
    worker.once('error', onError); // stays: an 'error' nobody listens to would end the process
    worker.on('exit', onExit);
  });
}
