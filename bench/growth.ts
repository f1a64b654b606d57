/**
 * Growth: what happens to a node as its chain grows? Curves of
 *
 *   a block of 100 payments, all known, against the number of coins
 *   a balance of 100 coins, against the number of coins
 *   start-up, process start to first /health, against the number of blocks
 *   a reorganisation, against its depth
 *
 * The first three should be flat; the last one is a straight line (steep on a logarithmic axis). Written as figures, and drawn
 * into bench/results/growth-*.svg (with --quick: *.tmp.svg, which git ignores).
 *
 * References: the first point of each curve.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strangers } from './api-load.ts';
import { Chainstate, type Verifier } from '../src/chainstate/index.ts';
import { wtxidOf } from '../src/consensus/index.ts';
import { VerifiedTransactions } from '../src/mempool/index.ts';
import { createVerifier } from '../src/node/verifier.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { type Curve, lineChart } from './frame/line-chart.ts';
import { RESULTS_FOLDER } from './frame/places.ts';
import { median } from './frame/statistics.ts';
import { measureDepth } from './reorg.ts';
import { startOnce, writeBlocks } from './start-up.ts';
import { ChainForge, freshBlock } from './subjects/chain-forge.ts';
import { writeChain } from './subjects/chain-writer.ts';
import { systemClock } from './subjects/clock.ts';
import { availableEngines, newDatabase, openDatabase } from './subjects/databases.ts';
import { EASY_PARAMS, ENDLESS_PARAMS } from './subjects/networks.ts';

const COINS = { full: [1_000, 10_000, 100_000, 1_000_000], quick: [1_000, 10_000] };
const BLOCKS = { full: [100, 1_000, 10_000, 100_000], quick: [100, 1_000] };
const DEPTHS = { full: [1, 10, 100, 200], quick: [1, 5] };
const COINS_PER_ADDRESS = 100;
const PAYMENTS_PER_BLOCK = 100;
const WARM_UP_BLOCKS = 6;
const CONNECTED_BLOCKS = { full: 20, quick: 6 };
const BALANCES = { full: 400, quick: 100 };
const WARM_UP_BALANCES = 100;
const STARTS = { full: 3, quick: 1 };

/** One of the questions, and what was found: for each engine, samples for each x. */
class Growth {
  private readonly found = new Map<StorageEngine, { readonly x: number; readonly samples: number[] }[]>();
  private readonly subject: { file: string; title: string; unit: string; of: string };

  constructor(subject: Growth['subject']) {
    this.subject = subject;
  }

  add(engine: StorageEngine, x: number, samples: number[]): void {
    this.found.set(engine, [...(this.found.get(engine) ?? []), { x, samples }]);
  }

  record(bench: BenchmarkRun): void {
    const { title, unit, of, file } = this.subject;
    const curves: Curve[] = [];
    for (const [engine, points] of this.found) {
      let reference: { readonly name: string; readonly samples: readonly number[] } | undefined;
      for (const { x, samples } of points) {
        const name = `${engine}, ${title}: ${x.toLocaleString('en-US')} ${of}`;
        // Of deep reorganisations there are fewer samples.
        const against =
          reference === undefined
            ? {}
            : { reference: { ...reference, samples: reference.samples.slice(0, samples.length) } };
        bench.record({ name, unit, better: 'lower', samples, ...against });
        reference ??= { name, samples };
      }
      curves.push({ name: engine, points: points.map(({ x, samples }) => ({ x, y: median(samples) })) });
    }
    const path = join(RESULTS_FOLDER, `growth-${file}${bench.quick ? '.tmp' : ''}.svg`);
    writeFileSync(path, lineChart({ title, xTitle: of, yTitle: unit, curves }));
  }
}

