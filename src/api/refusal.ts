/**
 * Saying no: the one exception that route code throws on purpose, and the table from classes of failures to HTTP statuses.
 */
import type { Failure, FailureClass } from '../consensus/index.ts';
import type { ApiReason } from '../protocol/index.ts';

export interface RefusalOptions {
  readonly hint?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by handlers and hooks; {@link installErrorAnswers} makes the answer of it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly statusCode: number;
  readonly reason: string;
  readonly hint: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, reason: string, detail: string, options: RefusalOptions = {}) {
    super(detail);
    this.statusCode = statusCode;
    this.reason = reason;
    this.hint = options.hint;
    this.headers = options.headers ?? {};
  }
}

/** A refusal with one of the API's own reasons. */
export function refusal(
  status: number,
  reason: ApiReason,
  detail: string,
  options: RefusalOptions = {},
): Refusal {
  return new Refusal(status, reason, detail, options);
}

export function notFound(detail: string, options: RefusalOptions = {}): Refusal {
  return refusal(404, 'not-found', detail, options);
}

/** Which status tells of which class of failure (PROTOCOL 7). */
export function statusOfClass(failureClass: FailureClass): number {
  switch (failureClass) {
    case 'consensus':
    case 'mutated':
    case 'missing-parent':
    case 'missing-inputs':
    case 'time-future':
    case 'policy':
      return 400;
    case 'malformed':
      return 422;
    case 'duplicate':
      return 409;
  }
}

/** A broken rule as a refusal. */
export function refusalOf(failure: Failure, options: RefusalOptions = {}): Refusal {
  return new Refusal(statusOfClass(failure.class), failure.reason, failure.detail, options);
}
