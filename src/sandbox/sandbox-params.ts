/**
 * The chain parameters of a sandbox: a block in an instant, and nothing that could pass for a block of the owner's network.
 *
 * Why no block can cross: a chain begins with a block at height 0, whose target must be DEFAULT_TARGET. The two networks differ
 * in just that, so each refuses the first block of the other (`bad-diffbits`), and with it all that follow. Peers compare all
 * parameters when they say hello and part at once (`other-network`).
 */
import { type ChainParams, DEFAULT_PARAMS, type Target } from '../consensus/index.ts';

/** About 256 hashes a block. */
const EASY_TARGET = (1n << 248n) - 1n;

/** Parameters for a sandbox beside a node with these. */
export function sandboxParams(own: ChainParams): ChainParams {
  const isTaken = own.defaultTarget === EASY_TARGET;
  return {
    ...DEFAULT_PARAMS,
    defaultTarget: (isTaken ? EASY_TARGET - 1n : EASY_TARGET) as Target,
    // Dozens of blocks a second are no reason to make it harder.
    retargetInterval: 0,
    // What was mined can be spent at once: nobody waits in a lesson.
    coinbaseMaturity: 0,
    maxBlockSizeBytes: 20_000,
  };
}
