/** The thread of the database: runs what `workerData` asks for. */
import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import { initialiseCluster } from './initialise-cluster.ts';
import { WorkerService } from './worker-service.ts';
import type { WorkerReport, WorkerRequest, WorkerTask } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('embedded-worker runs as a worker thread only');
const task = workerData as WorkerTask;

const report = (message: WorkerReport, transfer: ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};
const die = (reason: string): never => {
  report({ kind: 'fatal', reason });
  process.exit(1);
};

try {
  if (task.kind === 'initialise') {
    report({ kind: 'initialised', origin: await initialiseCluster(task.target, task.templateDir) });
    process.exit(0); // gives back the memory initdb took
  }
  const engine = await Engine.start({ cluster: task.cluster, onFatal: die });
  const service = new WorkerService(engine, report);
  let queue = Promise.resolve();
  port.on('message', (request: WorkerRequest) => {
    queue = queue
      .then(() => service.handle(request))
      .catch((error: unknown) =>
        die(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      );
  });
  report({ kind: 'ready' });
} catch (error) {
  die(error instanceof Error ? error.message : String(error));
}
