import { expect, test } from 'vitest';
import { isLostAgain, isLostScript } from './lost-script.ts';

const url = 'http://localhost:8000/assets/ChartsPage-1.js';

test.each([
  `Failed to fetch dynamically imported module: ${url}`,
  `error loading dynamically imported module: ${url}`,
  'Importing a module script failed.',
])('a script that did not come is known: %s', (message) => {
  expect(isLostScript(new TypeError(message))).toBe(true);
});

test.each([new TypeError('Failed to fetch'), new Error('module'), 'module'])(
  '%s is something else',
  (error) => {
    expect(isLostScript(error)).toBe(false);
  },
);

test('the second loss of one script is another matter than the first of each', () => {
  const [charts, tools] = [new TypeError(`module: ${url}`), new TypeError('module: /assets/ToolsPage-1.js')];
  expect([charts, tools, charts, charts].map(isLostAgain)).toEqual([false, false, true, true]);
});
