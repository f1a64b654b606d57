import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HashWorkerPool, type HashWorkerPoolOptions } from './hash-worker-pool.ts';
import { HashWorkerError, type NonceSearch } from './proof-of-work.ts';
import { referenceKernel } from './reference-kernel.ts';

const COMPILED = new URL('../../dist/mining/hash-worker.js', import.meta.url);
const header = Uint8Array.from({ length: 108 }, (_, index) => (index * 37) & 0xff);
const impossible = new Uint8Array(32);
/** About one nonce in 65,536. */
const hard = Uint8Array.from({ length: 32 }, (_, index) => (index < 2 ? 0 : 0xff));

let abort: AbortController;
let pools: HashWorkerPool[];
beforeEach(() => {
  abort = new AbortController();
  pools = [];
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

function newPool(options: HashWorkerPoolOptions): HashWorkerPool {
  const pool = new HashWorkerPool(options);
  pools.push(pool);
  return pool;
}

function search(pool: HashWorkerPool, options: Partial<NonceSearch>) {
  return pool.search({ header, target: impossible, signal: abort.signal, ...options });
}

/** Resolves once a search has told of hashes, so that threads are at work for certain. */
function progressing(): { onProgress: () => void; told: Promise<void> } {
  let onProgress: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (onProgress = resolve));
  return { onProgress, told };
}

describe('HashWorkerPool', () => {
  test.each([1, 3])(
    '%d threads find the nonce, over many ranges and the end of the nonces',
    async (threads) => {
      const pool = newPool({ threads, rangeNonces: 1_000 });
      const first = referenceKernel.scan({ header, target: hard }, 0, 2 ** 20).nonce!;
      // One of the nonces searched works, the last: so there is one right answer.
      expect(referenceKernel.scan({ header, target: hard }, 2 ** 32 - 5_000, 5_000).nonce).toBeUndefined();
      const range = { firstNonce: 2 ** 32 - 5_000, nonceCount: 5_000 + first + 1 };
      expect(await search(pool, { target: hard, ...range })).toEqual({ kind: 'found', nonce: first });
      expect(pool.threadsAlive).toBeLessThanOrEqual(threads);
    },
  );

  test('tries every nonce once before it gives up, and keeps its threads for the next search', async () => {
    const pool = newPool({ threads: 2, rangeNonces: 10_000 });
    for (let round = 0; round < 3; round++) {
      let hashes = 0;
      const result = await search(pool, {
        nonceCount: 55_555,
        onProgress: (done) => (hashes += done.hashes),
      });
      expect(result).toEqual({ kind: 'exhausted' });
      expect(hashes).toBe(55_555);
    }
    expect(pool.threadsAlive).toBe(2);
    expect(await search(pool, { nonceCount: 0 })).toEqual({ kind: 'exhausted' });
  });

  test('starts no thread before it is needed, nor more than there are ranges', async () => {
    const pool = newPool({ threads: 4 });
    expect(pool.threadsAlive).toBe(0);
    expect(pool.kernel).toBeUndefined();
    await search(pool, { nonceCount: 1 });
    expect(pool.threadsAlive).toBe(1);
    expect(pool.kernel).toBe('wasm-simd');
  });

  test('an abort ends it, nothing goes on, and the pool is free', async () => {
    const pool = newPool({ threads: 2 });
    const { onProgress, told } = progressing();
    let calls = 0;
    const running = search(pool, {
      onProgress: () => {
        calls++;
        onProgress();
      },
    });
    await told;
    abort.abort();
    expect(await running).toEqual({ kind: 'aborted' });
    const callsAtEnd = calls;
    expect(await search(pool, {})).toEqual({ kind: 'aborted' }); // the signal has aborted already
    abort = new AbortController();
    expect(await search(pool, { nonceCount: 1_000 })).toEqual({ kind: 'exhausted' });
    expect(calls).toBe(callsAtEnd);
  });

  test('the main thread goes on while the threads hash', async () => {
    const pool = newPool({ threads: 2 });
    const { onProgress, told } = progressing();
    let settled = false;
    const running = search(pool, { onProgress }).finally(() => (settled = true));
    await told;
    // Were the search on this thread, neither of these would come before its end, which never comes.
    for (let ticks = 0; ticks < 50; ticks++) await new Promise((resolve) => setTimeout(resolve, 1));
    for (let turns = 0; turns < 1_000; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    abort.abort();
    await running;
  });

  test('a thread that dies is replaced, and what it had is searched again', async () => {
    let started = 0;
    const mortal = `
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ search }) => {
        parentPort.postMessage({ kind: 'progress', search, hashes: 1, busyMs: 1 });
        setImmediate(() => process.exit(3));
      });`;
    const startWorker = () =>
      ++started <= 2 ? new Worker(mortal, { eval: true }) : new Worker(COMPILED, { execArgv: [] });
    const pool = newPool({ threads: 2, rangeNonces: 1_000, startWorker });
    let hashes = 0;
    const result = await search(pool, {
      nonceCount: 20_000,
      onProgress: (done) => (hashes += done.hashes),
    });
    expect(result).toEqual({ kind: 'exhausted' });
    expect(started).toBe(4);
    expect(hashes).toBe(20_000 + 2); // the hashes of the dead were done, too
    expect(pool.threadsAlive).toBe(2);
  });

  test('threads hold the process while they work, and not while they idle', async () => {
    const script = `
      import { HashWorkerPool } from ${JSON.stringify(new URL('./hash-worker-pool.js', COMPILED).href)};
      const pool = new HashWorkerPool({ threads: 2 });
      const job = { header: new Uint8Array(108), target: new Uint8Array(32), nonceCount: 50_000 };
      const { kind } = await pool.search({ ...job, signal: new AbortController().signal });
      console.log(kind, pool.threadsAlive);`;
    const run = promisify(execFile);
    // It ends by itself, although nobody closes the pool.
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout).toBe('exhausted 2\n');
  });

  test('threads that always die end the search with a reason', async () => {
    const startWorker = () => new Worker('throw new Error("no luck")', { eval: true });
    const pool = newPool({ threads: 2, startWorker });
    const failure = await search(pool, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HashWorkerError);
    expect((failure as Error).message).toContain('no luck');
    expect((failure as Error).cause).toBeInstanceOf(Error);
  });

  test('a thread that cannot be started ends the search, and the next one tries again', async () => {
    let broken = true;
    const startWorker = () => {
      if (broken) throw new Error('no memory');
      return new Worker(COMPILED, { execArgv: [] });
    };
    const pool = newPool({ threads: 2, startWorker });
    await expect(search(pool, {})).rejects.toThrow(HashWorkerError);
    broken = false;
    expect(await search(pool, { nonceCount: 10 })).toEqual({ kind: 'exhausted' });
  });

  test('a wrong answer is not believed', async () => {
    const liar = `
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ kind, search }) =>
        parentPort.postMessage({ kind: 'finished', search, nonce: 7, hashes: 1, busyMs: 1 }));`;
    const pool = newPool({ threads: 1, startWorker: () => new Worker(liar, { eval: true }) });
    await expect(search(pool, {})).rejects.toThrow('nonce 7, which does not meet the target');
  });

  test('closing ends a search as aborted; a closed pool refuses', async () => {
    const pool = newPool({ threads: 2 });
    const running = search(pool, {});
    await pool.close();
    expect(await running).toEqual({ kind: 'aborted' });
    await expect(search(pool, {})).rejects.toThrow('closed');
    expect(pool.threadsAlive).toBe(0);
  });

  test('refuses what makes no sense', async () => {
    for (const threads of [0, -1, 1.5, 257])
      expect(() => new HashWorkerPool({ threads })).toThrow(RangeError);
    const pool = newPool({ threads: 1 });
    const wrong: Partial<NonceSearch>[] = [
      { share: 0 },
      { share: 1.1 },
      { threads: 0 },
      { firstNonce: 2 ** 32 },
      { nonceCount: -1 },
      { header: new Uint8Array(80) },
    ];
    for (const options of wrong) await expect(search(pool, options)).rejects.toThrow(RangeError);
    const running = search(pool, {});
    await expect(search(pool, {})).rejects.toThrow('in use');
    abort.abort();
    await running;
  });

  test('with a small share it still finds', async () => {
    const pool = newPool({ threads: 2 });
    const result = await search(pool, { target: hard, share: 0.5 });
    expect(result.kind).toBe('found');
  });
});
