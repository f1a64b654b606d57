import { expect, test } from 'vitest';
import type { TemplateEntry } from '../../../src/protocol/mempool.ts';
import { inOrderOf, sortedBy, type SortKey } from './waiting-order.ts';

const entry = (txid: string, position: number | null, rate: number, receivedAt: number): TemplateEntry => ({
  ...{ txid, position, reason: 'own-fee', fee: rate, size: 100, fee_per_kb: rate, ancestors: 1 },
  ...{ descendants: 1, parents: [], received_at: receivedAt, output_total: 0 },
  package: { count: 1, size: 100, fees: rate, fee_per_kb: rate, paid_by: txid },
});

const entries = [
  entry('a', 1, 50, 30),
  entry('b', 2, 70, 10),
  entry('c', null, 60, 20),
  entry('d', null, 60, 5),
];
const names = (key: SortKey, isDown: boolean): string =>
  inOrderOf(entries, { key, isDown })
    .map(({ txid }) => txid)
    .join('');

test('sorts by each column in both ways, and leaves equals as they are', () => {
  expect(names('place', false)).toBe('abcd');
  expect(names('place', true)).toBe('cdba');
  expect(names('rate', true)).toBe('bcda');
  expect(names('age', true)).toBe('dbca');
  expect(names('size', true)).toBe('abcd');
  expect(entries[0]?.txid).toBe('a');
});

test('a second click turns the order round', () => {
  const byRate = sortedBy('rate', { key: 'place', isDown: false });
  expect(byRate).toEqual({ key: 'rate', isDown: true });
  expect(sortedBy('rate', byRate)).toEqual({ key: 'rate', isDown: false });
  expect(sortedBy('place', byRate)).toEqual({ key: 'place', isDown: false });
});
