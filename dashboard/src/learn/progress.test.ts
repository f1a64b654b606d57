import { describe, expect, test } from 'vitest';
import { latestProgress, readProgress, writeProgress } from './progress.ts';

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

  test('starts from what other tabs wrote, and from what the page knows where nothing is kept', () => {
    const here = { hash: { done: ['change'], notes: {} } };
    const other = { hash: { done: ['change', 'find'], notes: {} } };
    expect(latestProgress(writeProgress(other), here)).toEqual(other);
    expect(latestProgress(undefined, here)).toEqual(here);
  });
});
