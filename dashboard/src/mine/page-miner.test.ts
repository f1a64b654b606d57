import { describe, expect, onTestFinished, test } from 'vitest';
import {
  blockFromJson,
  blockHashOf,
  decodeHeader,
  hashMeetsTarget,
  type Target,
} from '../../../src/consensus/index.ts';
import type { HashWorkerReport, HashWorkerRequest } from '../../../src/mining/hash-worker-messages.ts';
import { midstateKernel } from '../../../src/mining/midstate-kernel.ts';
import { RecordKernel } from '../../../src/mining/record-kernel.ts';
import { SliceSearch } from '../../../src/mining/slice-search.ts';
import { ApiClient } from '../../../src/protocol/client.ts';
import { ApiNode, type ApiNodeOptions } from '../../../test/support/api-node.ts';
import { key } from '../../../test/support/chain-builder.ts';
import { type HashThread, PageMiner, type PageMinerModules } from './page-miner.ts';
import type { PageMining } from './page-mining.ts';

/** What the worker runs, on this thread: the real search in slices with the real kernel. */
function thread(ended: { count: number }, asked: HashWorkerRequest[]): HashThread {
  const timers = {
    nowMs: () => performance.now(),
    schedule(callback: () => void, delayMs: number) {
      const timeout = setTimeout(callback, delayMs);
      return () => clearTimeout(timeout);
    },
  };
  const report = (data: HashWorkerReport): void => {
    const copy = structuredClone(data);
    setTimeout(() => one.onmessage?.({ data: copy } as MessageEvent<HashWorkerReport>));
  };
  let last = 0;
  const search = new SliceSearch(new RecordKernel(midstateKernel), report, timers);
  report({ kind: 'ready', kernel: midstateKernel.name });
  const one: HashThread = {
    onmessage: null,
    onerror: null,
    postMessage: (request) => {
      asked.push(request);
      last = request.search;
      search.handle(structuredClone(request));
    },
    terminate: () => {
      ended.count++;
      search.handle({ kind: 'cancel', search: last });
    },
  };
  return one;
}

interface SceneOptions extends ApiNodeOptions {
  /** What happens to a block that was found; the node gets it when left out. */
  readonly handIn?: (block: object, api: ApiClient) => ReturnType<ApiClient['submitBlock']>;
}

async function scene({ handIn, ...options }: SceneOptions = {}) {
  const node = await ApiNode.start(options);
  onTestFinished(() => node.close());
  const api = new ApiClient({ baseUrl: await node.listen() });
  const ended = { count: 0 };
  const asked: HashWorkerRequest[] = [];
  const states: PageMining[] = [];
  let told: (() => void) | undefined;
  let held: Promise<void> | undefined;
  const renewals = {
    hold(): void {
      held = new Promise((resolve) => (renewals.answer = resolve));
    },
    answer: (): void => undefined,
  };
  const through: PageMinerModules['api'] = {
    miningTemplate: async (minerAddress) => {
      const template = await api.miningTemplate(minerAddress);
      await held;
      return template;
    },
    submitBlock: (block) => (handIn === undefined ? api.submitBlock(block) : handIn(block, api)),
  };
  const miner = new PageMiner({
    api: through,
    startThread: () => thread(ended, asked),
    nowMs: () => performance.now(),
    onChange: (state) => {
      states.push(state);
      told?.();
    },
  });
  onTestFinished(() => miner.stop());
  const until = async (holds: (state: PageMining) => boolean): Promise<PageMining> => {
    for (;;) {
      const last = states.at(-1);
      if (last !== undefined && holds(last)) return last;
      await new Promise<void>((resolve) => (told = resolve));
    }
  };
  return { node, api, miner, until, ended, asked, renewals };
}

const { address } = key('page');

