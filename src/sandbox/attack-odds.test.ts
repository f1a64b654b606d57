import { describe, expect, test } from 'vitest';
import { catchUpChance, raceChance, raceOutcome, type RaceRules } from './attack-odds.ts';

describe('the chance to catch up', () => {
  // The tables at the end of section 11 of the paper.
  test.each([
    [0.1, 0, 1],
    [0.1, 1, 0.2045873],
    [0.1, 2, 0.0509779],
    [0.1, 3, 0.0131722],
    [0.1, 4, 0.0034552],
    [0.1, 5, 0.0009137],
    [0.1, 6, 0.0002428],
    [0.1, 7, 0.0000647],
    [0.1, 8, 0.0000173],
    [0.1, 9, 0.0000046],
    [0.1, 10, 0.0000012],
    [0.3, 0, 1],
    [0.3, 5, 0.1773523],
    [0.3, 10, 0.0416605],
    [0.3, 15, 0.0101008],
    [0.3, 20, 0.0024804],
    [0.3, 25, 0.0006132],
    [0.3, 30, 0.0001522],
    [0.3, 35, 0.0000379],
    [0.3, 40, 0.0000095],
    [0.3, 45, 0.0000024],
    [0.3, 50, 0.0000006],
  ])('q = %d, z = %d: %d', (q, z, expected) => {
    expect(catchUpChance(q, z)).toBeCloseTo(expected, 7);
  });

  // "Solving for P less than 0.1 %": the z of the paper is the first that is enough.
  test.each([
    [0.1, 5],
    [0.15, 8],
    [0.2, 11],
    [0.25, 15],
    [0.3, 24],
    [0.35, 41],
    [0.4, 89],
    [0.45, 340],
  ])('q = %d: less than 0.1 %% from z = %d on', (q, z) => {
    expect(catchUpChance(q, z)).toBeLessThan(0.001);
    expect(catchUpChance(q, z - 1)).toBeGreaterThanOrEqual(0.001);
  });

  test('without hash rate there is none, with half of it it is certain', () => {
    expect(catchUpChance(0, 1)).toBe(0);
    expect(catchUpChance(0.5, 6)).toBe(1);
    expect(catchUpChance(0.9, 50)).toBe(1);
  });
});

const rules: RaceRules = { confirmations: 2, giveUpBehind: 3, maxRounds: 20 };

describe('a race', () => {
  test.each([
    [0, 0, 'running'],
    [5, 1, 'running'], // ahead, but the merchant has not shipped
    [2, 2, 'running'], // as many blocks win nothing
    [3, 2, 'won'],
    [0, 2, 'running'],
    [0, 3, 'gave-up'],
    [10, 10, 'gave-up'],
  ] as const)('%d blocks of the attacker, %d of the others: %s', (attacker, honest, outcome) => {
    expect(raceOutcome(rules, attacker, honest)).toBe(outcome);
  });

  test('its chance is what counting all ways gives', () => {
    const once: RaceRules = { confirmations: 0, giveUpBehind: 1, maxRounds: 9 };
    expect(raceChance(0.3, once)).toBeCloseTo(0.3);
    // One confirmation, three rounds: two of the three blocks must be his, in any order.
    const three: RaceRules = { confirmations: 1, giveUpBehind: 9, maxRounds: 3 };
    expect(raceChance(0.4, three)).toBeCloseTo(3 * 0.4 ** 2 * 0.6);
  });

  test('it is smaller than the chance to catch up', () => {
    const six: RaceRules = { confirmations: 3, giveUpBehind: 6, maxRounds: 60 };
    for (const q of [0.1, 0.3, 0.45]) expect(raceChance(q, six)).toBeLessThan(catchUpChance(q, 3));
    expect(raceChance(0, six)).toBe(0);
    expect(raceChance(0.9, six)).toBeGreaterThan(0.9);
  });
});
