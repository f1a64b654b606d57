/** What can go wrong when a program talks to a node. All messages are sentences that can be shown as they are. */

/** The node answered, and said no. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** A stable code; undefined where the other side is no MiniBitcoin of our kind (the Python original sends none). */
  readonly reason: string | undefined;
  readonly detail: string;
  readonly hint: string | undefined;

  constructor(answer: { status: number; detail: string; reason?: string; hint?: string }) {
    super(answer.detail);
    this.status = answer.status;
    this.reason = answer.reason;
    this.detail = answer.detail;
    this.hint = answer.hint;
  }
}

/** Nobody answered, or not to the end. */
export class NodeUnreachableError extends Error {
  override readonly name = 'NodeUnreachableError';
  readonly url: string;
  /** True when somebody may be there but took too long. */
  readonly timedOut: boolean;

  constructor(url: string, why: string, options: { timedOut?: boolean; cause?: unknown } = {}) {
    super(`no node can be reached at ${url}: ${why}`, { cause: options.cause });
    this.url = url;
    this.timedOut = options.timedOut ?? false;
  }
}

/** Something answered, but not like a node: another program's port, a proxy's page, an answer without end. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
  readonly url: string;

  constructor(url: string, what: string) {
    super(`${url} does not answer like a MiniBitcoin node: ${what}`);
    this.url = url;
  }
}
