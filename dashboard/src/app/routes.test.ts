import { describe, expect, test } from 'vitest';
import { routeOf } from './routes.ts';

describe('routes', () => {
  const hash = 'AB'.repeat(32);
  test.each([
    ['/', { name: 'chain' }],
    ['/block/0', { name: 'block', id: '0' }],
    ['/block/12/', { name: 'block', id: '12' }],
    [`/block/${hash}`, { name: 'block', id: hash.toLowerCase() }],
    ['/block', { name: 'not-found', path: '/block' }],
    ['/block/x', { name: 'not-found', path: '/block/x' }],
    ['/block/%', { name: 'not-found', path: '/block/%' }],
    ['/block/1/2', { name: 'not-found', path: '/block/1/2' }],
    ['/nowhere', { name: 'not-found', path: '/nowhere' }],
  ])('%s', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });
});
