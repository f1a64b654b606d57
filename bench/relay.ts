/**
 * Relay: how long news takes from the first to the last node of a line A – B – C – D, and how many bytes a hop costs. Four
 * processes on this machine, reached over HTTP as always; A is handed a block or a payment, and each node tells when it has it.
 *
 *   empty                    a block with nothing but its coinbase
 *   100 payments, known      all nodes have had the payments in their mempools before
 *   100 payments, new to C   C asks for a higher fee than they pay: its mempool lacks what its neighbours' have
 *   payment                  one payment, from mempool to mempool
 *
 * References of the same round: the same bytes, whole, passed along a line of four bare HTTP servers (for the time), and the
 * size of the whole block or payment (for the bytes).
 */
import { encodeTransaction, type Transaction } from '../src/consensus/index.ts';
import type { StorageEngine } from '../src/storage/index.ts';
import type { Benchmark, BenchmarkRun } from './frame/benchmark.ts';
import { quantile } from './frame/statistics.ts';
import { BareLine } from './subjects/bare-line.ts';
import { ChainForge } from './subjects/chain-forge.ts';
import { availableEngines, newDatabase } from './subjects/databases.ts';
import { NodeLine } from './subjects/node-line.ts';
import { EASY_ENV, EASY_PARAMS } from './subjects/networks.ts';

const NODES = 4;
const HOPS = NODES - 1;
const C = 2;
const PAYMENTS_PER_BLOCK = 100;
const COINS = 4_000;
/** The JIT of four processes has to compile it all. */
const WARM_UP_ROUNDS = 3;
const ROUNDS = { full: 20, quick: 3 };
/** Base units. A payment has some 370 bytes: at C, the one is above and the other below the fee rate that it asks for. */
const FEE = { enough: 1_000, tooLittleForC: 400 };
const FEE_RATE_OF_C = 2_000;

type Kind = 'empty' | 'known' | 'new to C' | 'payment';

const TITLE: Readonly<Record<Kind, string>> = {
  empty: 'empty block',
  known: `block of ${PAYMENTS_PER_BLOCK} payments, known`,
  'new to C': `block of ${PAYMENTS_PER_BLOCK} payments, new to C`,
  payment: 'payment',
};
const KINDS = Object.keys(TITLE) as Kind[];
/** The same bytes for both kinds of blocks. */
const WHOLE: Readonly<Record<Kind, string>> = {
  empty: 'empty block',
  known: `block of ${PAYMENTS_PER_BLOCK} payments`,
  'new to C': `block of ${PAYMENTS_PER_BLOCK} payments`,
  payment: 'payment',
};

/** What one round hands to A, forged once for all engines. */
interface Round {
  readonly blocks: readonly {
    readonly kind: Exclude<Kind, 'payment'>;
    readonly payments: readonly Transaction[];
    readonly bytes: Uint8Array;
  }[];
  /** Never mined: it stays in the mempools. */
  readonly payment: Transaction;
}

/** One piece of news on its way along the line. */
interface Sample {
  readonly ms: number;
  /** Of the bare line. */
  readonly limitMs: number;
  /** On one hop, both ways. */
  readonly bytes: number;
  readonly wholeBytes: number;
}

export const relay: Benchmark = {
  name: 'relay',
  summary: 'blocks and payments from the first to the last of four nodes in a line: time, and bytes a hop',

  async run(bench) {
    const rounds = ROUNDS[bench.quick ? 'quick' : 'full'];
    const engines = await availableEngines(bench);
    bench.progress('forging blocks');
    const forge = new ChainForge({ seed: 6, params: EASY_PARAMS, proofOfWork: true });
    const funding = forge.fund(COINS);
    const material = Array.from({ length: WARM_UP_ROUNDS + rounds }, () => forgeRound(forge));
    const bare = await BareLine.start(NODES, bench);

    const samples = new Map<StorageEngine, Map<Kind, Sample[]>>();
    for (const engine of engines)
      samples.set(engine, await measureEngine(engine, { funding, rounds: material }, bare, bench));
    record(samples, bench);
  },
};

function forgeRound(forge: ChainForge): Round {
  const mine = (
    kind: Exclude<Kind, 'payment'>,
    payments: readonly Transaction[],
  ): Round['blocks'][number] => ({
    ...{ kind, payments },
    bytes: forge.mine(payments),
  });
  return {
    blocks: [
      mine('empty', []),
      mine('known', forge.payments(PAYMENTS_PER_BLOCK, FEE.enough)),
      mine('new to C', forge.payments(PAYMENTS_PER_BLOCK, FEE.tooLittleForC)),
    ],
    payment: onlyOne(forge.payments(1, FEE.enough)),
  };
}

