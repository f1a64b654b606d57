import { describe, expect, test } from 'vitest';
import { readProgress, writeProgress } from './progress.ts';

describe('the progress of lessons', () => {
  test('comes back as it was written', () => {
    const progress = { hash: { done: ['change'], notes: { text: 'a' } } };
    expect(readProgress(writeProgress(progress))).toEqual(progress);
  });

  test.each([
    undefined,
    '',
    'nonsense',
    'null',
    '[]',
    '{"v":2,"lessons":{"hash":{"done":[],"notes":{}}}}',
    '{"v":1}',
    '{"v":1,"lessons":{"hash":{"done":[1],"notes":{}}}}',
    '{"v":1,"lessons":{"hash":{"done":[],"notes":[]}}}',
  ])('%j is no progress', (text) => {
    expect(readProgress(text)).toEqual({});
  });
});
