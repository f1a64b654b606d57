/**
 * Who may do what.
 *
 * Reading, and handing in transactions and blocks, is for everybody: that is what a node is for, and the rules judge it.
 * Calls that use up the node (mining) or change whom it talks to (peers, sync) are for its owner: programs on the same
 * machine, or whoever knows the token.
 *
 * Web pages are a special danger: a browser on the owner's machine is on the same machine. So the Host header must be one of
 * the node's names (see host-names.ts), and requests that change something must not come from another site.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler } from 'fastify';
import { HostNames, hostNameOf } from './host-names.ts';
import { refusal } from './refusal.ts';

export interface AccessOptions {
  /** `loopback`: this machine, or the token; `token`: only the token; `open`: everybody. */
  readonly adminAccess: 'loopback' | 'token' | 'open';
  /** API_TOKEN; without one nobody has it. */
  readonly apiToken: string | undefined;
  /** Names under which the node may be addressed, beside localhost and addresses. */
  readonly allowedHosts: readonly string[];
}

/** Headers that a reverse proxy adds. We never believe what they say; that they are there says that this is a proxy. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/** True for addresses of the machine itself. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const v4 = address.startsWith('::ffff:') ? address.slice(7) : address;
  return v4 === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(v4);
}

/**
 * True when the request comes from a program on this machine. Judged by the socket alone. A request that a proxy on this
 * machine passes on came from elsewhere: it is a stranger's.
 */
export function isFromThisMachine(request: FastifyRequest): boolean {
  return (
    isLoopbackAddress(request.socket.remoteAddress) &&
    PROXY_HEADERS.every((name) => request.headers[name] === undefined)
  );
}

/** Compares without telling by its time how much of it was right. */
export function isSameToken(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** For every request: is it addressed to us, and not slipped to us by another site's page? */
export function checkOrigin(options: AccessOptions): onRequestHookHandler {
  const hosts = new HostNames(options.allowedHosts);
  return (request, _reply, done) => {
    if (!hosts.isAllowed(request.headers.host)) {
      throw refusal(421, 'host-not-allowed', 'this node does not answer to that host name', {
        hint: 'Use localhost or an address, or add the name to ALLOWED_HOSTS.',
      });
    }
    // A browser lets any page open a WebSocket to anywhere, and reads the answers to it.
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (changes || request.headers.upgrade !== undefined) refuseOtherSites(request);
    done();
  };
}

/** For an answer that no page of another site could read anyway, and that takes a place: no such page gets it. */
export const refusePagesOfOtherSites: onRequestHookHandler = (request, _reply, done) => {
  refuseOtherSites(request);
  done();
};

function refuseOtherSites(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const { origin, host } = request.headers;
  const otherSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const otherOrigin = origin !== undefined && !isSameHost(origin, host);
  if (otherSite || otherOrigin) {
    throw refusal(403, 'cross-site', 'a web page of another site may not change anything here');
  }
}

/** Whether a page's origin is the host it talks to, port included. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.host === host.toLowerCase()) return true;
  const defaultPort = url.protocol === 'https:' ? '443' : '80';
  return url.port === '' && hostNameOf(host) === url.hostname && host.endsWith(`:${defaultPort}`);
}

/** For the owner's calls. */
export function requireOwner(options: AccessOptions): onRequestAsyncHookHandler {
  return async (request) => {
    if (options.adminAccess === 'open') return;
    if (options.adminAccess === 'loopback' && isFromThisMachine(request)) return;

    const given = /^Bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && options.apiToken !== undefined && isSameToken(given, options.apiToken)) return;
    if (given !== undefined) {
      throw refusal(401, 'token-wrong', 'the API token is not the one of this node', {
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
      });
    }
    if (options.apiToken !== undefined) {
      throw refusal(401, 'token-required', 'this call needs the API token of the node', {
        hint: 'Send "Authorization: Bearer <API_TOKEN>".',
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    throw refusal(403, 'admin-only-loopback', 'this call is only for programs on the machine of the node', {
      hint: 'Call it there, or start the node with API_TOKEN and send "Authorization: Bearer <API_TOKEN>".',
    });
  };
}
