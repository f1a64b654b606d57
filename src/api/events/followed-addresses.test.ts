import { expect, test } from 'vitest';
import type { Address } from '../../consensus/index.ts';
import { FollowedAddresses } from './followed-addresses.ts';

test('an address is followed until the last client has left it', () => {
  const followed = new FollowedAddresses();
  const address = 'ab'.repeat(20) as Address;
  for (const topic of [`address:${address}`, 'blocks', `address:${address}`] as const) followed.add(topic);
  expect([followed.size, followed.has(address)]).toEqual([1, true]);
  followed.remove(`address:${address}`);
  followed.remove('blocks');
  expect(followed.has(address)).toBe(true);
  followed.remove(`address:${address}`);
  expect([followed.size, followed.has(address)]).toEqual([0, false]);
});
