/** The time: as nodes know it, and to compare moments in several processes. */
import type { Clock } from '../../src/chainstate/index.ts';

export const systemClock: Clock = {
  nowS: () => Math.floor(Date.now() / 1_000),
  nowMs: () => Date.now(),
};

/** Milliseconds, with fractions, since some moment that is the same for all processes of this machine. Nobody sets it back. */
export function machineTimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
