/**
 * The ages of all unspent coins. One question reads the whole unspent set, so it is put once for each tip, whoever asks and how
 * many; and after it, nine times as long as it took, not again: at most a tenth of the time goes into this, whatever the size of
 * the set and however quick the blocks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainQueries, Clock } from '../chainstate/index.ts';
import type { HeaderNode } from '../consensus/index.ts';
import { type CoinAgesAnswer, MAX_AGE_BINS } from '../protocol/index.ts';

const REST_FACTOR = 9;

export interface CoinAgesModules {
  readonly chain: { readonly tip: Pick<HeaderNode, 'height' | 'hash'> | null };
  readonly store: Pick<ChainQueries, 'coinAges'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Ends a pause early: the API closes. */
  readonly closing: AbortSignal;
}

export class CoinAges {
  private readonly modules: CoinAgesModules;
  private known: { readonly tipHash: string; readonly answer: CoinAgesAnswer } | undefined = undefined;
  private underWay: Promise<CoinAgesAnswer> | undefined = undefined;
  private restUntilMs = 0;

  constructor(modules: CoinAgesModules) {
    this.modules = modules;
  }

  async get(): Promise<CoinAgesAnswer> {
    const { tip } = this.modules.chain;
    if (tip === null) return { height: -1, bin_blocks: 1, bins: [] };
    if (this.known?.tipHash === tip.hash) return this.known.answer;
    // Who comes while it is being read gets that: the tip at the beginning is named in the answer.
    this.underWay ??= this.read().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async read(): Promise<CoinAgesAnswer> {
    const { chain, store, clock, closing } = this.modules;
    const restMs = this.restUntilMs - clock.nowMs();
    if (restMs > 0) await sleep(restMs, undefined, { signal: closing, ref: false });
    const { height, hash: tipHash } = chain.tip ?? { height: -1, hash: '' };
    const width = binWidth(height);
    const startMs = clock.nowMs();
    const found = new Map((await store.coinAges(height, width)).map((entry) => [entry.bin, entry]));
    const endMs = clock.nowMs();
    this.restUntilMs = endMs + (endMs - startMs) * REST_FACTOR;
    const bins = Array.from({ length: Math.ceil((height + 1) / width) }, (_, bin) => ({
      from_age: bin * width,
      coins: found.get(bin)?.coinCount ?? 0,
      amount: found.get(bin)?.amount ?? 0,
    }));
    const answer = { height, bin_blocks: width, bins };
    this.known = { tipHash, answer };
    return answer;
  }
}

/** 1, 2 or 5 times a power of ten, so that no more than {@link MAX_AGE_BINS} reach down to genesis. */
export function binWidth(height: number): number {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (height + 1 <= factor * power * MAX_AGE_BINS) return factor * power;
  }
}
