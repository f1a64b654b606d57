/**
 * Under which names the node may be addressed.
 *
 * Attack (DNS rebinding): a web page of evil.example makes its own name point to 127.0.0.1, and the browser then lets
 * it read whatever listens there, as the same origin. The Host header still says evil.example. A name that nobody can point
 * elsewhere is safe: localhost, and addresses themselves.
 */
import { isIP } from 'node:net';

/** The host of a `Host` header without its port, in lower case; undefined when it is none. */
export function hostNameOf(header: string): string | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/?#@\s]+))(?::\d{1,5})?$/.exec(header);
  if (match === null) return undefined;
  return (match[1] ?? match[2] ?? '').toLowerCase().replace(/\.$/, '');
}

export class HostNames {
  private readonly allowed: ReadonlySet<string>;
  private readonly any: boolean;

  /** @param names names beside localhost and addresses; with or without a port; `*` allows all */
  constructor(names: readonly string[]) {
    this.any = names.includes('*');
    this.allowed = new Set(
      names.map((name) => hostNameOf(name) ?? name.toLowerCase()).filter((name) => name !== ''),
    );
  }

  isAllowed(header: string | undefined): boolean {
    // Only HTTP/1.0 clients leave it out; no browser does.
    if (header === undefined || this.any) return true;
    const name = hostNameOf(header);
    if (name === undefined) return false;
    return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0 || this.allowed.has(name);
  }
}
