import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatheredQuestions } from './gathered-questions.ts';

interface Query {
  readonly keys: readonly string[];
  answer(): void;
  fail(error: Error): void;
}

/** Queries that are answered when the test says so. */
function withQueries(bounds: { together: number; underWay: number }, known: readonly string[]) {
  const queries: Query[] = [];
  const questions = new GatheredQuestions<string, string>(
    (keys) =>
      new Promise((resolve, reject) => {
        queries.push({
          keys,
          answer: () =>
            resolve(new Map(keys.filter((key) => known.includes(key)).map((key) => [key, `${key}!`]))),
          fail: reject,
        });
      }),
    bounds,
  );
  return { questions, queries };
}

/** Lets everything happen that is due. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('gathered questions', () => {
  test('the first goes at once; those that come meanwhile go together', async () => {
    const { questions, queries } = withQueries({ together: 10, underWay: 1 }, ['a', 'b', 'c']);
    const answers = ['a', 'b', 'c', 'd'].map((key) => questions.ask(key));
    expect(queries.map(({ keys }) => keys)).toEqual([['a']]);
    queries[0]?.answer();
    await turn();
    expect(queries.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c', 'd']]);
    queries[1]?.answer();
    expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!', undefined]);
  });

  test('who asks the same as somebody who waits is answered with him, but not out of a query that runs', async () => {
    const { questions, queries } = withQueries({ together: 10, underWay: 1 }, ['a']);
    const early = questions.ask('a');
    const late = [questions.ask('a'), questions.ask('a')];
    queries[0]?.answer();
    expect(await early).toBe('a!');
    await turn();
    expect(queries.map(({ keys }) => keys)).toEqual([['a'], ['a']]);
    queries[1]?.answer();
    expect(await Promise.all(late)).toEqual(['a!', 'a!']);
  });

  test('a failure is told to those whose query it was; the others are answered', async () => {
    const { questions, queries } = withQueries({ together: 2, underWay: 1 }, ['a', 'b', 'c', 'd']);
    const answers = ['a', 'b', 'c', 'd'].map((key) => questions.ask(key));
    const settled = Promise.allSettled(answers);
    queries[0]?.answer();
    await turn();
    queries[1]?.fail(new Error('lost'));
    await turn();
    queries[2]?.answer();
    expect(
      (await settled).map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    ).toEqual(['a!', 'Error: lost', 'Error: lost', 'd!']);
  });

  test('never more at a time or together than allowed, and everybody gets the own answer', async () => {
    const asked = fc.array(fc.integer({ min: 0, max: 20 }).map(String), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        asked,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(5), { minLength: 1 }),
        async (keys, together, underWay, order) => {
          const known = keys.filter((key) => Number(key) % 3 !== 0);
          const { questions, queries } = withQueries({ together, underWay }, known);
          const answers = keys.map((key) => questions.ask(key));
          const open = new Set<Query>();
          let seen = 0;
          for (let step = 0; ; step++) {
            for (const query of queries.slice(seen)) open.add(query);
            seen = queries.length;
            if (open.size === 0) break;
            expect(open.size).toBeLessThanOrEqual(underWay);
            // In any order.
            const running = [...open];
            const next = running[(order[step % order.length] ?? 0) % running.length];
            if (next === undefined) break;
            open.delete(next);
            next.answer();
            await turn();
          }
          expect(await Promise.all(answers)).toEqual(
            keys.map((key) => (known.includes(key) ? `${key}!` : undefined)),
          );
          for (const { keys: inOne } of queries) {
            expect(inOne.length).toBeLessThanOrEqual(together);
            expect(new Set(inOne).size).toBe(inOne.length);
          }
        },
      ),
    );
  });
});
