/**
 * Connecting a block: what it does to the coins, and the rules about that (Core: ConnectBlock).
 *
 * Pure: the coins that the block spends were fetched before; what it changes is returned, not done. The expensive part,
 * the curve operations, is returned too: whoever calls decides where they run and which were already done.
 */
import type { Block } from './block.ts';
import { checkOwners, checkSignaturesOfKeys, checkTransactionInputs } from './check-transaction.ts';
import {
  CoinsOverlay,
  outpointKey,
  type CoinChanges,
  type CoinEntry,
  type CoinsView,
  type SpentCoin,
} from './coins.ts';
import type { Wtxid } from './hash.ts';
import type { ChainParams } from './params.ts';
import { asBlockFailure, fail, ok, type Verdict } from './reasons.ts';
import type { SignatureCheck } from './signature.ts';
import { subsidyAt } from './subsidy.ts';
import { isCoinbase, type Transaction, txidOf, wtxidOf } from './transaction.ts';

/** Where the block stands. */
export interface ConnectContext {
  readonly height: number;
  /** Median time past of its parent, in seconds. */
  readonly medianTimePast: number;
  readonly params: ChainParams;
  /**
   * Transactions whose signatures are known to go with their public keys, by full bytes: a txid would not do, it leaves them
   * out. Whether these are the keys of the coins' owners is checked in any case.
   */
  readonly alreadyVerified?: { has(wtxid: Wtxid): boolean };
}

/** Signature checks that are still to be done, and where they belong. */
export interface PendingSignatures {
  readonly transactionIndex: number;
  readonly tx: Transaction;
  readonly checks: readonly SignatureCheck[];
}

export interface ConnectedBlock extends CoinChanges {
  /** Sum of the fees, base units. */
  readonly fees: number;
  readonly pendingSignatures: readonly PendingSignatures[];
}

/** The coins that a transaction creates in a block at `height`. */
export function coinsCreatedBy(tx: Transaction, height: number): CoinEntry[] {
  const txid = txidOf(tx);
  const coinbase = isCoinbase(tx);
  return tx.outputs.map(({ amount, pubkeyHash }, index) => ({
    outpoint: { txid, index },
    coin: { amount, pubkeyHash, height, coinbase },
  }));
}

/** The outpoints that a block spends and that it does not create itself: what must be fetched before connecting it. */
export function outpointsToFetch(block: Block): Set<ReturnType<typeof outpointKey>> {
  const created = new Set<string>(block.transactions.map(txidOf));
  const wanted = new Set<ReturnType<typeof outpointKey>>();
  for (const tx of block.transactions) {
    if (isCoinbase(tx)) continue;
    for (const { prevTxid, prevIndex } of tx.inputs) {
      if (!created.has(prevTxid)) wanted.add(outpointKey(prevTxid, prevIndex));
    }
  }
  return wanted;
}

/**
 * Connects a block that has passed checkHeader and checkBlock on top of `coins`.
 * Transactions may spend what earlier ones of the block created, never what later ones do.
 */
export function connectBlock(
  block: Block,
  coins: CoinsView,
  context: ConnectContext,
): Verdict<ConnectedBlock> {
  return connectBlockOnto(new CoinsOverlay(coins), block, context);
}

/**
 * {@link connectBlock} for one block after another: the changes are made on `view` right away. When the block turns out invalid,
 * some of them are made already: the caller throws the view away.
 */
export function connectBlockOnto(
  view: CoinsOverlay,
  block: Block,
  context: ConnectContext,
): Verdict<ConnectedBlock> {
  const { height, params } = context;
  const created: CoinEntry[] = [];
  const spent: SpentCoin[] = [];
  const pendingSignatures: PendingSignatures[] = [];
  let fees = 0;
  let claimed = 0;

  for (const [transactionIndex, tx] of block.transactions.entries()) {
    const where = (): string => `transaction ${transactionIndex} (${txidOf(tx)})`;
    if (transactionIndex === 0) {
      claimed = tx.outputs.reduce((sum, output) => sum + output.amount, 0);
    } else {
      const inputs = checkTransactionInputs(tx, view, height, context.medianTimePast, params);
      if (!inputs.ok) return asBlockFailure(inputs, where());
      fees += inputs.value.fee;
      if (fees > params.maxMoney)
        return fail('bad-txns-accumulated-fee-outofrange', `${where()}: the fees exceed ${params.maxMoney}`);

      const coinsSpent = inputs.value.spent.map((entry) => entry.coin);
      const owned = checkOwners(tx, coinsSpent);
      if (!owned.ok) return asBlockFailure(owned, where());
      if (context.alreadyVerified?.has(wtxidOf(tx)) !== true) {
        const checks = checkSignaturesOfKeys(tx);
        if (!checks.ok) return asBlockFailure(checks, where());
        pendingSignatures.push({ transactionIndex, tx, checks: checks.value });
      }
      for (const entry of inputs.value.spent) {
        view.spend(outpointKey(entry.outpoint.txid, entry.outpoint.index));
        spent.push(entry);
      }
    }
    for (const entry of coinsCreatedBy(tx, height)) {
      view.add(outpointKey(entry.outpoint.txid, entry.outpoint.index), entry.coin);
      created.push(entry);
    }
  }

  const allowed = subsidyAt(height, params) + fees;
  if (claimed > allowed) {
    return fail(
      'bad-cb-amount',
      `the coinbase takes ${claimed}; subsidy ${allowed - fees} and fees ${fees} give ${allowed}`,
    );
  }
  return ok({ created, spent, fees, pendingSignatures });
}
