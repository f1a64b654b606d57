/**
 * Fee rates in five steps. Rates differ by factors and not by sums, so each step reaches five times as far as the one before;
 * they are counted from the least that this node takes.
 */

export type FeeStep = 1 | 2 | 3 | 4 | 5;
export const FEE_STEPS: readonly FeeStep[] = [1, 2, 3, 4, 5];

/** Where each step but the last ends, in multiples of the least fee rate. */
const ENDS = [2, 10, 50, 250];
/** A node that takes transactions without a fee has no least rate to count from. */
const USUAL_LEAST = 100;

const leastOf = (relayFeePerKb: number): number => (relayFeePerKb > 0 ? relayFeePerKb : USUAL_LEAST);

export function feeStepOf(feePerKb: number, relayFeePerKb: number): FeeStep {
  const least = leastOf(relayFeePerKb);
  return (1 + ENDS.filter((end) => feePerKb >= end * least).length) as FeeStep;
}

/** From where to where a step reaches, in base units per 1,000 bytes; the last one has no end. */
export function rangeOfStep(step: FeeStep, relayFeePerKb: number): readonly [number, number | undefined] {
  const least = leastOf(relayFeePerKb);
  const [from, to] = [ENDS[step - 2] ?? 0, ENDS[step - 1]];
  return [from * least, to === undefined ? undefined : to * least];
}
