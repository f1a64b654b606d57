import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { key, signDigest, verifySignature } from '../../test/support/keys.ts';
import { hexToBytes, parseStrictDer, sha256, type SignatureCheck } from '../consensus/index.ts';
import { InProcessVerifier } from './in-process-verifier.ts';
import { nativeEngine } from './native-engine.ts';
import { portableEngine } from './portable-engine.ts';
import { createVerifier } from './verifier.ts';
import { VerifyWorkerPool, type VerifyWorkerPoolOptions } from './verify-worker-pool.ts';
import type { VerifyWorkerData } from './verify-worker-messages.ts';

const COMPILED = new URL('../../dist/node/verify-worker.js', import.meta.url);
const engine = nativeEngine() ?? portableEngine();
const startReal = (workerData: VerifyWorkerData): Worker =>
  new Worker(COMPILED, { workerData, execArgv: [] });

/** Good checks, and some of every kind that fails. */
const good: SignatureCheck[] = Array.from({ length: 24 }, (_, index) => {
  const owner = key(`signer ${index % 3}`);
  const digest = sha256(Uint8Array.of(index));
  const compactSignature = parseStrictDer(signDigest(digest, owner.privateKey))!;
  return { digest, compactSignature, pubkey: owner.pubkey };
});
const [first, second] = good as [SignatureCheck, SignatureCheck, ...SignatureCheck[]];
const ORDER = hexToBytes('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141');
const changed = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
const withS = (s: Uint8Array): Uint8Array => Uint8Array.of(...first.compactSignature.subarray(0, 32), ...s);
const bad: SignatureCheck[] = [
  { ...first, digest: second.digest },
  { ...first, digest: changed(first.digest, 31) },
  { ...first, compactSignature: changed(first.compactSignature, 0) },
  { ...first, compactSignature: changed(first.compactSignature, 63) },
  { ...first, compactSignature: new Uint8Array(64) },
  { ...first, compactSignature: new Uint8Array(64).fill(0xff) },
  { ...first, compactSignature: withS(ORDER) },
  { ...first, compactSignature: withS(new Uint8Array(32).fill(0x7f)) },
  { ...first, pubkey: second.pubkey },
  { ...first, pubkey: changed(first.pubkey, 0) },
  { ...first, pubkey: new Uint8Array(33) },
  { ...first, pubkey: Uint8Array.of(2, ...new Uint8Array(32).fill(0xff)) },
  { ...first, pubkey: Uint8Array.of(4, ...first.pubkey.subarray(1)) },
  // Longer or shorter than the rules let through.
  { ...first, pubkey: new Uint8Array(0) },
  { ...first, pubkey: Uint8Array.of(...first.pubkey, 0) },
  { ...first, compactSignature: new Uint8Array(63) },
  { ...first, digest: new Uint8Array(33) },
];
const ALL = [...good, ...bad];

/** Many good ones, with a bad one in these places. */
function batchOf(length: number, ...badAt: readonly number[]): SignatureCheck[] {
  return Array.from({ length }, (_, index) =>
    badAt.includes(index) ? bad[index % bad.length]! : good[index % good.length]!,
  );
}

let pools: VerifyWorkerPool[] = [];
beforeEach(() => (pools = []));
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

function newPool(options: Partial<VerifyWorkerPoolOptions> = {}): VerifyWorkerPool {
  const pool = new VerifyWorkerPool({ engine, threads: 2, ...options });
  pools.push(pool);
  return pool;
}

