import { expect, test } from 'vitest';
import type { SandboxRace } from '../../../../src/protocol/sandbox.ts';
import { readRaces, withRace } from './races.ts';

const race = (share: number, outcome: SandboxRace['outcome']): SandboxRace => ({
  ...{ share, confirmations: 2, rounds: [], attacker_blocks: 0, honest_blocks: 0, chance: 0, chance_here: 0 },
  outcome,
});

test('races are kept with share, confirmations and end, and those that were stopped are not', () => {
  const kept = withRace(
    withRace(withRace(undefined, race(10, 'gave-up')), race(60, 'won')),
    race(60, 'stopped'),
  );
  expect(readRaces(kept)).toEqual([
    { share: 10, confirmations: 2, isWon: false },
    { share: 60, confirmations: 2, isWon: true },
  ]);
});

test('what is no race is left out, and of many the last are kept', () => {
  expect(readRaces('10:2:maybe,<b>,100:2:won,0:6:lost')).toEqual([
    { share: 0, confirmations: 6, isWon: false },
  ]);
  let kept = '';
  for (let share = 0; share < 50; share++) kept = withRace(kept, race(share, 'won'));
  expect(readRaces(kept).map(({ share }) => share)).toEqual(Array.from({ length: 20 }, (_, i) => i + 30));
});
