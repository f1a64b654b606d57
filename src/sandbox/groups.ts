/** Which nodes of a sandbox may talk to each other. Pure. */
import { SANDBOX_NODES, type SandboxNodeName } from '../protocol/index.ts';
import { SandboxError } from './sandbox-error.ts';

/** Every node is in exactly one group; within a group each talks to each. */
export type Groups = readonly (readonly SandboxNodeName[])[];

export const WHOLE: Groups = [SANDBOX_NODES];
/** The attacker by himself. */
export const WITHHOLDING: Groups = [['honest-1', 'honest-2'], ['attacker']];

/** @throws SandboxError when a node is in no group or in two, or all are in one */
export function checkGroups(groups: Groups): Groups {
  const named = groups.flat();
  const twice = named.find((node, index) => named.indexOf(node) !== index);
  if (twice !== undefined) throw new SandboxError('sandbox-refused', `${twice} is named twice`);
  const missing = SANDBOX_NODES.find((node) => !named.includes(node));
  if (missing !== undefined)
    throw new SandboxError('sandbox-refused', `${missing} is in no group; every node must be in one`);
  return groups;
}

export function groupOf(groups: Groups, node: SandboxNodeName): readonly SandboxNodeName[] {
  return groups.find((group) => group.includes(node)) ?? [node];
}

export function mayTalk(groups: Groups, a: SandboxNodeName, b: SandboxNodeName): boolean {
  return groupOf(groups, a).includes(b);
}

/** Every pair once. */
export function pairs(): [SandboxNodeName, SandboxNodeName][] {
  return SANDBOX_NODES.flatMap((a, index) =>
    SANDBOX_NODES.slice(index + 1).map((b): [SandboxNodeName, SandboxNodeName] => [a, b]),
  );
}
