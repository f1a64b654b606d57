import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import {
  AddressNotAllowedError,
  guardedLookup,
  isLoopbackHost,
  isSameEndpoint,
  mayTellOf,
  type Nearness,
  nearnessOf,
} from './address-policy.ts';

const HOSTS: Readonly<Record<Nearness, readonly string[]>> = {
  loopback: [
    ...['127.0.0.1', '127.255.255.255', '::1', '[::1]', '0:0:0:0:0:0:0:1'],
    ...['localhost', 'node.localhost'],
    ...['::ffff:127.0.0.1', '[::ffff:127.0.0.1]', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:1'],
  ],
  private: [
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.255.255'],
    ...['fc00::1', 'fdff::1', '[fd12:3456::1]'],
    ...['::ffff:10.0.0.1', '::ffff:c0a8:101'],
  ],
  public: [
    ...['1.1.1.1', '8.8.8.8', '172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0'],
    ...['192.167.255.255', '11.0.0.0', '128.0.0.1', '223.255.255.255'],
    ...['2001:db8::1', '[2606:4700::1111]', '::ffff:1.1.1.1'],
  ],
  forbidden: [
    ...['0.0.0.0', '0.1.2.3', '169.254.169.254', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '[::]', 'fe80::1', 'febf::1', 'ff02::1'],
    ...['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::ffff:0.0.0.0'],
  ],
  name: ['example.com', 'node-1', 'localhost.example.com', 'notlocalhost', '1.2.3', '127.0.0.1.example.com'],
};

describe('how near a host is', () => {
  it.each(Object.entries(HOSTS).flatMap(([nearness, hosts]) => hosts.map((host) => [host, nearness])))(
    '%s is %s',
    (host, nearness) => {
      expect(nearnessOf(host)).toBe(nearness);
      expect(isLoopbackHost(host)).toBe(nearness === 'loopback');
    },
  );

  it('is told for what the URL parser makes of a host', () => {
    const nearness = (url: string): Nearness => nearnessOf(new URL(url).hostname);
    // Numbers in other bases, other digits and other cases are one address in the end.
    for (const url of ['http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://LOCALHOST:1'])
      expect([url, nearness(url)]).toEqual([url, 'loopback']);
    expect(nearness('http://[::ffff:127.0.0.1]:8000/')).toBe('loopback');
    expect(nearness('http://①②⑦.0.0.1/')).toBe('loopback');
    expect(nearness('http://0/')).toBe('forbidden');
  });
});

describe('who may tell of whom', () => {
  const TABLE: readonly (readonly [Nearness, readonly Nearness[]])[] = [
    ['loopback', ['loopback', 'private', 'public', 'name']],
    ['private', ['private', 'public', 'name']],
    ['public', ['public', 'name']],
    ['name', ['public', 'name']],
    ['forbidden', []],
  ];
  it.each(TABLE)('one that is %s of %j', (teller, allowed) => {
    const told = (Object.keys(HOSTS) as Nearness[]).filter((nearness) => mayTellOf(teller, nearness));
    expect(new Set(told)).toEqual(new Set(allowed));
  });
});

/** What a look-up gives to whoever connects. */
function lookUp(
  teller: Nearness | undefined,
  host: string,
  all: boolean,
): Promise<LookupAddress[] | { address: string; family: number | undefined }> {
  return new Promise((resolve, reject) => {
    guardedLookup(teller)(host, { all }, (error, address, family) => {
      if (error !== null) reject(error);
      else resolve(typeof address === 'string' ? { address, family } : address);
    });
  });
}

describe('names that are resolved for a connection', () => {
  it('lead to this machine where a peer on this machine or the owner said so', async () => {
    for (const teller of ['loopback', undefined] as const) {
      const one = await lookUp(teller, 'localhost', false);
      expect(one).toMatchObject({ address: expect.stringMatching(/^(127\.|::1)/) });
      const all = await lookUp(teller, 'localhost', true);
      expect(all).toEqual(
        expect.arrayContaining([{ address: expect.any(String), family: expect.any(Number) }]),
      );
    }
  });

  it.each(['private', 'public', 'name', 'forbidden'] as const)(
    'do not where one that is %s said so',
    async (teller) => {
      for (const all of [true, false]) {
        await expect(lookUp(teller, 'localhost', all)).rejects.toBeInstanceOf(AddressNotAllowedError);
        // With a dot at its end it is no name for this machine any more, and still leads to it where it resolves at all.
        await expect(lookUp(teller, 'localhost.', all)).rejects.toThrow();
      }
    },
  );

  it('are judged where they are addresses, too', async () => {
    expect(await lookUp('public', '1.1.1.1', false)).toEqual({ address: '1.1.1.1', family: 4 });
    await expect(lookUp('public', '10.0.0.1', false)).rejects.toThrow('may not tell of');
    await expect(lookUp('loopback', '169.254.169.254', false)).rejects.toThrow('may not tell of');
    expect(await lookUp(undefined, '169.254.169.254', false)).toMatchObject({ address: '169.254.169.254' });
  });

  it('that do not exist fail as names do', async () => {
    await expect(lookUp('public', 'no-such-name.invalid', false)).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });
});

describe('two addresses of one place', () => {
  it.each([
    ['http://localhost:8000', 'http://127.0.0.1:8000'],
    ['http://127.0.0.1:8000', 'http://[::1]:8000'],
    ['http://127.0.0.1:80', 'http://localhost'],
    ['https://10.0.0.1', 'https://10.0.0.1:443/path'],
  ])('%s and %s are one', async (a, b) => {
    expect(await isSameEndpoint(a, b)).toBe(true);
  });
  it.each([
    ['http://localhost:8000', 'http://127.0.0.1:8001'],
    ['http://10.0.0.1:8000', 'http://10.0.0.2:8000'],
    ['http://10.0.0.1', 'https://10.0.0.1'],
    ['http://no-such-name.invalid:8000', 'http://127.0.0.1:8000'],
  ])('%s and %s are not', async (a, b) => {
    expect(await isSameEndpoint(a, b)).toBe(false);
  });
});
