/** Races that were run, as the progress of the lesson keeps them: short, and checked when they are read. */
import type { SandboxRace } from '../../../../src/protocol/sandbox.ts';

export interface KeptRace {
  /** In percent. */
  readonly share: number;
  readonly confirmations: number;
  readonly isWon: boolean;
}

/** What is kept: more than anybody reads. */
const MOST_KEPT = 20;

/** `10:2:lost,60:1:won`; what is none is left out. */
export function readRaces(text: string | undefined): KeptRace[] {
  return (text ?? '').split(',').flatMap((each) => {
    const [, share, confirmations, outcome] = /^(\d{1,2}):(\d):(won|lost)$/.exec(each) ?? [];
    if (share === undefined) return [];
    return [{ share: Number(share), confirmations: Number(confirmations), isWon: outcome === 'won' }];
  });
}

/** With one more; of many the last. A race that was stopped tells nothing. */
export function withRace(text: string | undefined, { share, confirmations, outcome }: SandboxRace): string {
  const races = readRaces(text);
  if (outcome === 'won' || outcome === 'gave-up')
    races.push({ share, confirmations, isWon: outcome === 'won' });
  return races
    .slice(-MOST_KEPT)
    .map((race) => `${race.share}:${race.confirmations}:${race.isWon ? 'won' : 'lost'}`)
    .join(',');
}
