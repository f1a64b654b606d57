/**
 * The limit for any HTTP API on Node: `node:http` with a finished answer in its hand. GET /N answers N bytes; so does POST /N,
 * when it has read the body. Started as a process of its own; tells its port on standard output.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answers = new Map<string, Buffer>();

const server = createServer((request, response) => {
  const path = request.url ?? '/';
  let answer = answers.get(path);
  if (answer === undefined) {
    answer = Buffer.alloc(Math.min(Number(path.slice(1)) || 0, 10_000_000), 'x');
    answers.set(path, answer);
  }
  const ready = answer;
  const send = (): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ready.length });
    response.end(ready);
  };
  if (request.method === 'GET') send();
  else request.on('end', send).resume();
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.on('SIGTERM', () => process.exit());
// Nobody is to find it running tomorrow, should the benchmark have been killed: it lives as long as its standard input.
process.stdin.on('end', () => process.exit()).resume();
