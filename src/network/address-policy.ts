/**
 * Which addresses a peer may tell us of, and which we call on its word.
 *
 * Attack: a peer that says "there is a node at http://127.0.0.1:5432" or "at http://169.254.169.254" would make us knock at
 * doors that it cannot reach itself: other programs of this machine, machines behind our firewall, a cloud's metadata
 * service (server-side request forgery). So a peer may tell of addresses that are no closer to us than it is itself:
 *
 *   a peer on this machine     of any address
 *   a peer in our own network  of addresses in private networks and on the Internet
 *   a peer on the Internet     of addresses on the Internet
 *
 * Link-local, multicast and unspecified addresses are never called on somebody's word. A name is resolved, and what it leads
 * to is judged (so a name that changes its address between two look-ups, DNS rebinding, gains nothing). What the owner adds is
 * not judged.
 */
import { lookup as systemLookup, type LookupAddress, promises as dns } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/** How near an address is. `name` is not known before it is resolved. */
export type Nearness = 'loopback' | 'private' | 'public' | 'forbidden' | 'name';

const ranges = (entries: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList();
  for (const [address, prefix] of entries) list.addSubnet(address, prefix, isIPv6(address) ? 'ipv6' : 'ipv4');
  return list;
};

/** RFC 1122, RFC 4291. */
const LOOPBACK = ranges([
  ['127.0.0.0', 8],
  ['::1', 128],
]);
/** RFC 1918, RFC 6598 (carrier NAT), RFC 4193 (unique local). */
const PRIVATE = ranges([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['fc00::', 7],
]);
/** "This network", link-local (RFC 3927, RFC 4291), multicast, reserved. */
const FORBIDDEN = ranges([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
]);

/** How near a host is: an address, with or without brackets, or a name. */
export function nearnessOf(host: string): Nearness {
  const bare = host.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  if (family === 0) return bare === 'localhost' || bare.endsWith('.localhost') ? 'loopback' : 'name';
  // IPv4 written as IPv6 (::ffff:127.0.0.1) is what it stands for; BlockList sees through it.
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (LOOPBACK.check(bare, kind)) return 'loopback';
  if (FORBIDDEN.check(bare, kind)) return 'forbidden';
  return PRIVATE.check(bare, kind) ? 'private' : 'public';
}

const RANK: Readonly<Record<Nearness, number>> = {
  loopback: 0,
  private: 1,
  public: 2,
  name: 2,
  forbidden: 3,
};

/** Whether a peer that is so near may tell of a host that is so near. A name may be told; see {@link guardedLookup}. */
export function mayTellOf(teller: Nearness, told: Nearness): boolean {
  if (told === 'forbidden' || teller === 'forbidden') return false;
  return told === 'name' || RANK[told] >= RANK[teller];
}

/** A name led to an address that whoever told of it may not tell of. */
export class AddressNotAllowedError extends Error {
  override readonly name = 'AddressNotAllowedError';
}

/**
 * Resolves names for connections, and refuses what the teller may not tell of.
 * @param teller undefined where the owner said so: then everything is allowed
 */
export function guardedLookup(teller: Nearness | undefined): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const allowed = addressesFor(teller, error === null ? addresses : []);
      const [first] = allowed;
      if (error !== null) callback(error, '', 0);
      else if (first === undefined)
        callback(
          new AddressNotAllowedError(`${hostname} leads to an address that a peer may not tell of`),
          '',
          0,
        );
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function addressesFor(teller: Nearness | undefined, addresses: readonly LookupAddress[]): LookupAddress[] {
  return addresses.filter(({ address }) => teller === undefined || mayTellOf(teller, nearnessOf(address)));
}

/** True for addresses of this machine. */
export function isLoopbackHost(host: string): boolean {
  return nearnessOf(host) === 'loopback';
}

/** Whether two base URLs lead to one port of one machine: by two names of it, or by name and address. */
export async function isSameEndpoint(a: string, b: string): Promise<boolean> {
  const [first, second] = [new URL(a), new URL(b)];
  if (portOf(first) !== portOf(second)) return false;
  const [ones, others] = await Promise.all([addressesOf(first.hostname), addressesOf(second.hostname)]);
  return ones.some((one) =>
    others.some((other) => one === other || (isLoopbackHost(one) && isLoopbackHost(other))),
  );
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

async function addressesOf(host: string): Promise<string[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  const found = await dns.lookup(bare, { all: true }).catch(() => []);
  return found.length === 0 ? [bare] : found.map(({ address }) => address);
}

/** How near a host is, a name too: where a name has several addresses, the farthest counts. `public` where it has none. */
export async function farthestNearnessOf(host: string): Promise<Nearness> {
  const found = (await addressesOf(host)).map(nearnessOf).filter((nearness) => nearness !== 'name');
  return found.reduce<Nearness>((far, near) => (RANK[near] > RANK[far] ? near : far), found[0] ?? 'public');
}
