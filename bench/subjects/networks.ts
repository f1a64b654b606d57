/** Chain parameters to measure with. */
import { type ChainParams, DEFAULT_PARAMS, type Target, targetToJson } from '../../src/consensus/index.ts';

/** Every second hash is a block: nobody waits for proof of work. */
export const EASY_PARAMS: ChainParams = {
  ...DEFAULT_PARAMS,
  defaultTarget: ((1n << 255n) - 1n) as Target,
  retargetInterval: 0,
};

/** The environment that makes a node take part in {@link EASY_PARAMS}. */
export const EASY_ENV: Readonly<Record<string, string>> = {
  DEFAULT_TARGET: targetToJson(EASY_PARAMS.defaultTarget),
  RETARGET_INTERVAL: '0',
};

/**
 * No hash is ever a block: miners search without end. Blocks of such a chain have no proof of work; they are written into
 * the database, which believes what it holds.
 */
export const ENDLESS_PARAMS: ChainParams = {
  ...DEFAULT_PARAMS,
  defaultTarget: ((1n << 160n) - 1n) as Target,
  retargetInterval: 0,
};

/** The environment that makes a node take part in {@link ENDLESS_PARAMS}. */
export const ENDLESS_ENV: Readonly<Record<string, string>> = {
  DEFAULT_TARGET: targetToJson(ENDLESS_PARAMS.defaultTarget),
  RETARGET_INTERVAL: '0',
};
