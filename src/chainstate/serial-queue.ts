/**
 * One thing after the other: all changes of the chain state go through one of these.
 */

/** The queue holds as many tasks as it may; nothing was changed. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** Runs asynchronous tasks strictly in the order in which they came. A task that fails does not stop the next one. */
export class SerialQueue {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private readonly maxWaiting: number;

  constructor(maxWaiting = 1_000) {
    this.maxWaiting = maxWaiting;
  }

  /** @throws QueueFullError (as a rejection) when too many tasks wait already */
  run<T>(task: () => Promise<T>): Promise<T> {
    if (this.waiting >= this.maxWaiting) {
      return Promise.reject(new QueueFullError(`${this.waiting} tasks are waiting already; try again later`));
    }
    this.waiting++;
    const result = this.last.then(task).finally(() => this.waiting--);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** When all tasks that wait or run now have ended; undefined when there are none. */
  underWay(): Promise<void> | undefined {
    return this.waiting === 0 ? undefined : this.idle();
  }

  /** Resolves when everything that was queued before has ended. */
  async idle(): Promise<void> {
    await this.last;
  }
}
