/** A small network for experiments beside the node's own: see sandbox.ts, which tells in which order to read. */
export * from './attack-odds.ts';
export { SandboxError, type SandboxReason } from './sandbox-error.ts';
export { SandboxHost, type SandboxHostOptions } from './sandbox-host.ts';
export type { SandboxThreadData } from './sandbox-messages.ts';
export type { SandboxNode, StartSandboxNode } from './sandbox-node.ts';
export { sandboxParams } from './sandbox-params.ts';
export { serveSandbox } from './sandbox-thread.ts';