function onlyOne(transactions: readonly Transaction[]): Transaction {
  const [transaction] = transactions;
  if (transaction === undefined) throw new Error('the forge made no payment');
  return transaction;
}

async function measureEngine(
  engine: StorageEngine,
  { funding, rounds }: { readonly funding: readonly Uint8Array[]; readonly rounds: readonly Round[] },
  bare: BareLine,
  bench: BenchmarkRun,
): Promise<Map<Kind, Sample[]>> {
  bench.progress(`${engine}: starting ${NODES} nodes`);
  const places = [];
  for (let node = 0; node < NODES; node++) places.push(await newDatabase(engine, bench));
  const line = await NodeLine.start(
    places,
    {
      name: `relay ${engine}`,
      settings: (index) => ({
        ...EASY_ENV,
        ...(index === C ? { MIN_RELAY_FEE_RATE: String(FEE_RATE_OF_C) } : {}),
      }),
    },
    bench,
  );
  for (const bytes of funding) await line.passBlock(bytes);

  const samples = new Map<Kind, Sample[]>(KINDS.map((kind) => [kind, []]));
  for (const [index, { blocks, payment }] of rounds.entries()) {
    bench.progress(`${engine}: round ${index + 1} of ${rounds.length}`);
    const keep = (kind: Kind, sample: Sample): void => {
      if (index >= WARM_UP_ROUNDS) samples.get(kind)?.push(sample);
    };
    for (const { kind, payments, bytes } of blocks) {
      bench.signal.throwIfAborted();
      await line.spread(payments, kind === 'new to C' ? C : undefined);
      // Where C lacks the transactions, the hop to it is the one to look at.
      const { ms, bytesAHop } = await line.passBlock(bytes, kind === 'new to C' ? C : 1);
      const limitMs = await bare.relay(bytes);
      keep(kind, { ms, limitMs, bytes: bytesAHop, wholeBytes: bytes.length });
    }
    const { ms, bytesAHop } = await line.passTransaction(payment);
    const bytes = encodeTransaction(payment);
    keep('payment', { ms, limitMs: await bare.relay(bytes), bytes: bytesAHop, wholeBytes: bytes.length });
  }
  const { fromMempool, someFetched, whole } = await line.arrivalsAt(C);
  bench.note(
    `${engine}, how blocks came to C, warm-up included: ${fromMempool} made of its mempool (empty ones, too), ` +
      `${someFetched} with transactions fetched, ${whole} whole`,
  );
  await line.stop();
  return samples;
}

function record(
  results: ReadonlyMap<StorageEngine, ReadonlyMap<Kind, readonly Sample[]>>,
  bench: BenchmarkRun,
): void {
  const all = (kind: Kind): Sample[] => [...results.values()].flatMap((byKind) => byKind.get(kind) ?? []);
  const ofWhole = (whole: string): Sample[] => KINDS.filter((kind) => WHOLE[kind] === whole).flatMap(all);
  const time = { unit: 'ms', better: 'lower' } as const;
  const limit = (whole: string): string => `limit: ${whole}, ${HOPS} bare HTTP hops`;
  for (const whole of new Set(Object.values(WHOLE)))
    bench.record({
      name: limit(whole),
      ...time,
      samples: ofWhole(whole).map(({ limitMs }) => limitMs),
    });
  for (const [engine, byKind] of results) {
    for (const [kind, samples] of byKind) {
      const ms = samples.map((sample) => sample.ms);
      const reference = { name: limit(WHOLE[kind]), samples: samples.map(({ limitMs }) => limitMs) };
      bench.record({ name: `${engine}, ${TITLE[kind]}`, ...time, samples: ms, reference });
      bench.note(`${engine}, ${TITLE[kind]}: p95 ${quantile(ms, 0.95).toFixed(1)} ms`);
    }
  }

  // The bytes are the same on every engine.
  const size = { unit: 'bytes', better: 'lower' } as const;
  for (const whole of new Set(Object.values(WHOLE)))
    bench.record({
      name: `${whole}, whole`,
      ...size,
      samples: ofWhole(whole).map(({ wholeBytes }) => wholeBytes),
    });
  for (const kind of KINDS) {
    const samples = all(kind);
    bench.record({
      name: `${TITLE[kind]}: bytes a hop`,
      ...size,
      samples: samples.map(({ bytes }) => bytes),
      reference: { name: `${WHOLE[kind]}, whole`, samples: samples.map(({ wholeBytes }) => wholeBytes) },
    });
  }
}
