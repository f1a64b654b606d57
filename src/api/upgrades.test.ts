/** Offers to change over to another protocol, over real sockets. */
import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiNode } from '../../test/support/api-node.ts';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { blockToJson } from '../consensus/index.ts';

let node: ApiNode;
let url: string;
beforeAll(async () => {
  node = await ApiNode.start();
  url = await node.listen();
});
afterAll(() => node.close());

function ask(path: string, options: RequestOptions, body?: string): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, options, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve([response.statusCode, text]));
    });
    asked.on('error', reject);
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve([101, '']);
    });
    asked.end(body);
  });
}

const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQ' };

describe('a request that offers another protocol', () => {
  test('is answered as if it had not, and the connection goes on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const headers of [offer, {}, offer]) {
      const [status, text] = await ask('/health', { agent, headers });
      expect([status, JSON.parse(text)]).toMatchObject([200, { status: 'healthy' }]);
    }
    agent.destroy();
  });

  test('is read with its body', async () => {
    const [genesis] = new ChainBuilder().all;
    const headers = { ...offer, 'content-type': 'application/json' };
    const text = JSON.stringify(blockToJson(genesis!.block));
    const [status] = await ask('/block', { method: 'POST', headers }, text);
    expect(status).toBe(200);
  });

  test('gets a WebSocket at /ws alone', async () => {
    const headers = {
      ...{ connection: 'Upgrade', upgrade: 'websocket' },
      ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'AQIDBAUGBwgJCgsMDQ4PEA==' },
    };
    expect(await ask('/ws', { headers })).toEqual([101, '']);
    expect((await ask('/health', { headers }))[0]).toBe(200);
    expect((await ask('/nowhere', { headers }))[0]).toBe(404);
    expect((await ask('/ws', { headers: offer }))[0]).toBe(426);
  });
});
