/** The life of a transaction as a line of steps. */
import { isReward, type Standing } from './find-transaction.ts';

export interface Step {
  readonly name: 'seen' | 'made' | 'block' | 'deep' | 'mature' | 'stale' | 'left';
  readonly state: 'done' | 'now' | 'open' | 'failed';
}

/** So many confirmations are what people usually wait for. */
export const USUAL_CONFIRMATIONS = 6;

/** Blocks until the next one may spend a coinbase of this height. */
export function blocksToMaturity(height: number, maturity: number, tipHeight: number): number {
  return Math.max(0, height + maturity - (tipHeight + 1));
}

/** @param maturity blocks that a coinbase must wait; 0 where the network has no such rule */
export function timelineOf(
  standing: Exclude<Standing, { state: 'unknown' }>,
  maturity: number,
  tipHeight: number,
): Step[] {
  if (standing.state === 'waiting')
    return [
      { name: 'seen', state: 'now' },
      { name: 'block', state: 'open' },
      { name: 'deep', state: 'open' },
    ];
  if (standing.state === 'off') {
    return [
      { name: isReward(standing.tx) ? 'made' : 'seen', state: 'done' },
      { name: standing.block === undefined ? 'left' : 'stale', state: 'failed' },
    ];
  }
  const { coinbase, confirmations, block_height: height } = standing.answer;
  const steps: Step[] = [
    { name: coinbase ? 'made' : 'seen', state: 'done' },
    { name: 'block', state: 'done' },
    { name: 'deep', state: confirmations < USUAL_CONFIRMATIONS ? 'now' : 'done' },
  ];
  if (!coinbase || maturity === 0) return steps;
  const left = blocksToMaturity(height ?? 0, maturity, tipHeight);
  return [...steps, { name: 'mature', state: left > 0 ? 'now' : 'done' }];
}
