import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_PARAMS, MAX_TARGET } from '../consensus/index.ts';
import { createSandboxHost } from '../node/sandbox.ts';
import { SandboxHost, type SandboxHostOptions } from './sandbox-host.ts';
import { sandboxParams } from './sandbox-params.ts';

const quiet = { nowMs: () => 1_000_000, log: { info() {}, warn() {} } };
let host: SandboxHost;
afterEach(() => host.close());

/** A thread that does what this script says; `port` is its line to the host. */
function scripted(script: string, options: Partial<SandboxHostOptions> = {}): SandboxHost {
  const code = `const { parentPort: port } = require('node:worker_threads'); ${script}`;
  return new SandboxHost({ ...quiet, startThread: () => new Worker(code, { eval: true }), ...options });
}
const READY = "port.postMessage({ kind: 'ready' });";
const ANSWERS = `${READY} port.on('message', ({ number, action }) => {
  if (action?.type === 'heal') throw new Error('a defect');
  if (action?.type === 'publish') return;
  port.postMessage({ kind: 'done', number, state: { busy: null } });
});`;

describe('the host of a sandbox', () => {
  test('a real one: started once, in a thread of its own, ended', async () => {
    host = createSandboxHost(DEFAULT_PARAMS, quiet);
    await expect(host.state()).rejects.toMatchObject({ reason: 'no-sandbox' });
    const started = await host.start();
    expect(started.nodes.map(({ height }) => height)).toEqual([-1, -1, -1]);
    expect(started.ends_at).toBe(1_000 + 600);
    await expect(host.start()).rejects.toMatchObject({ reason: 'sandbox-runs' });
    const mined = await host.act({ type: 'mine', node: 'honest-1', blocks: 2 });
    expect(mined.nodes.map(({ height }) => height)).toEqual([1, 1, 1]);
    await expect(host.act({ type: 'publish' })).rejects.toMatchObject({ reason: 'sandbox-refused' });
    expect(await host.end()).toBe(true);
    expect(await host.end()).toBe(false);
    expect(host.isRunning).toBe(false);
  });

  test('a thread that breaks takes its callers’ hopes with it, and nothing else', async () => {
    host = scripted(ANSWERS);
    await host.start();
    await expect(host.act({ type: 'heal' })).rejects.toMatchObject({
      reason: 'sandbox-failed',
      message: expect.stringContaining('a defect') as string,
    });
    await expect(host.state()).rejects.toMatchObject({
      reason: 'no-sandbox',
      message: expect.stringContaining('a defect') as string,
    });
    await host.start();
    expect(host.isRunning).toBe(true);
  });

  test.each([
    ['ends', 'process.exit(3)', 'its thread ended'],
    ['says so', "port.postMessage({ kind: 'failed', message: 'no room' })", 'no room'],
  ])('one that does not start and %s', async (_how, script, why) => {
    host = scripted(script);
    await expect(host.start()).rejects.toMatchObject({
      reason: 'sandbox-failed',
      message: expect.stringContaining(why) as string,
    });
    expect(host.isRunning).toBe(false);
  });

  test('one that does not answer is ended', async () => {
    host = scripted(ANSWERS, { patienceMs: { action: 50 } });
    await host.start();
    await expect(host.act({ type: 'publish' })).rejects.toMatchObject({ reason: 'sandbox-failed' });
    expect(host.isRunning).toBe(false);
  });

  test('one that nobody asks for ends, and the next who asks hears why', async () => {
    host = scripted(ANSWERS, { idleMs: 20 });
    await host.start();
    while (host.isRunning) await new Promise((resume) => setTimeout(resume, 5));
    await expect(host.state()).rejects.toMatchObject({
      message: expect.stringContaining('nobody asked') as string,
    });
  });

  test('closing ends it for good', async () => {
    host = scripted(ANSWERS);
    await host.start();
    await host.close();
    await expect(host.start()).rejects.toMatchObject({ reason: 'sandbox-failed' });
  });
});

describe('the parameters of a sandbox', () => {
  test('its first block is refused by the node beside it, whatever that has', () => {
    const own = { ...DEFAULT_PARAMS, defaultTarget: sandboxParams(DEFAULT_PARAMS).defaultTarget };
    expect(sandboxParams(DEFAULT_PARAMS).defaultTarget).not.toBe(DEFAULT_PARAMS.defaultTarget);
    expect(sandboxParams(own).defaultTarget).not.toBe(own.defaultTarget);
    const easiest = { ...DEFAULT_PARAMS, defaultTarget: MAX_TARGET };
    expect(sandboxParams(easiest).defaultTarget).not.toBe(MAX_TARGET);
  });
});
