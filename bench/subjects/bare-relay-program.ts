/**
 * The limit for any relay over HTTP on Node: a bare `node:http` server that passes on what it is sent, whole, to the next one
 * (NEXT_URL) over a connection that stays open, without a look at it. Tells the process that started it when it had it all.
 */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { machineTimeMs } from './clock.ts';

/** What it tells. */
export type BareNews =
  | { readonly what: 'ready'; readonly url: string }
  | { readonly what: 'arrived'; readonly atMs: number; readonly bytes: number };

const tell = (news: BareNews): void => void process.send?.(news);
const next = process.env['NEXT_URL'];
const agent = new Agent({ keepAlive: true, noDelay: true });

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const atMs = machineTimeMs();
    const body = Buffer.concat(chunks);
    if (next !== undefined) passOn(next, body);
    response.writeHead(200, { 'content-length': 0 });
    response.end();
    tell({ what: 'arrived', atMs, bytes: body.length });
  });
});

function passOn(url: string, body: Buffer): void {
  const outgoing = request(url, { method: 'POST', agent, headers: { 'content-length': body.length } });
  outgoing.on('response', (answer) => answer.resume());
  outgoing.end(body);
}

server.listen(0, '127.0.0.1', () =>
  tell({ what: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }),
);
// It lives as long as the one that started it.
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
