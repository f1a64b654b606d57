/**
 * The attack of the majority, played with real blocks:
 *
 *                 ┌─ payment ── 2 ── 3 ──        honest nodes: the merchant ships after z of these
 *   … ── fork ────┤
 *                 └─ spent again ── 2 ── 3 ── 4  the attacker's, withheld until there are more of them
 *
 * Chance decides who finds each block, by the share of the hash rate. With more blocks than the others the attacker publishes
 * his, all nodes follow them, and the payment is gone.
 */
import { MAX_RACE_ROUNDS, type SandboxRace } from '../protocol/index.ts';
import { catchUpChance, raceChance, raceOutcome, type RaceRules } from './attack-odds.ts';

export const GIVE_UP_BEHIND = 6;

export interface RaceModules {
  /** 0 up to 1. */
  readonly random: () => number;
  /** Finds one block; false when the signal ended it. */
  readonly mine: (who: 'attacker' | 'honest') => Promise<boolean>;
  /** Between two rounds. */
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly onRound: (race: SandboxRace) => void;
}

/** Blocks are found until the race is decided or the signal ends it. What then becomes of the branches is the caller's. */
export async function runRace(
  { share, confirmations }: { readonly share: number; readonly confirmations: number },
  { random, mine, pause, signal, onRound }: RaceModules,
): Promise<SandboxRace> {
  const rules: RaceRules = { confirmations, giveUpBehind: GIVE_UP_BEHIND, maxRounds: MAX_RACE_ROUNDS };
  const rounds: ('attacker' | 'honest')[] = [];
  const blocksOf = (who: 'attacker' | 'honest'): number => rounds.filter((each) => each === who).length;
  const standing = (): SandboxRace => {
    const [attacker, honest] = [blocksOf('attacker'), blocksOf('honest')];
    const outcome = raceOutcome(rules, attacker, honest);
    return {
      ...{ share, confirmations },
      rounds: [...rounds],
      attacker_blocks: attacker,
      honest_blocks: honest,
      outcome: outcome === 'running' && signal.aborted ? 'stopped' : outcome,
      chance: catchUpChance(share / 100, confirmations),
      chance_here: raceChance(share / 100, rules),
    };
  };
  let race = standing();
  onRound(race);
  while (race.outcome === 'running') {
    const who = random() * 100 < share ? 'attacker' : 'honest';
    if (await mine(who)) rounds.push(who);
    race = standing();
    onRound(race);
    if (race.outcome === 'running') await pause();
  }
  return race;
}
