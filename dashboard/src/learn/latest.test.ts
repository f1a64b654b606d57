import { expect, test } from 'vitest';
import { latestOf } from './latest.ts';

test('an answer that comes after one to a later question changes nothing any more', async () => {
  const answers: ((text: string) => void)[] = [];
  const taken: string[] = [];
  const ask = latestOf(
    () => new Promise<string>((resolve) => answers.push(resolve)),
    (text) => taken.push(text),
  );
  const [first, second, third] = [ask(), ask(), ask()];
  answers[1]?.('it is in a block');
  expect(await second).toBe('it is in a block');
  answers[0]?.('it waits');
  expect(await first).toBe('it waits');
  answers[2]?.('it is deeper');
  await third;
  expect(taken).toEqual(['it is in a block', 'it is deeper']);
});