/** Waits for a condition that events bring about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('with any number of threads', () => {
  const verifiers = [
    new InProcessVerifier(engine),
    ...[1, 2, 3].map((threads) => new VerifyWorkerPool({ engine, threads, minChecks: 1 })),
    new VerifyWorkerPool({ engine: portableEngine(), threads: 2, minChecks: 1 }),
  ];
  afterAll(async () => {
    await Promise.all(verifiers.map((verifier) => verifier.close()));
  });

  test('verdicts are those of another library, check by check', async () => {
    for (const check of ALL) {
      const expected = verifySignature(check) && check.pubkey.length === 33 ? -1 : 0;
      for (const verifier of verifiers) expect(await verifier.firstInvalid([check])).toBe(expected);
    }
    expect(ALL.filter(verifySignature).length).toBeGreaterThanOrEqual(good.length);
  });

  test('the first failure is the same, whatever the batch', async () => {
    const isGood = new Set(ALL.filter((check) => verifySignature(check) && check.pubkey.length === 33));
    const anyBatch = fc.array(
      fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(...good) },
        { weight: 1, arbitrary: fc.constantFrom(...bad) },
      ),
      { maxLength: 80 },
    );
    await fc.assert(
      // Several batches at once, as the chain state hands in those of several blocks.
      fc.asyncProperty(fc.array(anyBatch, { minLength: 1, maxLength: 4 }), async (batches) => {
        const expected = batches.map((batch) => batch.findIndex((check) => !isGood.has(check)));
        for (const verifier of verifiers.slice(0, 4)) {
          const answers = batches.map((batch) => verifier.firstInvalid(batch));
          expect(await Promise.all(answers), verifier.name).toEqual(expected);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('VerifyWorkerPool', () => {
  test('names the first of several failures, far apart', async () => {
    const pool = newPool({ threads: 3 });
    expect(await pool.firstInvalid(batchOf(500))).toBe(-1);
    expect(await pool.firstInvalid(batchOf(500, 1, 2, 499))).toBe(1);
    expect(await pool.firstInvalid(batchOf(500, 499, 250, 251))).toBe(250);
    expect(await pool.firstInvalid(batchOf(500, 499))).toBe(499);
    expect(await pool.firstInvalid(batchOf(500, 0, 1))).toBe(0);
    expect(await pool.firstInvalid([])).toBe(-1);
  });

  test('starts no thread for small batches', async () => {
    const pool = newPool();
    expect(await pool.firstInvalid(batchOf(63, 60))).toBe(60);
    expect(await pool.firstInvalid([])).toBe(-1);
    expect(pool.threadsAlive).toBe(0);
    expect(await pool.firstInvalid(batchOf(64))).toBe(-1);
    expect(pool.threadsAlive).toBe(2);
  });

  test('many batches at once: each gets its own answer, and the threads do them', async () => {
    const ready: Promise<void>[] = [];
    const startWorker = (data: VerifyWorkerData): Worker => {
      const worker = startReal(data);
      ready.push(new Promise((resolve) => worker.once('message', () => resolve())));
      return worker;
    };
    const pool = newPool({ startWorker });
    expect(await pool.firstInvalid(batchOf(64))).toBe(-1);
    await Promise.all(ready);
    const answers = Array.from({ length: 60 }, (_, round) =>
      pool.firstInvalid(round % 3 === 0 ? batchOf(100, round, 70 + round / 3) : batchOf(100)),
    );
    const expected = answers.map((_, round) => (round % 3 === 0 ? Math.min(round, 70 + round / 3) : -1));
    expect(await Promise.all(answers)).toEqual(expected);
    expect(ready.length, 'no thread was lost on the way').toBe(2);
  });

  test('a real thread that is ended in the middle of its work changes no verdict', async () => {
    const workers: Worker[] = [];
    let ready = 0;
    // Not of the native engine: ended in the middle of a check, that takes the process along.
    const startWorker = (data: VerifyWorkerData): Worker => {
      const worker = startReal({ ...data, engine: 'portable' });
      worker.once('message', () => ready++);
      workers.push(worker);
      return worker;
    };
    const pool = newPool({ startWorker });
    await pool.firstInvalid(batchOf(64));
    for (let round = 1; round <= 4; round++) {
      await until(() => ready === workers.length && pool.threadsAlive === 2);
      const running = [pool.firstInvalid(batchOf(150, 140)), pool.firstInvalid(batchOf(80))];
      const victim = workers.at(-1)!;
      await victim.terminate();
      expect(await Promise.all(running)).toEqual([140, -1]);
    }
    expect(workers.length).toBeGreaterThan(2);
  });

  test('threads that die with a check in hand: it is done again, by another or by this one', async () => {
    // Claims one check, as the real one does, and is gone before it has done it.
    const mortal = `
      const { parentPort, workerData } = require('node:worker_threads');
      parentPort.on('message', ({ memory }) => {
        const states = new Int32Array(memory, 4, 200);
        for (let at = 0; at < 200; at++)
          if (Atomics.compareExchange(states, at, 0, workerData.thread) === 0) process.exit(3);
      });
      parentPort.postMessage({ kind: 'ready' });`;
    let started = 0;
    const startWorker = (data: VerifyWorkerData): Worker =>
      ++started <= 3 ? new Worker(mortal, { eval: true, workerData: data }) : startReal(data);
    let givenUp = 0;
    const pool = newPool({ startWorker, onGivenUp: () => givenUp++ });
    // The first batches may be done before the threads are up.
    while (started < 5) {
      expect(await pool.firstInvalid(batchOf(200, 150))).toBe(150);
      expect(await pool.firstInvalid(batchOf(200))).toBe(-1);
    }
    expect(givenUp).toBe(0);
  });

  test('threads that always die are given up, and this thread does it all', async () => {
    const startWorker = (): Worker => new Worker('throw new Error("no luck")', { eval: true });
    const causes: (Error | undefined)[] = [];
    const pool = newPool({ startWorker, onGivenUp: (cause) => causes.push(cause) });
    // More than this thread does before the first of them has died.
    while (causes.length === 0) expect(await pool.firstInvalid(batchOf(150, 149))).toBe(149);
    await until(() => pool.threadsAlive === 0);
    expect(await pool.firstInvalid(batchOf(100))).toBe(-1);
    expect(pool.threadsAlive).toBe(0);
    expect(causes.map((cause) => cause?.message)).toEqual(['no luck']);
  });

  test('threads that cannot be started are given up, too', async () => {
    const causes: (Error | undefined)[] = [];
    const pool = newPool({
      startWorker: () => {
        throw new Error('no memory');
      },
      onGivenUp: (cause) => causes.push(cause),
    });
    expect(await pool.firstInvalid(batchOf(100, 99))).toBe(99);
    expect(causes.map((cause) => cause?.message)).toEqual(['no memory']);
  });

  test('once a thread is ready, the main thread leaves the work to the threads and stays free', async () => {
    // Says that it is ready, and never does anything.
    const lazy = `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', () => undefined);
      parentPort.postMessage({ kind: 'ready' });`;
    const workers: Worker[] = [];
    let ready = 0;
    const startWorker = (data: VerifyWorkerData): Worker => {
      const worker = workers.length < 2 ? new Worker(lazy, { eval: true }) : startReal(data);
      worker.once('message', () => ready++);
      workers.push(worker);
      return worker;
    };
    const pool = newPool({ startWorker });
    await pool.firstInvalid(batchOf(64));
    await until(() => ready === 2);
    let isSettled = false;
    const running = pool.firstInvalid(batchOf(200, 150)).finally(() => (isSettled = true));
    for (let turns = 0; turns < 1_000; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    await Promise.all(workers.map((worker) => worker.terminate()));
    expect(await running).toBe(150);
  });

  test('closing finishes what is under way; a closed pool refuses', async () => {
    const pool = newPool();
    const running = [pool.firstInvalid(batchOf(300, 299)), pool.firstInvalid(batchOf(70))];
    const closing = pool.close();
    await expect(pool.firstInvalid(batchOf(64))).rejects.toThrow('closed');
    expect(await Promise.all(running)).toEqual([299, -1]);
    await closing;
    expect(pool.threadsAlive).toBe(0);
    await pool.close();
  });

  test('threads end by themselves; one that does not is ended', async () => {
    const codes: number[] = [];
    const recorded = (worker: Worker): Worker => worker.on('exit', (code) => codes.push(code));
    const pool = newPool({ startWorker: (data) => recorded(startReal(data)) });
    expect(await pool.firstInvalid(batchOf(3_000, 0))).toBe(0);
    await pool.close();
    expect(codes).toEqual([0, 0]);

    // One that is ended before it runs ends with 0, too.
    let running = 0;
    const deaf = `require('node:worker_threads').parentPort.postMessage('runs');
      setInterval(() => undefined, 1_000);`;
    const startWorker = (): Worker =>
      recorded(new Worker(deaf, { eval: true })).once('message', () => running++);
    const other = newPool({ startWorker, endWithinMs: 50 });
    expect(await other.firstInvalid(batchOf(100))).toBe(-1);
    await until(() => running === 2);
    await other.close();
    expect(codes).toEqual([0, 0, 1, 1]);
  });

  test('threads hold the process while they work, and not while they idle', async () => {
    const script = `
      import { createVerifier } from ${JSON.stringify(new URL('./verifier.js', COMPILED).href)};
      const check = { digest: new Uint8Array(32), compactSignature: new Uint8Array(64), pubkey: new Uint8Array(33) };
      const verifier = createVerifier({ threads: 2 });
      console.log(await verifier.firstInvalid(Array(100).fill(check)), verifier.threadsAlive);`;
    const run = promisify(execFile);
    // It ends by itself, although nobody closes the pool.
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout).toBe('0 2\n');
  });

  test('tells its engine and its threads', async () => {
    const [one, two] = [newPool({ threads: 1 }), newPool()];
    expect(one.name).toBe(`${engine.name}, 1 thread`);
    expect(two.name).toBe(`${engine.name}, 2 threads`);
    const inline = createVerifier({ threads: 0 });
    expect(inline).toMatchObject({ name: engine.name, threads: 0 });
    expect(await inline.firstInvalid(batchOf(100, 66))).toBe(66);
    const usual = createVerifier();
    expect(usual.threads).toBeGreaterThan(0);
    await usual.close();
  });

  test('refuses numbers of threads that make no sense', () => {
    for (const threads of [0, -1, 1.5, 65]) expect(() => newPool({ threads })).toThrow(RangeError);
    expect(() => createVerifier({ threads: 65 })).toThrow(RangeError);
  });
});