describe('mining in the page', () => {
  test('finds blocks that the node takes, one on the other, until it is stopped', async () => {
    const { api, miner, until, ended } = await scene();
    miner.start({ address, threads: 2, share: 1 });
    const { found, bestHash, kernel } = await until((state) => state.found.length >= 3);
    miner.stop();
    expect(found.slice(-3).map(({ height, isActive }) => [height, isActive])).toEqual([
      [2, true],
      [1, true],
      [0, true],
    ]);
    expect(kernel).toBe(midstateKernel.name);
    expect(bestHash).toMatch(/^[0-9a-f]{64}$/);
    const block = await api.block(found.at(-1)!.hash);
    const parsed = blockFromJson({ header: block.header, transactions: block.transactions });
    if (!parsed.ok) throw new Error(parsed.detail);
    const { header } = parsed.value;
    expect(hashMeetsTarget(blockHashOf(header), header.target)).toBe(true);
    expect(block.transactions[0]?.outputs[0]?.pubkey_hash).toBe(address);
    expect(ended.count).toBe(2);
  });

  test('goes on where it is when the same template comes again, and begins anew when time went on', async () => {
    const { node, miner, until, asked } = await scene({ params: { defaultTarget: 1n as Target } });
    const timestamps = (): number[] =>
      asked.flatMap((request) => {
        const header = request.kind === 'search' ? decodeHeader(request.header) : undefined;
        return header?.ok === true ? [header.value.timestamp] : [];
      });
    miner.start({ address, threads: 1, share: 1 });
    await until(({ hashes }) => hashes > 0);
    await miner.renew();
    expect(timestamps()).toHaveLength(1);
    node.clock.ms += 1_000;
    await miner.renew();
    const [first = 0, ...others] = timestamps();
    expect(others).toEqual([first + 1]);
  });

  test('while a block is on its way, no other one is sought beside it', async () => {
    const handed: object[] = [];
    const { miner, until } = await scene({
      handIn: async (block, api) => {
        handed.push(block);
        // News of the tip before, or of a payment, that comes just now.
        await miner.renew();
        await new Promise((resolve) => setTimeout(resolve, 50));
        return api.submitBlock(block);
      },
    });
    miner.start({ address, threads: 1, share: 1 });
    const { found, error } = await until((state) => state.found.length >= 3 || state.error !== undefined);
    miner.stop();
    expect(error).toBeUndefined();
    expect(found.map(({ height }) => height)).toEqual([2, 1, 0]);
    expect(new Set(handed.map((block) => JSON.stringify(block))).size).toBe(handed.length);
  });

  test('a template asked for before a block was found is of no use after it', async () => {
    const { miner, until, asked, renewals } = await scene({
      handIn: async (block, api) => {
        // Asked for before, answered now.
        renewals.answer();
        await new Promise((resolve) => setTimeout(resolve, 50));
        return api.submitBlock(block);
      },
    });
    miner.start({ address, threads: 1, share: 1 });
    await until(() => asked.length > 0);
    renewals.hold();
    const late = miner.renew();
    const { found, error } = await until((state) => state.found.length >= 2 || state.error !== undefined);
    expect(error).toBeUndefined();
    await late;
    expect(found.map(({ height }) => height)).toEqual([1, 0]);
  });

  test('goes on when another tab, with the same template, had found the same block', async () => {
    let isFirst = true;
    const { miner, until } = await scene({
      handIn: async (block, api) => {
        if (isFirst) await api.submitBlock(block);
        isFirst = false;
        return api.submitBlock(block);
      },
    });
    miner.start({ address, threads: 1, share: 1 });
    const { found, error } = await until((state) => state.found.length > 0 || state.error !== undefined);
    expect(error).toBeUndefined();
    expect(found.map(({ height }) => height)).toEqual([1]);
  });

  test('a block refused after it was stopped says nothing any more', async () => {
    let answered: (() => void) | undefined;
    const isAnswered = new Promise<void>((resolve) => (answered = resolve));
    const { miner, until } = await scene({
      handIn: async (_, api) => {
        miner.stop();
        try {
          return await api.submitBlock({ header: {}, transactions: [] });
        } finally {
          answered?.();
        }
      },
    });
    miner.start({ address, threads: 1, share: 1 });
    await isAnswered;
    await new Promise((resolve) => setTimeout(resolve));
    expect(await until(() => true)).toMatchObject({ running: false, error: undefined });
  });

  test('a node that is away ends it, with the cause', async () => {
    const { node, miner, until } = await scene();
    await node.app.close();
    miner.start({ address, threads: 1, share: 0.5 });
    const { running, error } = await until((state) => state.error !== undefined);
    expect(running).toBe(false);
    expect(String(error)).toMatch(/cannot be reached|reach|connect/i);
  });
});
