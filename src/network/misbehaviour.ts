/**
 * What a peer can do wrong, and what that costs it (Core: Misbehaving, net_processing.cpp).
 *
 * Points add up; at {@link BAN_POINTS} the peer is banned for a day. A point is forgiven a minute: a slow machine may be slow
 * now and then. What an honest node never does, however unlucky, costs everything at once; what can happen by accident costs
 * little. A mere difference of policy (it relays what we do not want) costs nothing.
 */

/** At so many points a peer is banned. */
export const BAN_POINTS = 100;
/** For how long, in seconds. */
export const BAN_SECONDS = 86_400;
/** A point is forgiven after so long, in milliseconds. */
const FORGIVE_MS = 60_000;

export const OFFENCES = {
  'invalid-header': { points: 100, meaning: 'It sent a header that breaks a rule: no work, a wrong target.' },
  'invalid-block': { points: 100, meaning: 'It sent a block that breaks a rule.' },
  'spoiled-block': {
    points: 100,
    meaning: 'It sent a body that does not belong to the header: a spoiled copy of a block.',
  },
  'invalid-chain': { points: 100, meaning: 'Its best chain contains a block that breaks a rule.' },
  'invalid-transaction': {
    points: 50,
    meaning: 'It sent a transaction that breaks a rule, or a spoiled copy.',
  },
  'unrequested-data': { points: 50, meaning: 'It answered with something that was not asked for.' },
  'oversized-answer': { points: 50, meaning: 'Its answer was larger than such an answer can be.' },
  'malformed-message': { points: 50, meaning: 'It sent bytes that are no message.' },
  redirect: { points: 50, meaning: 'It tried to send us elsewhere. Nodes do not redirect.' },
  'work-not-shown': {
    points: 50,
    meaning: 'It claimed a chain of much work, and could not show its headers.',
  },
  'unconnected-headers': { points: 20, meaning: 'Its headers do not follow one another.' },
  stalled: { points: 20, meaning: 'It took too long over something that it had offered.' },
  'address-spam': {
    points: 20,
    meaning: 'It told of more addresses than it was asked for, or of forbidden ones.',
  },
  // Not punished: it may be our clock that is wrong. Such a block is not remembered as bad either.
  'future-block': { points: 0, meaning: 'It sent a block from the future: its clock or ours is wrong.' },
  'not-there': { points: 2, meaning: 'It did not have what it had just offered.' },
} as const satisfies Record<string, { readonly points: number; readonly meaning: string }>;

export type Offence = keyof typeof OFFENCES;

/** A count of points that shrinks with time. */
export class Points {
  private value: number;
  private atMs: number;

  constructor(value: number, nowMs: number) {
    this.value = value;
    this.atMs = nowMs;
  }

  /** Whole points at this moment. */
  at(nowMs: number): number {
    return Math.ceil(this.exactly(nowMs));
  }

  /** @returns the whole points after that */
  add(points: number, nowMs: number): number {
    this.value = this.exactly(nowMs) + points;
    this.atMs = nowMs;
    return this.at(nowMs);
  }

  reset(nowMs: number): void {
    this.value = 0;
    this.atMs = nowMs;
  }

  private exactly(nowMs: number): number {
    // A clock that was set back forgives nothing, and takes nothing back.
    return Math.max(0, this.value - Math.max(0, nowMs - this.atMs) / FORGIVE_MS);
  }
}
