/**
 * The block reward and its halvings (Core: GetBlockSubsidy). Money comes into being only here.
 */
import type { ChainParams } from './params.ts';

/** New coins that a block at `height` may create, in base units. It halves, rounding down, until nothing is left. */
export function subsidyAt(
  height: number,
  params: Pick<ChainParams, 'blockReward' | 'halvingInterval'>,
): number {
  if (params.halvingInterval === 0) return params.blockReward;
  const halvings = Math.floor(height / params.halvingInterval);
  // Beyond 53 halvings nothing can be left of a safe integer; 2 ** n stays exact up to there.
  return halvings > 53 ? 0 : Math.floor(params.blockReward / 2 ** halvings);
}
