/**
 * What makes a devnet the same network again: kept in `devnet.json` of its folder, and compared when it is started again.
 */
import { usageError } from '../cli-errors.ts';
import { type Topology, TOPOLOGIES } from './topology.ts';

export interface DevnetParameters {
  readonly nodes: number;
  readonly topology: Topology;
  /** For the topology `random`. */
  readonly seed: number;
  /** Port of node 1; the others follow. */
  readonly portBase: number;
  readonly blockTimeS: number;
  /** `0x…`: chosen when the network was made, for the hash rate that it had. */
  readonly defaultTarget: string;
  /** `memory` forgets the chain at the end; what is kept then are these parameters alone. */
  readonly storage: 'embedded' | 'memory';
  /** Ports of node 1 in earlier runs: the nodes may remember each other by them. */
  readonly formerPortBases: readonly number[];
}

/** What the command line says; undefined: nothing. */
export interface AskedParameters {
  readonly nodes: number | undefined;
  readonly topology: Topology | undefined;
  readonly seed: number | undefined;
  readonly portBase: number | undefined;
  readonly blockTimeS: number | undefined;
  readonly memory: boolean;
}

export const MAX_NODES = 32;
const DEFAULTS = { nodes: 3, topology: 'full', portBase: 8001, blockTimeS: 10 } as const;

/** What only a new network needs. */
export interface NewNetwork {
  readonly makeSeed: () => number;
  readonly makeTarget: (blockTimeS: number) => string;
}

/**
 * The parameters to start with: those asked for, else those kept, else the usual.
 * @throws CliError (usage) when the kept chain belongs to a network that is another than the one asked for
 */
export function settleParameters(
  asked: AskedParameters,
  kept: DevnetParameters | undefined,
  make: NewNetwork,
): DevnetParameters {
  if (asked.seed !== undefined && (asked.topology ?? kept?.topology) !== 'random')
    throw usageError(
      '--seed is for --topology random only.',
      'The other topologies leave nothing to chance.',
    );
  const memory = asked.memory || kept?.storage === 'memory';
  const keepsChain = kept?.storage === 'embedded';
  if (keepsChain) requireSame(asked, kept);
  const blockTimeS = asked.blockTimeS ?? kept?.blockTimeS ?? DEFAULTS.blockTimeS;
  const nodes = asked.nodes ?? kept?.nodes ?? DEFAULTS.nodes;
  const portBase = asked.portBase ?? kept?.portBase ?? DEFAULTS.portBase;
  if (portBase + nodes - 1 > 65_535)
    throw usageError(`--port-base ${portBase}: the port of node ${nodes} would be above 65535.`);
  const former = new Set(keepsChain ? [...kept.formerPortBases, kept.portBase] : []);
  former.delete(portBase);
  return {
    nodes,
    topology: asked.topology ?? kept?.topology ?? DEFAULTS.topology,
    seed: asked.seed ?? kept?.seed ?? make.makeSeed(),
    portBase,
    blockTimeS,
    // Blocks in memory are forgotten, so a new run may measure anew.
    defaultTarget: keepsChain ? kept.defaultTarget : make.makeTarget(blockTimeS),
    storage: memory ? 'memory' : 'embedded',
    formerPortBases: [...former],
  };
}

function requireSame(asked: AskedParameters, kept: DevnetParameters): void {
  const differences = (
    [
      ['--nodes', asked.nodes, kept.nodes],
      ['--topology', asked.topology, kept.topology],
      ['--seed', asked.seed, kept.seed],
      ['--block-time', asked.blockTimeS, kept.blockTimeS],
    ] as const
  ).flatMap(([flag, wanted, is]) =>
    wanted === undefined || wanted === is ? [] : [`${flag} is ${is} there, not ${wanted}`],
  );
  if (asked.memory) differences.push('it keeps its chain on disk, and --memory would not');
  if (differences.length === 0) return;
  throw usageError(
    `This folder holds a devnet of another kind: ${differences.join('; ')}.`,
    'Leave these options out to go on with it, add --fresh to delete it and begin anew, or take another folder: --dir DIR.',
  );
}

const VERSION = 1;

/** The text of `devnet.json`. */
export function parametersText(parameters: DevnetParameters): string {
  const { nodes, topology, seed, portBase, blockTimeS, defaultTarget, storage, formerPortBases } = parameters;
  const fields = {
    version: VERSION,
    nodes,
    topology,
    seed,
    port_base: portBase,
    block_time: blockTimeS,
    default_target: defaultTarget,
    storage,
    former_port_bases: formerPortBases,
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** Reads the text of `devnet.json`. Undefined: it is none that this program wrote. */
export function parseParameters(text: string): DevnetParameters | undefined {
  let fields: Partial<Record<string, unknown>>;
  try {
    fields = Object(JSON.parse(text)) as typeof fields;
  } catch {
    return undefined;
  }
  const whole = (name: string, least: number, most: number): number | undefined => {
    const value = fields[name];
    return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? Number(value)
      : undefined;
  };
  const nodes = whole('nodes', 1, MAX_NODES);
  const seed = whole('seed', 0, 2 ** 32 - 1);
  const portBase = whole('port_base', 1, 65_535);
  const blockTimeS = whole('block_time', 1, 86_400);
  const topology = TOPOLOGIES.find((each) => each === fields['topology']);
  const { default_target: defaultTarget, storage, former_port_bases: former } = fields;
  if (
    fields['version'] !== VERSION ||
    nodes === undefined ||
    seed === undefined ||
    portBase === undefined ||
    blockTimeS === undefined ||
    topology === undefined ||
    typeof defaultTarget !== 'string' ||
    !/^0x[0-9a-f]{1,64}$/.test(defaultTarget) ||
    (storage !== 'embedded' && storage !== 'memory') ||
    !Array.isArray(former) ||
    !former.every((each) => Number.isInteger(each))
  ) {
    return undefined;
  }
  const formerPortBases = former as number[];
  return { nodes, topology, seed, portBase, blockTimeS, defaultTarget, storage, formerPortBases };
}
