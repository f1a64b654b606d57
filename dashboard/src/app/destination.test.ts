import { describe, expect, test } from 'vitest';
import { destinationOf } from './destination.ts';

const here = new URL('http://node:8000/tools?a=1#hash');
const from = (address: string): string | undefined => destinationOf(new URL(address, here), here);

describe('a link', () => {
  test.each([
    ['/', '/'],
    ['/block/7', '/block/7'],
    ['/api?call=/chain/info', '/api?call=/chain/info'],
    ['/api#events', '/api#events'],
    ['/tools?a=2', '/tools?a=2'],
    ['/tools?a=2#merkle', '/tools?a=2#merkle'],
  ])('%s is followed without loading', (address, to) => {
    expect(from(address)).toBe(to);
  });

  test.each(['#merkle', '#content', '/tools?a=1#address', '/docs', '/openapi.json', 'http://other:8000/'])(
    '%s is for the browser',
    (address) => {
      expect(from(address)).toBeUndefined();
    },
  );
});
