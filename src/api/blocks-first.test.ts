/** Who waits for a block, and who does not. The chain is one that changes when the test says so. */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { putBlocksFirst } from './blocks-first.ts';

/** Longer than any test takes: then only the chain opens the gate. */
const FOR_EVER_MS = 1_000_000;

describe('while a block is being connected', () => {
  let app: FastifyInstance;
  let change: Promise<void> | undefined;
  let end: () => void;
  let answered: string[];

  const start = async (maxWaitMs: number): Promise<void> => {
    app = Fastify();
    putBlocksFirst(app, { underWay: () => change }, maxWaitMs);
    const answer = (request: { method: string; url: string }): string => {
      answered.push(`${request.method} ${request.url}`);
      return 'ok';
    };
    for (const path of ['/health', '/ready', '/metrics', '/balance', '/block']) app.get(path, answer);
    app.post('/block', answer);
    await app.ready();
  };
  /** Lets everything happen that is due. */
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(() => {
    answered = [];
    change = new Promise((resolve) => {
      end = () => {
        change = undefined;
        resolve();
      };
    });
  });
  afterEach(() => app.close());

  test('questions wait for it; blocks that come in and signs of life do not', async () => {
    await start(FOR_EVER_MS);
    const waiting = ['/balance', '/block', '/nowhere'].map((path) => app.inject(path));
    const atOnce = [
      app.inject('/health'),
      app.inject('/ready'),
      app.inject('/metrics'),
      app.inject({ method: 'POST', url: '/block' }),
    ];
    await Promise.all(atOnce);
    await turns();
    expect([...answered].sort()).toEqual(['GET /health', 'GET /metrics', 'GET /ready', 'POST /block']);
    end();
    expect((await Promise.all(waiting)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 404]);
    expect((await app.inject('/balance')).statusCode).toBe(200);
  });

  test('nobody waits for ever, though the chain never rests', async () => {
    await start(1);
    for (let times = 0; times < 3; times++) expect((await app.inject('/balance')).statusCode).toBe(200);
    expect(change).toBeDefined();
  });

  test('nobody waits while the chain rests', async () => {
    end();
    await start(FOR_EVER_MS);
    expect((await app.inject('/balance')).statusCode).toBe(200);
  });
});
