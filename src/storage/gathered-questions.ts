/**
 * Questions of one kind, gathered: while so many queries are under way, further questions wait, and go together as one query when
 * one is back. One client waits no longer than before; sixty at once cost two queries instead of sixty. Who asks the same as
 * somebody who waits already gets the same answer.
 *
 * Every answer comes from a query that began after the question was asked, so nobody hears of a state older than the last one
 * that he knows of. How many wait is bounded by whoever asks: a connection of the API has one question at a time.
 */

interface Question<A> {
  readonly answer: Promise<A | undefined>;
  resolve(answer: A | undefined): void;
  reject(error: unknown): void;
}

export interface GatheringBounds {
  /** Questions in one query. */
  readonly together: number;
  /** Queries at a time. */
  readonly underWay: number;
}

export class GatheredQuestions<K extends string, A> {
  readonly #query: (keys: readonly K[]) => Promise<ReadonlyMap<K, A>>;
  readonly #bounds: GatheringBounds;
  readonly #waiting = new Map<K, Question<A>>();
  #underWay = 0;

  /** @param query answers several questions; a key that it leaves out has no answer */
  constructor(query: (keys: readonly K[]) => Promise<ReadonlyMap<K, A>>, bounds: GatheringBounds) {
    this.#query = query;
    this.#bounds = bounds;
  }

  /** @throws whatever the query throws */
  ask(key: K): Promise<A | undefined> {
    let question = this.#waiting.get(key);
    if (question === undefined) {
      question = makeQuestion();
      this.#waiting.set(key, question);
      this.#start();
    }
    return question.answer;
  }

  #start(): void {
    while (this.#underWay < this.#bounds.underWay && this.#waiting.size > 0) {
      const portion = new Map<K, Question<A>>();
      for (const [key, question] of this.#waiting) {
        if (portion.size === this.#bounds.together) break;
        portion.set(key, question);
        this.#waiting.delete(key);
      }
      this.#underWay++;
      this.#answer(portion).catch(() => undefined); // those who asked hear of a failure
    }
  }

  async #answer(portion: ReadonlyMap<K, Question<A>>): Promise<void> {
    try {
      const answers = await this.#query([...portion.keys()]);
      for (const [key, question] of portion) question.resolve(answers.get(key));
    } catch (error) {
      for (const question of portion.values()) question.reject(error);
    }
    this.#underWay--;
    this.#start();
  }
}

function makeQuestion<A>(): Question<A> {
  let resolve: Question<A>['resolve'] = () => undefined;
  let reject: Question<A>['reject'] = () => undefined;
  const answer = new Promise<A | undefined>((resolveAnswer, rejectAnswer) => {
    resolve = resolveAnswer;
    reject = rejectAnswer;
  });
  return { answer, resolve, reject };
}
