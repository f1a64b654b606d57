/**
 * How likely the attack of the majority is. Pure; the page in the browser computes with it, too.
 *
 * Source: Satoshi Nakamoto, "Bitcoin: A Peer-to-Peer Electronic Cash System", section 11.
 */

/**
 * The chance that an attacker ever catches up, when the payee ships after `z` confirmations.
 *
 *   p = 1 − q, λ = z·q/p:   1 − Σ (k = 0 … z)  λ^k·e^−λ / k! · (1 − (q/p)^(z−k))
 *
 * While the honest nodes find z blocks, the attacker finds about λ (Poisson); from z − k blocks behind, he catches up with
 * chance (q/p)^(z−k), the gambler's ruin.
 * @param q the attacker's share of the hash rate, 0 to 1
 * @param z confirmations, a whole number from 0 up
 */
export function catchUpChance(q: number, z: number): number {
  const p = 1 - q;
  if (q >= p) return 1;
  const lambda = (z * q) / p;
  let sum = 1;
  let poisson = Math.exp(-lambda);
  for (let k = 0; k <= z; k++) {
    if (k > 0) poisson *= lambda / k;
    sum -= poisson * (1 - (q / p) ** (z - k));
  }
  return Math.min(1, Math.max(0, sum));
}

/** When a race ends. */
export interface RaceRules {
  /** The honest branch needs so many blocks before the merchant ships. */
  readonly confirmations: number;
  /** The attacker gives up when he is so many blocks behind after that. */
  readonly giveUpBehind: number;
  /** He gives up after so many blocks of both branches together. */
  readonly maxRounds: number;
}

/** How a race stands with so many blocks on each branch. */
export function raceOutcome(
  { confirmations, giveUpBehind, maxRounds }: RaceRules,
  attacker: number,
  honest: number,
): 'running' | 'won' | 'gave-up' {
  const hasShipped = honest >= confirmations;
  if (hasShipped && attacker > honest) return 'won';
  if (hasShipped && honest - attacker >= giveUpBehind) return 'gave-up';
  return attacker + honest >= maxRounds ? 'gave-up' : 'running';
}

/**
 * The chance to win such a race, exactly: the odds of every way it can go, added up. Smaller than
 * {@link catchUpChance}: with as many blocks as the others nothing is won yet, and this attacker is not patient for ever.
 */
export function raceChance(q: number, rules: RaceRules): number {
  /** Odds of each number of attacker's blocks after so many rounds, of races that still run. */
  let open = new Map([[0, 1]]);
  let won = 0;
  for (let round = 0; open.size > 0; round++) {
    const next = new Map<number, number>();
    for (const [attacker, odds] of open) {
      const outcome = raceOutcome(rules, attacker, round - attacker);
      if (outcome === 'won') won += odds;
      if (outcome !== 'running') continue;
      next.set(attacker + 1, (next.get(attacker + 1) ?? 0) + odds * q);
      next.set(attacker, (next.get(attacker) ?? 0) + odds * (1 - q));
    }
    open = next;
  }
  return Math.min(1, won);
}
