/**
 * Chain parameters: the numbers that all nodes of one network must agree on. Nodes with other parameters are another
 * network. (What a node may choose for itself, like the miner's MAX_BLOCK_TXS, is policy and lives elsewhere.)
 */
import { MAX_TARGET, type Target, targetToJson } from './target.ts';

export interface ChainParams {
  /** The target at height 0, and for ever where `retargetInterval` is 0. */
  readonly defaultTarget: Target;
  /** What the first blocks pay their miner, in base units. */
  readonly blockReward: number;
  /** The reward halves every so many blocks; 0 = never. Bitcoin: 210,000. */
  readonly halvingInterval: number;
  /** The target adapts at heights divisible by this; 0 = never. Bitcoin: 2,016. */
  readonly retargetInterval: number;
  /** How long a block should take, in seconds. Bitcoin: 600. */
  readonly targetBlockTimeS: number;
  /** A coinbase can be spent from its own height plus this on. Bitcoin: 100. */
  readonly coinbaseMaturity: number;
  /** Largest full size of a block in bytes. */
  readonly maxBlockSizeBytes: number;
  /** No amount, and no sum of amounts, may exceed this, in base units. */
  readonly maxMoney: number;
}

/** One coin in base units, for people: amounts in the protocol are always base units. */
export const BASE_UNITS_PER_COIN = 100_000_000;

export const DEFAULT_PARAMS: ChainParams = {
  defaultTarget: ((1n << 236n) - 1n) as Target, // 0x00000fff…ff: about a million hashes a block
  blockReward: 50 * BASE_UNITS_PER_COIN,
  halvingInterval: 210_000,
  retargetInterval: 10,
  targetBlockTimeS: 10,
  coinbaseMaturity: 0,
  maxBlockSizeBytes: 1_000_000,
  maxMoney: 21_000_000 * BASE_UNITS_PER_COIN,
};

/**
 * The parameters by their names in a configuration, each as text: to be stored, compared and shown. In lower case the names
 * are those of `GET /params`.
 */
export function describeParams(params: ChainParams): Record<string, string> {
  return {
    DEFAULT_TARGET: targetToJson(params.defaultTarget),
    BLOCK_REWARD: String(params.blockReward),
    HALVING_INTERVAL: String(params.halvingInterval),
    RETARGET_INTERVAL: String(params.retargetInterval),
    TARGET_BLOCK_TIME: String(params.targetBlockTimeS),
    COINBASE_MATURITY: String(params.coinbaseMaturity),
    MAX_BLOCK_SIZE: String(params.maxBlockSizeBytes),
    MAX_MONEY: String(params.maxMoney),
  };
}

/**
 * Why these numbers cannot be a network's, one sentence each; empty when they can. For whoever reads them from a
 * configuration: the rules themselves take them for granted and would divide by zero, or lose amounts beyond 2^53.
 */
export function paramsProblems(params: ChainParams): string[] {
  const problems: string[] = [];
  const whole = (name: Exclude<keyof ChainParams, 'defaultTarget'>, least: number, why: string): void => {
    if (!Number.isSafeInteger(params[name]) || params[name] < least)
      problems.push(`${name} is ${params[name]}: ${why}`);
  };
  whole('blockReward', 0, 'a reward is a whole number of base units, 0 or more');
  whole('halvingInterval', 0, 'it is a number of blocks, or 0 for "never"');
  whole('retargetInterval', 0, 'it is a number of blocks, or 0 for "never"');
  whole('targetBlockTimeS', 1, 'it is at least one second');
  whole('coinbaseMaturity', 0, 'it is a number of blocks, 0 or more');
  whole('maxBlockSizeBytes', MIN_BLOCK_BYTES, `a header and a coinbase need ${MIN_BLOCK_BYTES} bytes`);
  whole('maxMoney', 1, 'it is a whole number of base units below 2^53');
  if (params.retargetInterval === 1)
    problems.push('retargetInterval is 1: one block spans no time that could be measured');
  if (params.blockReward > params.maxMoney)
    problems.push(`blockReward ${params.blockReward} exceeds maxMoney ${params.maxMoney}`);
  if (params.defaultTarget < 1n || params.defaultTarget > MAX_TARGET)
    problems.push('defaultTarget must be from 1 to 2^256 − 1');
  return problems;
}

/** Header, count, and a coinbase with one output. */
const MIN_BLOCK_BYTES = 108 + 1 + (4 + 1 + 36 + 1 + 1 + 1 + 28 + 4);

/** A block may be this far ahead of our clock (Core: MAX_FUTURE_BLOCK_TIME), in seconds. */
export const MAX_FUTURE_BLOCK_TIME_S = 2 * 60 * 60;
/** The first block of an interval may lie this far before its parent (BIP94), in seconds. */
export const MAX_TIMEWARP_S = 600;
/** How many blocks the median time past looks back over (Core: nMedianTimeSpan). */
export const MEDIAN_TIME_SPAN = 11;
/** A locktime below this is a height, from it on a time in seconds (Core: LOCKTIME_THRESHOLD). */
export const LOCKTIME_THRESHOLD = 500_000_000;
/** This locktime locks nothing, like 0 (Bitcoin: a sequence number of this value in every input). */
export const LOCKTIME_DISABLED = 0xffffffff;
