/** Payments in the scenarios: real ones, from coins that a node lists. */
import { type Txid, transactionToJson } from '../../src/consensus/index.ts';
import {
  buildPayment,
  type SpendableCoin,
  type Wallet,
  walletFromPrivateKey,
} from '../../src/wallet/index.ts';
import type { ProcessNode } from '../support/network-of-processes.ts';

export const alice = walletFromPrivateKey('a1'.repeat(32));
export const bob = walletFromPrivateKey('b0'.repeat(32));
export const carol = walletFromPrivateKey('ca'.repeat(32));

const FEE = 1_000;

/** Coins that are in blocks and belong to this wallet. */
export async function coinsOf(node: ProcessNode, owner: Wallet): Promise<SpendableCoin[]> {
  const coins: SpendableCoin[] = [];
  for await (const { txid, vout, amount } of node.client.allUtxos(owner.address))
    coins.push({ txid: txid as Txid, index: vout, amount });
  return coins;
}

/** Pays half of a coin to somebody; the rest, less a fee, goes back. @returns the txid */
export async function payWith(
  node: ProcessNode,
  coin: SpendableCoin | undefined,
  { from, to }: { from: Wallet; to: Wallet },
): Promise<string> {
  if (coin === undefined) throw new Error('there is no coin left to pay with');
  const { transaction } = buildPayment({
    coins: [coin],
    privateKey: from.privateKey,
    to: to.address,
    amount: Math.floor(coin.amount / 2),
    fee: FEE,
  });
  return (await node.client.submitTx(transactionToJson(transaction))).txid;
}
