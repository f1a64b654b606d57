/**
 * How long a block may be expected to take. Whoever asks for one block and waits for it is told when that is hopeless;
 * whoever mines in the background may hope, and is warned.
 *
 * The speed is measured in the search itself: an estimate from before may stem from a busier hour.
 */
import type { Target } from '../consensus/index.ts';
import { TargetTooHardError } from './mining-errors.ts';
import type { SearchTally } from './mining-progress.ts';
import type { MiningEffort } from './mining-requests.ts';
import { expectedHashes } from './odds.ts';
import type { MiningTemplate } from './ports.ts';

/** Looks at a template, before and while it is searched: the error that ends the search, or undefined to go on. */
export type Judge = (template: MiningTemplate) => TargetTooHardError | undefined;

/** No speed is believed that was measured for less time: kernels start slowly. */
export const MIN_EVIDENCE_MS = 500;

/** Refuses a target that takes longer on average. */
export function patientUpTo(limitSeconds: number, effort: Required<MiningEffort>, tally: SearchTally): Judge {
  let accepted: Target | undefined;
  return (template) => {
    const { target } = template.header;
    // What was begun is not given up because the machine has become busier.
    if (target === accepted) return undefined;
    const error = tooHard(template, effort, tally, limitSeconds);
    if (error === undefined && tally.busyMs >= MIN_EVIDENCE_MS) accepted = target;
    return error;
  };
}

/** Never gives up, unless it is impossible; tells `warn` once for each target that takes longer on average. */
export function hopeful(
  limitSeconds: number,
  effort: Required<MiningEffort>,
  tally: () => SearchTally,
  warn: (expectedSeconds: number, template: MiningTemplate) => void,
): Judge {
  let warned: Target | undefined;
  return (template) => {
    const error = tooHard(template, effort, tally(), limitSeconds);
    if (error?.expectedSeconds === undefined) return error;
    if (warned !== error.target) warn(error.expectedSeconds, template);
    warned = error.target;
    return undefined;
  };
}

function tooHard(
  { height, header: { target } }: MiningTemplate,
  { threads, share }: Required<MiningEffort>,
  tally: SearchTally,
  limitSeconds: number,
): TargetTooHardError | undefined {
  // Only a hash of zeros meets it: in all of mining there has never been one.
  if (target === 0n) {
    return new TargetTooHardError({ height, target, threads, hashRate: undefined, limitSeconds });
  }
  if (tally.busyMs < MIN_EVIDENCE_MS) return undefined;
  const hashRate = tally.hashesPerBusySecond * threads * share;
  if (expectedHashes(target) / hashRate <= limitSeconds) return undefined;
  return new TargetTooHardError({ height, target, threads, hashRate, limitSeconds });
}
