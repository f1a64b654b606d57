import { describe, expect, test } from 'vitest';
import { routeOf } from './routes.ts';

describe('routes', () => {
  const hash = 'AB'.repeat(32);
  const address = 'AB'.repeat(20);
  test.each([
    ['/', { name: 'chain' }],
    ['/block/0', { name: 'block', id: '0' }],
    ['/block/12/', { name: 'block', id: '12' }],
    [`/block/${hash}`, { name: 'block', id: hash.toLowerCase() }],
    [`/tx/${hash}`, { name: 'tx', txid: hash.toLowerCase() }],
    [`/address/${address}`, { name: 'address', address: address.toLowerCase() }],
    ['/mempool', { name: 'mempool' }],
    ['/wallet/', { name: 'wallet' }],
    ['/learn', { name: 'learn', lesson: undefined }],
    ['/learn/double-spend', { name: 'learn', lesson: 'double-spend' }],
  ])('%s', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });

  test.each([
    ...['/block', '/block/x', '/block/%', '/block/1/2', '/tx/1', '/tx', `/address/${hash}`, '/mempool/1'],
    ...['/learn/%2F', '/learn/a/b', '/nowhere', '/chain'],
  ])('%s is nowhere', (path) => {
    expect(routeOf(path)).toEqual({ name: 'not-found', path });
  });
});
