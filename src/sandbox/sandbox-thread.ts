/** The sandbox's end of the line between two threads: takes calls, answers with the state. */
import type { MessagePort } from 'node:worker_threads';
import { Sandbox, type SandboxModules } from './sandbox.ts';
import { SandboxError } from './sandbox-error.ts';
import type { SandboxCall, SandboxReport } from './sandbox-messages.ts';

/** Starts a sandbox in this thread and serves it. It ends with the thread. */
export async function serveSandbox(port: MessagePort, modules: SandboxModules): Promise<void> {
  const tell = (report: SandboxReport): void => port.postMessage(report);
  const failed = (error: unknown): void =>
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  let sandbox: Sandbox;
  try {
    sandbox = await Sandbox.start(modules);
  } catch (error) {
    failed(error);
    return;
  }
  sandbox.failed().then(failed, failed);
  port.on('message', ({ number, action }: SandboxCall) => {
    const answer = async (): Promise<void> => {
      if (action !== undefined) await sandbox.run(action);
      tell({ kind: 'done', number, state: await sandbox.state() });
    };
    answer().catch((error: unknown) => {
      if (error instanceof SandboxError) tell({ kind: 'refused', number, ...refusalOf(error) });
      else failed(error);
    });
  });
  tell({ kind: 'ready' });
}

function refusalOf({ reason, message }: SandboxError): Pick<SandboxError, 'reason' | 'message'> {
  return { reason, message };
}
