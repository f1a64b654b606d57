import { expect, test } from 'vitest';
import { askingAgain } from './asking.ts';

test('many changes at once are one question now and one after it', async () => {
  let asked = 0;
  const refresh = askingAgain(
    async () => {
      asked++;
      await Promise.resolve();
    },
    () => 1,
  );
  const first = refresh();
  await Promise.all([first, ...Array.from({ length: 20 }, refresh)]);
  expect(asked).toBe(2);
  await refresh();
  expect(asked).toBe(3);
});
