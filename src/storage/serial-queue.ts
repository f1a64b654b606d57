/** Runs asynchronous tasks one after another, in the order in which they came. A task that fails holds up nobody. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when everything that was queued until now has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
