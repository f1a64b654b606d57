/** The time, as nodes know it. */
import type { Clock } from '../../src/chainstate/index.ts';

export const systemClock: Clock = {
  nowS: () => Math.floor(Date.now() / 1_000),
  nowMs: () => Date.now(),
};