export const growth: Benchmark = {
  name: 'growth',
  summary:
    'curves: connecting blocks and balances against coins, start-up against blocks, reorg against depth',

  async run(bench) {
    const effort = bench.quick ? 'quick' : 'full';
    const verifier = createVerifier();
    bench.scratch.defer(() => verifier.close());
    const engines = (await availableEngines(bench)).filter((engine) => engine !== 'memory');
    const subject = (file: string, title: string, of: string): Growth =>
      new Growth({ file, title, unit: 'ms', of });
    const connecting = subject('connect', 'a block of 100 known payments', 'coins');
    const balances = subject('balance', `a balance of ${COINS_PER_ADDRESS} coins`, 'coins');
    const starting = subject('start-up', 'start-up', 'blocks');
    const reorganising = subject('reorg', 'leaving blocks of 100 payments for others', 'blocks deep');

    for (const coins of COINS[effort]) {
      bench.progress(`forging ${coins} coins`);
      const material = forge(coins, bench);
      for (const engine of engines) {
        bench.progress(`${engine}, ${coins} coins`);
        const found = await measureCoins(engine, material, verifier, bench);
        connecting.add(engine, coins, found.connectMs);
        balances.add(engine, coins, found.balanceMs);
      }
    }
    for (const count of BLOCKS[effort]) {
      bench.progress(`forging ${count} blocks`);
      const forged = new ChainForge({ seed: 13, params: ENDLESS_PARAMS, proofOfWork: false });
      const blocks = Array.from({ length: count }, () => forged.mine([]));
      for (const engine of engines) {
        bench.progress(`${engine}, start-up with ${count} blocks`);
        const place = await newDatabase(engine, bench);
        await writeBlocks(blocks, place, bench);
        const samples: number[] = [];
        for (let start = 0; start < STARTS[effort]; start++) samples.push(await startOnce(place, bench));
        starting.add(engine, count, samples);
      }
    }
    for (const depth of DEPTHS[effort]) {
      for (const engine of engines) {
        bench.progress(`${engine}, reorganisations ${depth} deep`);
        const { reorgMs } = await measureDepth(engine, { depth, chainLength: depth }, verifier, bench);
        reorganising.add(engine, depth, [...reorgMs]);
      }
    }
    for (const one of [connecting, balances, starting, reorganising]) one.record(bench);
  },
};

interface Material {
  readonly funding: readonly Uint8Array[];
  readonly blocks: readonly Uint8Array[];
  readonly addresses: ReturnType<typeof strangers>;
}

/** Half of the coins belong to strangers, whose balances are asked for; the other half is spent, at random. */
function forge(coins: number, { quick }: BenchmarkRun): Material {
  const forged = new ChainForge({ seed: 12, params: EASY_PARAMS, proofOfWork: true });
  const half = coins / 2;
  const addresses = strangers(Math.ceil(half / COINS_PER_ADDRESS));
  const funding = [...forged.scatter(half, addresses), ...forged.fund(half)];
  const count = WARM_UP_BLOCKS + CONNECTED_BLOCKS[quick ? 'quick' : 'full'];
  return {
    funding,
    addresses,
    blocks: Array.from({ length: count }, () => forged.mine(forged.payments(PAYMENTS_PER_BLOCK))),
  };
}

async function measureCoins(
  engine: StorageEngine,
  { funding, blocks, addresses }: Material,
  verifier: Verifier,
  bench: BenchmarkRun,
): Promise<{ connectMs: number[]; balanceMs: number[] }> {
  const storage = await openDatabase(await newDatabase(engine, bench), bench);
  await writeChain(storage.chain, funding, freshBlock, { params: EASY_PARAMS, signal: bench.signal });
  await storage.maintain();
  const verified = new VerifiedTransactions();
  const chain = await Chainstate.open(
    { params: EASY_PARAMS },
    { store: storage.chain, verifier, clock: systemClock, verified },
  );
  const connectMs: number[] = [];
  for (const [index, bytes] of blocks.entries()) {
    bench.signal.throwIfAborted();
    for (const tx of freshBlock(bytes).transactions) verified.add(wtxidOf(tx));
    const block = freshBlock(bytes);
    const startMs = performance.now();
    const verdict = await chain.acceptBlock(block);
    if (!verdict.ok) throw new Error(`a block is refused: ${verdict.detail}`);
    if (index >= WARM_UP_BLOCKS) connectMs.push(performance.now() - startMs);
  }
  const balanceMs: number[] = [];
  for (let asked = 0; asked < WARM_UP_BALANCES + BALANCES[bench.quick ? 'quick' : 'full']; asked++) {
    // Far from one another, so that each finds its own pages of the index.
    const address = addresses[(asked * 7_919) % addresses.length];
    if (address === undefined) break;
    const startMs = performance.now();
    await storage.chain.balance(address);
    if (asked >= WARM_UP_BALANCES) balanceMs.push(performance.now() - startMs);
  }
  await chain.close();
  await storage.close();
  return { connectMs, balanceMs };
}
