/** Payments in a sandbox: built and signed with the keys of its roles, and handed in at a node like anybody's. */
import type { Transaction } from '../consensus/index.ts';
import { txidOf } from '../consensus/index.ts';
import type { SandboxNodeName, SandboxRole } from '../protocol/index.ts';
import { buildPayment, InsufficientFundsError, type SpendableCoin } from '../wallet/index.ts';
import type { LedgerPayment } from './ledger.ts';
import type { Roles } from './roles.ts';
import { SandboxError } from './sandbox-error.ts';
import type { SandboxNode } from './sandbox-node.ts';

/** Base units; any honest miner takes that. */
const FEE = 10_000;
/** Enough to replace the first one by the rules of replacement, and to be chosen before it. */
const DOUBLE_SPEND_FEE = 100_000;
const MAX_COINS = 400;

/** Confirmed coins that nothing in the node's mempool spends. */
export async function spendableCoins(
  node: SandboxNode,
  roles: Roles,
  owner: SandboxNodeName,
): Promise<SpendableCoin[]> {
  const { store, mempool } = node.services;
  const { items } = await store.coinsOf(roles.addressOf(owner), { limit: MAX_COINS });
  return items
    .filter(({ outpoint }) => mempool.spenderOf(outpoint) === undefined)
    .map(({ outpoint, coin }) => ({ ...outpoint, amount: coin.amount }));
}

/** Pays with confirmed coins that nothing in the node's mempool spends. @throws SandboxError */
export async function pay(
  node: SandboxNode,
  roles: Roles,
  { from, to, amount }: { from: SandboxNodeName; to: SandboxRole; amount: number },
): Promise<LedgerPayment> {
  const coins = await spendableCoins(node, roles, from);
  try {
    const { transaction, spent } = buildPayment({
      coins,
      privateKey: roles.walletOf(from).privateKey,
      to: roles.addressOf(to),
      amount,
      fee: FEE,
    });
    const txid = await handIn(node, transaction);
    return { txid, from, to, amount, fee: FEE, conflictsWith: undefined, spent };
  } catch (error) {
    if (!(error instanceof InsufficientFundsError)) throw error;
    throw new SandboxError('sandbox-refused', `${from}: ${error.message}; let it mine a block first`);
  }
}

/** Pays the same coins back to the payer, at his own node. @throws SandboxError */
export async function doubleSpend(
  node: SandboxNode,
  roles: Roles,
  first: LedgerPayment,
): Promise<LedgerPayment> {
  const { from } = first;
  const amount = sumOf(first.spent) - DOUBLE_SPEND_FEE;
  if (amount <= 0) throw new SandboxError('sandbox-refused', 'the payment is too small to be spent again');
  const { transaction, spent } = buildPayment({
    coins: first.spent,
    privateKey: roles.walletOf(from).privateKey,
    to: roles.addressOf(from),
    amount,
    fee: DOUBLE_SPEND_FEE,
  });
  const txid = await handIn(node, transaction);
  return { txid, from, to: from, amount, fee: DOUBLE_SPEND_FEE, conflictsWith: first.txid, spent };
}

async function handIn(node: SandboxNode, transaction: Transaction): Promise<LedgerPayment['txid']> {
  const verdict = await node.services.mempool.accept(transaction);
  if (!verdict.ok)
    throw new SandboxError(
      'sandbox-refused',
      `the node refuses the payment (${verdict.reason}): ${verdict.detail}`,
    );
  return txidOf(transaction);
}

export function sumOf(coins: readonly SpendableCoin[]): number {
  return coins.reduce((sum, { amount }) => sum + amount, 0);
}
