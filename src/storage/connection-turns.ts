/**
 * Turns on the one connection of the embedded engine. What the node itself waits for (commits, coins of a block) goes before
 * what strangers ask, so that sixty questions do not hold up a block; but after each of those one question that waits is
 * answered, so that a node which connects block after block still answers.
 */
export type Urgency = 'urgent' | 'ordinary';

export class ConnectionTurns {
  readonly #waiting: Readonly<Record<Urgency, (() => Promise<void>)[]>> = { urgent: [], ordinary: [] };
  #running: Promise<void> | undefined;
  #last: Urgency = 'ordinary';

  /** Runs a task when its turn comes. A task that fails does not stop the next one. */
  run<T>(urgency: Urgency, task: () => Promise<T>): Promise<T> {
    const result = new Promise<T>((resolve, reject) => {
      this.#waiting[urgency].push(() => task().then(resolve, reject));
    });
    this.#running ??= this.#runAll();
    return result;
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #runAll(): Promise<void> {
    for (let task = this.#next(); task !== undefined; task = this.#next()) await task();
    // In the same tick in which nothing was found: what comes now starts anew.
    this.#running = undefined;
  }

  #next(): (() => Promise<void>) | undefined {
    const { urgent, ordinary } = this.#waiting;
    const mayGoFirst = this.#last === 'ordinary' || ordinary.length === 0;
    this.#last = urgent.length > 0 && mayGoFirst ? 'urgent' : 'ordinary';
    return this.#waiting[this.#last].shift();
  }
}
