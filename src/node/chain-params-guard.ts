/**
 * A database belongs to one network: opening it under other chain parameters would refuse its own blocks, or worse, accept
 * blocks that no other node accepts. So the parameters are kept beside the chain and compared at every start.
 */
import type { Chainstate } from '../chainstate/index.ts';
import { type ChainParams, describeParams, targetToJson } from '../consensus/index.ts';

/** The database was made under other rules. */
export class ChainParamsDifferError extends Error {
  override readonly name = 'ChainParamsDifferError';
}

/**
 * Compares the parameters that a database was made with to the configured ones.
 * @throws ChainParamsDifferError naming each that differs
 */
export function requireSameParams(stored: Readonly<Record<string, string>>, params: ChainParams): void {
  const differences = Object.entries(describeParams(params))
    .filter(([name, value]) => stored[name] !== undefined && stored[name] !== value)
    .map(([name, value]) => `${name} is ${value} now, was ${stored[name]}`);
  if (differences.length === 0) return;
  throw new ChainParamsDifferError(
    `the database holds a chain with other parameters (${differences.join('; ')}). ` +
      'Set them back, or use another DATA_DIR or DATABASE_URL for the new network.',
  );
}

/**
 * The one parameter that the chain itself tells: for databases that lost their table of parameters (`db rollback`).
 * @throws ChainParamsDifferError
 */
export function requireSameGenesisTarget(chain: Chainstate, params: ChainParams): void {
  const genesis = chain.headers.activeAt(0);
  if (genesis === undefined || genesis.target === params.defaultTarget) return;
  throw new ChainParamsDifferError(
    `the first block of the stored chain has the target ${targetToJson(genesis.target)}, DEFAULT_TARGET is ` +
      `${targetToJson(params.defaultTarget)}. Set it back, or use another DATA_DIR or DATABASE_URL for the new network.`,
  );
}
