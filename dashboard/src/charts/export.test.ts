import { expect, test } from 'vitest';
import { csvOf } from './export.ts';

test('CSV has a row for each point, and not the curve', () => {
  const series = [
    { name: 'expected', kind: 'curve', xs: [0, 1], ys: [1, 2] },
    { name: 'found', kind: 'bars', xs: [0.5, 1.5], ys: [3, 4] },
  ] as const;
  expect(csvOf({ label: 'Seconds, whole' }, { label: 'Blocks' }, series)).toBe(
    '"Seconds, whole",Blocks\n0.5,3\n1.5,4\n',
  );
  expect(
    csvOf({ label: 'Time', isTime: true }, { label: 'n' }, [{ name: 'n', kind: 'step', xs: [0], ys: [1] }]),
  ).toBe('Time,n\n1970-01-01T00:00:00.000Z,1\n');
  expect(csvOf({ label: 'x' }, { label: 'y' }, [])).toBe('x,y\n');
});
